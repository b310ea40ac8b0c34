"""The slow, readable oracle: networks, losses and optimizers in plain NumPy and SciPy, float64.

Written from the formulas, with whole arrays and no sharing with the kernels. ``backward`` is not
here: gradients are compared with differences of these losses.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy import special


def _selu(z):
    alpha, scale = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946
    return np.where(z.real > 0, scale * z, scale * alpha * (np.exp(z) - 1))


def _srelu(z, lower, lower_slope, upper, upper_slope):
    below, above = z.real <= lower, z.real >= upper
    lines = lower + lower_slope * (z - lower), upper + upper_slope * (z - upper)
    return np.select([below, above], lines, z)


# For real and, but at kinks, complex arrays: the imaginary part of a small step is the slope.
ACTIVATIONS = {
    "relu": lambda z: np.where(z.real > 0, z, 0.0),
    "leaky_relu": lambda z, negative_slope: np.where(z.real > 0, z, negative_slope * z),
    "tanh": np.tanh,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "gelu": lambda z: z * (1 + special.erf(z / np.sqrt(2))) / 2,
    "identity": lambda z: z,
    "elu": lambda z, alpha: np.where(z.real > 0, z, alpha * (np.exp(z) - 1)),
    "selu": _selu,
    "silu": lambda z: z / (1 + np.exp(-z)),
    "softplus": lambda z, beta: np.log(1 + np.exp(beta * z)) / beta,
    "softsign": lambda z: z / (1 + np.where(z.real > 0, z, -z)),
    "hard_tanh": lambda z: np.select([z.real < -1, z.real > 1], [-1.0, 1.0], z),
    "mish": lambda z: z * np.tanh(np.log(1 + np.exp(z))),
    "sine": lambda z, w0: np.sin(w0 * z),
    "clipped_relu": lambda z, ceiling: np.select([z.real < 0, z.real > ceiling], [0.0, ceiling], z),
    "thresholded_relu": lambda z, threshold: np.where(z.real > threshold, z, 0.0),
    "hard_sigmoid": lambda z: np.select([z.real < -3, z.real > 3], [0.0, 1.0], (z + 3) / 6),
    "hard_swish": lambda z: np.select([z.real < -3, z.real > 3], [0.0, z], z * (z + 3) / 6),
    "srelu": _srelu,
}
OUTPUTS = {
    "softmax": lambda z: special.softmax(z, axis=-1),
    "sigmoid": special.expit,
    "identity": lambda z: z,
}


def unpack(parameters, sizes):
    """The weights (n_in, n_out) and bias (n_out,) of each layer of a flat vector."""
    found, offset = [], 0
    for n_in, n_out in pairwise(sizes):
        end = offset + n_in * n_out
        found.append((parameters[offset:end].reshape(n_in, n_out), parameters[end : end + n_out]))
        offset = end + n_out
    assert offset == len(parameters)
    return found


def forward(parameters, sizes, activations, output, inputs):
    """Pre-activations and activations of each layer, inputs first.

    ``activations`` holds (name, hyper-parameters) of each hidden layer.
    """
    zs, values = [inputs], [inputs]
    layers = unpack(parameters, sizes)
    for k, (weights, bias) in enumerate(layers):
        zs.append(values[-1] @ weights + bias)
        if k < len(layers) - 1:
            name, hypers = activations[k]
            values.append(ACTIVATIONS[name](zs[-1], **hypers))
        else:
            values.append(OUTPUTS[output](zs[-1]))
    return zs, values


def _cross_entropy(output, z, p, t):
    if output == "softmax":
        return -np.sum(t * special.log_softmax(z, axis=-1), axis=-1)
    return -np.mean(t * special.log_expit(z) + (1 - t) * special.log_expit(-z), axis=-1)


def _focal(output, z, p, t, gamma, alpha):
    if output == "softmax":
        others = 1 - special.softmax(z, axis=-1)
        return -alpha * np.sum(t * others**gamma * special.log_softmax(z, axis=-1), axis=-1)
    yes = special.expit(-z) ** gamma * special.log_expit(z)
    no = special.expit(z) ** gamma * special.log_expit(-z)
    return -np.mean(alpha * t * yes + (1 - alpha) * (1 - t) * no, axis=-1)


def _sides(t):
    return np.where(t > 0.5, 1.0, -1.0)


def _lead(z, t, margin):
    """The scores that compete in the multi-class hinge loss, and the right one's."""
    is_right = t > 0.5
    return np.where(is_right, z, z + margin), np.sum(np.where(is_right, z, 0.0), axis=-1)


def _multiclass_hinge(output, z, p, t, margin):
    scores, own = _lead(z, t, margin)
    return scores.max(axis=-1) - own


# The losses of samples, from the last layer's z and p, each (n_samples, n_out).
LOSSES = {
    "mean_squared_error": lambda o, z, p, t: np.mean((p - t) ** 2, axis=-1),
    "mean_absolute_error": lambda o, z, p, t: np.mean(np.abs(p - t), axis=-1),
    "huber": lambda o, z, p, t, delta: np.mean(special.huber(delta, p - t), axis=-1),
    "cross_entropy": _cross_entropy,
    "binary_cross_entropy": _cross_entropy,
    "focal": _focal,
    "hinge": lambda o, z, p, t, margin: np.mean(np.maximum(margin - _sides(t) * p, 0), axis=-1),
    "multiclass_hinge": _multiclass_hinge,
}
# How far each answer is from a kink of the loss.
LOSS_GAPS = {
    "mean_absolute_error": lambda z, p, t: np.abs(p - t),
    "huber": lambda z, p, t, delta: np.abs(np.abs(p - t) - delta),
    "hinge": lambda z, p, t, margin: np.abs(margin - _sides(t) * p),
    "multiclass_hinge": lambda z, p, t, margin: np.diff(np.sort(_lead(z, t, margin)[0])[..., -2:]),
}
PENALTIES = {
    "none": lambda w: 0.0,
    "l1": lambda w, strength: strength * np.abs(w).sum(),
    "l2": lambda w, strength: strength / 2 * np.square(w).sum(),
    "elastic_net": lambda w, strength, l1_share: (
        strength * (l1_share * np.abs(w).sum() + (1 - l1_share) / 2 * np.square(w).sum())
    ),
}


def loss(name, hypers, output, z, p, targets):
    """Mean loss over samples, from the last layer's z and p."""
    return np.mean(LOSSES[name](output, z, p, targets, **hypers))


def penalty(name, hypers, parameters, sizes):
    """The penalty on all weights; biases go free."""
    layers = unpack(parameters, sizes)
    return sum(PENALTIES[name](weights, **hypers) for weights, _ in layers)


def slope(function, x, h=1e-3):
    """Derivatives of ``function`` along every coordinate of ``x``, by central differences.

    Two step lengths and Richardson's extrapolation: the error is of order h⁴.
    """
    found = np.empty_like(x)
    for k in range(x.size):
        e = np.zeros_like(x)
        e[k] = 1.0
        wide = (function(x + h * e) - function(x - h * e)) / (2 * h)
        narrow = (function(x + h / 2 * e) - function(x - h / 2 * e)) / h
        found[k] = (4 * narrow - wide) / 3
    return found


class Adaptive:
    """Adam's relatives of three papers, each step written out over whole arrays.

    ``advance(p, g)`` returns the next parameters.
    """

    def __init__(self, learning_rate, beta1, beta2, epsilon):
        self.rate, self.beta1, self.beta2, self.epsilon = learning_rate, beta1, beta2, epsilon
        self.gradients = []

    def mean(self, power, beta):
        """Σₖ (1 - β) βᵗ⁻ᵏ gₖ^power over all gradients so far, without bias correction."""
        weights = (1 - beta) * beta ** np.arange(len(self.gradients))[::-1]
        return weights @ np.array(self.gradients) ** power

    def advance(self, p, g):
        self.gradients.append(g)
        return p - self.rate * self.direction(len(self.gradients))


class AMSGrad(Adaptive):
    """Reddi, Kale & Kumar 2018, algorithm 2, with Adam's bias correction."""

    largest = 0.0

    def direction(self, t):
        self.largest = np.maximum(self.largest, self.mean(2, self.beta2))
        root = np.sqrt(self.largest / (1 - self.beta2**t))
        return self.mean(1, self.beta1) / (1 - self.beta1**t) / (root + self.epsilon)


class NAdam(Adaptive):
    """Dozat 2016, algorithm 2 and its schedule of momenta."""

    def __init__(self, *shared, momentum_decay):
        super().__init__(*shared)
        self.decay = momentum_decay

    def direction(self, t):
        steps = np.arange(1, t + 2)
        momenta = self.beta1 * (1 - 0.5 * 0.96 ** (steps * self.decay))
        ahead = momenta[t] * self.mean(1, self.beta1) / (1 - np.prod(momenta))
        now = (1 - momenta[t - 1]) * self.gradients[-1] / (1 - np.prod(momenta[:t]))
        root = np.sqrt(self.mean(2, self.beta2) / (1 - self.beta2**t))
        return (ahead + now) / (root + self.epsilon)


class RAdam(Adaptive):
    """Liu et al. 2020, algorithm 2, with the threshold and the place of epsilon of PyTorch."""

    def direction(self, t):
        mean = self.mean(1, self.beta1) / (1 - self.beta1**t)
        longest = 2 / (1 - self.beta2) - 1
        length = longest - 2 * t * self.beta2**t / (1 - self.beta2**t)
        if length <= 5:
            return mean
        r = np.sqrt(
            ((length - 4) * (length - 2) * longest) / ((longest - 4) * (longest - 2) * length)
        )
        root = np.sqrt(self.mean(2, self.beta2))
        return r * mean * np.sqrt(1 - self.beta2**t) / (root + self.epsilon)


class QHM(Adaptive):
    """Ma & Yarats 2019, eqs. 3 and 4."""

    def __init__(self, learning_rate, momentum, share):
        super().__init__(learning_rate, momentum, None, None)
        self.share = share

    def direction(self, t):
        mean = self.mean(1, self.beta1)
        return (1 - self.share) * self.gradients[-1] + self.share * mean


class QHAdam(Adaptive):
    """Ma & Yarats 2019, section 4."""

    def __init__(self, learning_rate, beta1, beta2, share1, share2, epsilon):
        super().__init__(learning_rate, beta1, beta2, epsilon)
        self.shares = share1, share2

    def direction(self, t):
        g, (v1, v2) = self.gradients[-1], self.shares
        mean = (1 - v1) * g + v1 * self.mean(1, self.beta1) / (1 - self.beta1**t)
        square = (1 - v2) * g**2 + v2 * self.mean(2, self.beta2) / (1 - self.beta2**t)
        return mean / (np.sqrt(square) + self.epsilon)


class Rprop:
    """Riedmiller & Braun 1993, parameter by parameter, without weight backtracking."""

    def __init__(self, learning_rate, growth, shrinkage, shortest, longest):
        self.first, self.growth, self.shrinkage = learning_rate, growth, shrinkage
        self.bounds = shortest, longest
        self.lengths = self.former = None

    def advance(self, p, g):
        if self.lengths is None:
            self.lengths, self.former = [self.first] * len(p), [0.0] * len(p)
        moved = np.array(p)
        for k, (now, before) in enumerate(zip(g, self.former, strict=True)):
            if now * before > 0:
                self.lengths[k] = min(self.lengths[k] * self.growth, self.bounds[1])
            elif now * before < 0:
                self.lengths[k] = max(self.lengths[k] * self.shrinkage, self.bounds[0])
                now = 0.0
            if now != 0:
                moved[k] -= self.lengths[k] * now / abs(now)
            self.former[k] = now
        return moved
