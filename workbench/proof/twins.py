"""Networks in plain NumPy, float64: what the kernels compute, once more and independently.

Every function takes complex numbers too, and is analytic away from its kinks: the imaginary part of
f(x + ih) / h with h = 1e-30 is f'(x) without any cancellation (Squire & Trapp 1998, "Using complex
variables to estimate derivatives of real functions", SIAM Review 40).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np

STEP = 1e-30


def complex_slope(function: Callable[[Any], Any], x: Any) -> Any:
    """The derivative of an elementwise ``function`` at real ``x``, by a complex step."""
    return np.imag(function(np.asarray(x, np.float64) + 1j * STEP)) / STEP


def complex_gradient(function: Callable[[Any], Any], x: np.ndarray) -> np.ndarray:
    """The gradient (n,) of a scalar ``function`` at real ``x`` (n,), by complex steps."""
    found = np.empty(x.size)
    for k in range(x.size):
        moved = x.astype(complex)
        moved[k] += 1j * STEP
        found[k] = np.imag(function(moved)) / STEP
    return found


def differences(function: Callable[[np.ndarray], Any], x: np.ndarray, h: float = 1e-4) -> Any:
    """Derivatives of ``function`` along every coordinate of ``x`` (n,): (n, …), error O(h⁴)."""
    found = []
    for k in range(x.size):
        e = np.zeros(x.size)
        e[k] = h
        wide = np.subtract(function(x + e), function(x - e)) / (2 * h)
        narrow = np.subtract(function(x + e / 2), function(x - e / 2)) / h
        found.append((4 * narrow - wide) / 3)
    return np.array(found)


def erf(z: Any) -> Any:
    """The error function by its series 2/√π exp(-z²) Σ 2ᵏ z²ᵏ⁺¹ / (2k+1)!!, for |z| below 6."""
    z = np.asarray(z)
    term = total = z
    for k in range(1, 200):
        term = term * 2 * z * z / (2 * k + 1)
        total = total + term
    return 2 / math.sqrt(math.pi) * np.exp(-z * z) * total


def size(z: Any) -> Any:
    """|z| for real z, continued analytically from either side."""
    return np.where(np.real(z) > 0, z, -z)


def clip(z: Any, low: float, high: float) -> Any:
    """``z`` between two bounds."""
    return np.select([np.real(z) < low, np.real(z) > high], [low, high], z)


def _selu(z: Any) -> Any:
    alpha, scale = 1.6732632423543772848, 1.0507009873554804934
    return np.where(np.real(z) > 0, scale * z, scale * alpha * (np.exp(z) - 1))


def _srelu(z: Any, lower: float, lower_slope: float, upper: float, upper_slope: float) -> Any:
    below, above = np.real(z) <= lower, np.real(z) >= upper
    lines = lower + lower_slope * (z - lower), upper + upper_slope * (z - upper)
    return np.select([below, above], lines, z)


ACTIVATIONS: dict[str, Callable[..., Any]] = {
    "relu": lambda z: np.where(np.real(z) > 0, z, 0.0),
    "leaky_relu": lambda z, negative_slope: np.where(np.real(z) > 0, z, negative_slope * z),
    "tanh": np.tanh,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "gelu": lambda z: z * (1 + erf(z / math.sqrt(2))) / 2,
    "identity": lambda z: z,
    "elu": lambda z, alpha: np.where(np.real(z) > 0, z, alpha * (np.exp(z) - 1)),
    "selu": _selu,
    "silu": lambda z: z / (1 + np.exp(-z)),
    "softplus": lambda z, beta: np.log(1 + np.exp(beta * z)) / beta,
    "softsign": lambda z: z / (1 + size(z)),
    "hard_tanh": lambda z: clip(z, -1.0, 1.0),
    "mish": lambda z: z * np.tanh(np.log(1 + np.exp(z))),
    "sine": lambda z, w0: np.sin(w0 * z),
    "clipped_relu": lambda z, ceiling: clip(z, 0.0, ceiling),
    "thresholded_relu": lambda z, threshold: np.where(np.real(z) > threshold, z, 0.0),
    "hard_sigmoid": lambda z: clip((z + 3) / 6, 0.0, 1.0),
    "hard_swish": lambda z: z * clip((z + 3) / 6, 0.0, 1.0),
    "srelu": _srelu,
}
# Where a derivative jumps, as (name of a hyper-parameter or number).
KINKS: dict[str, tuple[str | float, ...]] = {
    "relu": (0.0,),
    "leaky_relu": (0.0,),
    "elu": (0.0,),
    "selu": (0.0,),
    "softsign": (0.0,),
    "hard_tanh": (-1.0, 1.0),
    "clipped_relu": (0.0, "ceiling"),
    "thresholded_relu": ("threshold",),
    "hard_sigmoid": (-3.0, 3.0),
    "hard_swish": (-3.0, 3.0),
    "srelu": ("lower", "upper"),
}


def kinks(name: str, hypers: dict[str, float]) -> list[float]:
    """Where a derivative of an activation jumps."""
    return [hypers[k] if isinstance(k, str) else k for k in KINKS.get(name, ())]


def log_softmax(z: Any) -> Any:
    """log softmax along the last axis."""
    shifted = z - np.real(z).max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def _log_sigmoid(z: Any) -> Any:
    return -np.log(1 + np.exp(-z))


OUTPUTS: dict[str, Callable[[Any], Any]] = {
    "softmax": lambda z: np.exp(log_softmax(z)),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "identity": lambda z: z,
}


def _cross_entropy(output: str, z: Any, p: Any, t: Any) -> Any:
    if output == "softmax":
        return -np.sum(t * log_softmax(z), axis=-1)
    return -np.mean(t * _log_sigmoid(z) + (1 - t) * _log_sigmoid(-z), axis=-1)


def _focal(output: str, z: Any, p: Any, t: Any, gamma: float, alpha: float) -> Any:
    if output == "softmax":
        return -alpha * np.sum(t * (1 - p) ** gamma * log_softmax(z), axis=-1)
    yes = alpha * t * (1 - p) ** gamma * _log_sigmoid(z)
    no = (1 - alpha) * (1 - t) * p**gamma * _log_sigmoid(-z)
    return -np.mean(yes + no, axis=-1)


def _huber(output: str, z: Any, p: Any, t: Any, delta: float) -> Any:
    e = size(p - t)
    near = np.real(e) < delta
    return np.mean(np.where(near, e * e / 2, delta * (e - delta / 2)), axis=-1)


def _hinge(output: str, z: Any, p: Any, t: Any, margin: float) -> Any:
    short = margin - np.where(t > 0.5, 1.0, -1.0) * p
    return np.mean(np.where(np.real(short) > 0, short, 0.0), axis=-1)


def _multiclass_hinge(output: str, z: Any, p: Any, t: Any, margin: float) -> Any:
    own = t > 0.5
    scores = np.where(own, z, z + margin)
    best = np.real(scores).argmax(axis=-1)[..., None]
    return np.take_along_axis(scores, best, -1)[..., 0] - np.where(own, z, 0.0).sum(axis=-1)


# The loss of each sample, from the last layer's z and p, all (n_samples, n_out).
LOSSES: dict[str, Callable[..., Any]] = {
    "mean_squared_error": lambda o, z, p, t: np.mean((p - t) ** 2, axis=-1),
    "mean_absolute_error": lambda o, z, p, t: np.mean(size(p - t), axis=-1),
    "huber": _huber,
    "cross_entropy": _cross_entropy,
    "binary_cross_entropy": _cross_entropy,
    "focal": _focal,
    "hinge": _hinge,
    "multiclass_hinge": _multiclass_hinge,
}
PENALTIES: dict[str, Callable[..., Any]] = {
    "none": lambda w: 0.0,
    "l1": lambda w, strength: strength * np.sum(size(w)),
    "l2": lambda w, strength: strength / 2 * np.sum(w * w),
    "elastic_net": lambda w, strength, l1_share: (
        strength * (l1_share * np.sum(size(w)) + (1 - l1_share) / 2 * np.sum(w * w))
    ),
}


class Twin:
    """The network of an experiment, its training loss and the samples to take it over."""

    def __init__(self, experiment: Any, inputs: Any, targets: Any) -> None:
        spec = experiment.network
        self.sizes = spec.sizes
        self.activations = [(c.name, c.item._asdict()) for c in spec.activations]
        self.output = spec.output.name
        self.loss_name, self.loss_hypers = spec.loss.name, spec.loss.item._asdict()
        self.penalty = experiment.penalty.name, experiment.penalty.item._asdict()
        self.inputs = np.asarray(inputs, np.float64)
        self.targets = np.asarray(targets, np.float64)

    def layers(self, parameters: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """The weights (n_in, n_out) and the bias (n_out,) of each layer."""
        place = 0
        for n_in, n_out in pairwise(self.sizes):
            weights = parameters[place : place + n_in * n_out].reshape(n_in, n_out)
            place += n_in * n_out
            yield weights, parameters[place : place + n_out]
            place += n_out

    def forward(self, parameters: np.ndarray, inputs: Any = None) -> list[np.ndarray]:
        """The pre-activations of each layer, and the answer at the end."""
        a = self.inputs if inputs is None else np.asarray(inputs, np.float64)
        zs = []
        for k, (weights, bias) in enumerate(self.layers(parameters)):
            z = a @ weights + bias
            zs.append(z)
            if k < len(self.activations):
                name, hypers = self.activations[k]
                a = ACTIVATIONS[name](z, **hypers)
        return [*zs, OUTPUTS[self.output](zs[-1])]

    def loss(self, parameters: np.ndarray, rows: Any = slice(None)) -> Any:
        """The mean loss over the samples ``rows`` plus the penalty."""
        *zs, p = self.forward(parameters, self.inputs[rows])
        loss = LOSSES[self.loss_name](
            self.output, zs[-1], p, self.targets[rows], **self.loss_hypers
        )
        name, hypers = self.penalty
        costs = [PENALTIES[name](weights, **hypers) for weights, _ in self.layers(parameters)]
        return np.mean(loss) + sum(costs)

    def gradient(self, parameters: np.ndarray, rows: Any = slice(None)) -> np.ndarray:
        """The gradient (n,) of ``loss``, by complex steps."""
        return complex_gradient(lambda p: self.loss(p, rows), np.asarray(parameters, np.float64))

    def clearance(self, parameters: np.ndarray) -> float:
        """How far the nearest pre-activation or answer is from a kink."""
        *zs, p = self.forward(parameters)
        gaps = [np.inf]
        for (name, hypers), z in zip(self.activations, zs, strict=False):
            gaps += [np.abs(z - kink).min() for kink in kinks(name, hypers)]
        e = np.abs(p - self.targets)
        hypers = self.loss_hypers
        if self.loss_name == "mean_absolute_error":
            gaps.append(e.min())
        elif self.loss_name == "huber":
            gaps.append(np.abs(e - hypers["delta"]).min())
        elif self.loss_name == "hinge":
            sides = np.where(self.targets > 0.5, 1.0, -1.0)
            gaps.append(np.abs(hypers["margin"] - sides * p).min())
        elif self.loss_name == "multiclass_hinge":
            scores = np.sort(np.where(self.targets > 0.5, zs[-1], zs[-1] + hypers["margin"]))
            gaps.append((scores[..., -1] - scores[..., -2]).min())
        return float(min(gaps))

    def lacking(self) -> list[str]:
        """What of this network has no twin, as "activation selu"."""
        tables = {"output": (self.output, OUTPUTS), "loss": (self.loss_name, LOSSES)}
        tables["penalty"] = (self.penalty[0], PENALTIES)
        lacking = [f"{kind} {name}" for kind, (name, table) in tables.items() if name not in table]
        lacking += [f"activation {n}" for n, _ in self.activations if n not in ACTIVATIONS]
        return lacking


def clear_parameters(twin: Twin, count: int, least: float = 1e-3) -> np.ndarray:
    """Parameters (n,) at which no unit is within ``least`` of a kink, the same each time."""
    best, found = -1.0, np.zeros(count)
    for seed in range(2000):
        drawn = np.random.default_rng(seed).normal(0.0, 0.7, count)
        clear = twin.clearance(drawn)
        if clear > least:
            return drawn
        if clear > best:
            best, found = clear, drawn
    return found
