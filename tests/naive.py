"""The slow, readable oracle: networks and losses in plain NumPy and SciPy, float64.

Written from the formulas, with whole arrays and no sharing with the kernels. ``backward`` is not
here: gradients are compared with differences of these losses.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy import special

from workbench.proof import twins

# Shared with `workbench verify`, which does without SciPy; its error function is for small numbers.
ACTIVATIONS = twins.ACTIVATIONS | {"gelu": lambda z: z * (1 + special.erf(z / np.sqrt(2))) / 2}
PENALTIES = twins.PENALTIES
# From SciPy, which stays finite for extreme answers.
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


def student_loss(student, teacher):
    """½ E (Σ relu(w·x) - Σ relu(v·x))² over normal x, from the arc-cosine kernel of all pairs of
    units with signs; takes complex students (Cho & Saul 2009, section 2.1)."""
    units = np.concatenate([student, teacher])
    signs = np.repeat([1.0, -1.0], [len(student), len(teacher)])
    total = 0.0
    for i, (u, s) in enumerate(zip(units, signs, strict=True)):
        total += s * s * (u @ u) / 4
        for v, t in zip(units[:i], signs[:i], strict=True):
            lengths = np.sqrt(u @ u) * np.sqrt(v @ v)
            angle = np.arccos(u @ v / lengths)
            shared = np.sin(angle) + (np.pi - angle) * np.cos(angle)
            total += s * t * lengths * shared / (2 * np.pi)
    return total


def student_slope(student):
    """The gradient of ``student_loss`` for a teacher of unit vectors, from E 1(w·x > 0) error x."""
    n, k = student.shape
    units = np.concatenate([student, np.eye(k)])
    signs = np.repeat([1.0, -1.0], [n, k])
    gradient = np.zeros((n, k))
    for i, w in enumerate(student):
        long = np.sqrt(w @ w)
        for j, (v, sign) in enumerate(zip(units, signs, strict=True)):
            other = np.sqrt(v @ v)
            cosine = 1.0 if i == j else np.clip(w @ v / (long * other), -1, 1)
            angle = np.arccos(cosine)
            along = other * np.sqrt(1 - cosine**2) / long
            gradient[i] += sign * (along * w + (np.pi - angle) * v) / (2 * np.pi)
    return gradient


def descend_student(student, rate, tolerance, most=10_000):
    """Plain gradient descent until the gradient's norm is within the tolerance: (end, steps)."""
    steps = 0
    while steps < most and np.linalg.norm(gradient := student_slope(student)) > tolerance:
        student, steps = student - rate * gradient, steps + 1
    return student, steps
