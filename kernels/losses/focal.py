"""Focal loss: cross-entropy with well answered samples weighted down by (1 - p)^gamma.

With sigmoid, averaged over outputs: -alpha t (1 - p)^gamma log p - (1 - alpha) (1 - t) p^gamma
log(1 - p). With softmax: -alpha Σ_j t_j (1 - p_j)^gamma log p_j, where alpha only scales. For gamma
= 0 it is alpha-weighted cross-entropy. Lin, Goyal, Girshick, He & Dollár 2017, "Focal loss for
dense object detection", arXiv 1708.02002, eqs. 4 and 5 and appendix B.
"""

from typing import Any, NamedTuple

import numpy as np
from numba.extending import register_jitable

from kernels.activations.sigmoid import logistic
from kernels.losses import catalog, fuse
from kernels.outputs.sigmoid import SigmoidOutput
from kernels.outputs.softmax import Softmax
from kernels.rules import const, select


class Focal(NamedTuple):
    """``gamma``: how strongly; ``alpha``: weight of positive targets, 1 - alpha of negative."""

    gamma: float = 2.0
    alpha: float = 0.25


@register_jitable
def _positive(gamma: Any, z: Any) -> Any:
    """-(1 - p)^gamma log p for p = logistic(z), and its first two derivatives in z."""
    zero, one = const(z, 0.0), const(z, 1.0)
    tail = np.log1p(np.exp(-np.abs(z)))
    surprise = max(-z, zero) + tail  # -log p
    p, q = logistic(z), logistic(-z)
    weight = np.exp(-gamma * (max(z, zero) + tail))
    drag = gamma * p * surprise
    bend = p * (gamma * drag + q * (one + gamma + gamma)) - q * drag
    return weight * surprise, -weight * (drag + q), weight * bend


def _with_sigmoid(loss: Any, output: Any, z: Any, p: Any, t: Any, delta: Any) -> Any:
    gamma, alpha = const(z[0], loss.gamma), const(z[0], loss.alpha)
    one, count = const(z[0], 1.0), const(z[0], z.size)
    total = const(z[0], 0.0)
    for j in range(z.size):
        yes, yes_slope, _ = _positive(gamma, z[j])
        no, no_slope, _ = _positive(gamma, -z[j])
        up, down = alpha * t[j], (one - alpha) * (one - t[j])
        total += up * yes + down * no
        delta[j] = (up * yes_slope - down * no_slope) / count
    return total / count


def _bend_with_sigmoid(
    loss: Any, output: Any, z: Any, p: Any, t: Any, delta: Any, matrix: Any
) -> None:
    gamma, alpha = const(z[0], loss.gamma), const(z[0], loss.alpha)
    one, count = const(z[0], 1.0), const(z[0], z.size)
    for i in range(z.size):
        _, _, yes = _positive(gamma, z[i])
        _, _, no = _positive(gamma, -z[i])
        matrix[i, i] = (alpha * t[i] * yes + (one - alpha) * (one - t[i]) * no) / count
        for j in range(i):
            matrix[i, j] = const(z[i], 0.0)
            matrix[j, i] = const(z[i], 0.0)


@register_jitable
def _of_logarithm(gamma: Any, p: Any, q: Any, u: Any) -> Any:
    """f = -q^gamma u with u = log p and q = 1 - p, and f' and f'' in u."""
    one, two = const(p, 1.0), const(p, 2.0)
    # Where q underflows, so does q^gamma; the floor keeps 0 / 0 away.
    floor = max(q, const(p, 1e-30))
    weight = np.exp(gamma * np.log(floor))
    ratio = p * u / floor
    drag = gamma * p / floor
    slope = weight * (gamma * ratio - one)
    return -weight * u, slope, weight * drag * (u + two + (one - gamma) * ratio)


@register_jitable
def _others(p: Any, j: Any) -> Any:
    """1 - p_j without cancellation: the sum of the other probabilities."""
    total = const(p[0], 0.0)
    for k in range(j):
        total += p[k]
    for k in range(j + 1, p.size):
        total += p[k]
    return total


@register_jitable
def _logarithm(z: Any, q: Any, log_total: Any) -> Any:
    """log p, accurate for p near 0 and near 1; ``log_total`` is log Σ exp z."""
    near = min(q, const(q, 0.5))
    return select(q < const(q, 0.5), np.log1p(-near), z - log_total)


@register_jitable
def _log_total(z: Any) -> Any:
    largest = z[0]
    for j in range(1, z.size):
        largest = max(largest, z[j])
    total = const(largest, 0.0)
    for j in range(z.size):
        total += np.exp(z[j] - largest)
    return largest + np.log(total)


def _with_softmax(loss: Any, output: Any, z: Any, p: Any, t: Any, delta: Any) -> Any:
    gamma, alpha = const(z[0], loss.gamma), const(z[0], loss.alpha)
    log_total = _log_total(z)
    total, pull = const(z[0], 0.0), const(z[0], 0.0)
    for j in range(z.size):
        q = _others(p, j)
        value, slope, _ = _of_logarithm(gamma, p[j], q, _logarithm(z[j], q, log_total))
        total += alpha * t[j] * value
        delta[j] = alpha * t[j] * slope
        pull += delta[j]
    for j in range(z.size):
        delta[j] -= pull * p[j]
    return total


def _bend_with_softmax(
    loss: Any, output: Any, z: Any, p: Any, t: Any, delta: Any, matrix: Any
) -> None:
    gamma, alpha = const(z[0], loss.gamma), const(z[0], loss.alpha)
    log_total = _log_total(z)
    # Σ_j f''_j (e_j - p)(e_j - p)ᵀ - Σ_j f'_j (diag(p) - p pᵀ), multiplied out so that large terms
    # do not cancel. The diagonal holds f'' at first; in the end each row adds up to zero.
    pull = const(z[0], 0.0)
    for j in range(z.size):
        q = _others(p, j)
        _, slope, bend = _of_logarithm(gamma, p[j], q, _logarithm(z[j], q, log_total))
        pull += alpha * t[j] * slope
        matrix[j, j] = alpha * t[j] * bend
    for i in range(z.size):
        for j in range(i):
            rest = pull
            for k in range(z.size):
                if k != i and k != j:
                    rest += matrix[k, k]
            both = matrix[i, i] * p[j] * _others(p, i) + matrix[j, j] * p[i] * _others(p, j)
            matrix[i, j] = p[i] * p[j] * rest - both
            matrix[j, i] = matrix[i, j]
    for i in range(z.size):
        matrix[i, i] = const(z[0], 0.0)
        for j in range(z.size):
            if j != i:
                matrix[i, i] -= matrix[i, j]


catalog.register(
    Focal,
    "focal",
    "cross-entropy that dwells on badly answered samples; needs softmax or sigmoid outputs",
    hypers={
        "gamma": ("[0, 20]", "how strongly well answered samples are weighted down"),
        "alpha": ("[0, 1]", "weight of positive targets; 1 - alpha of negative ones"),
    },
    accepts=("sigmoid", "softmax"),
)
fuse(Focal, SigmoidOutput, _with_sigmoid, _bend_with_sigmoid)
fuse(Focal, Softmax, _with_softmax, _bend_with_softmax)
