"""Gradient descent, p ← p - rate g: batch, mini-batch or stochastic as the batching says.

Cauchy 1847; Robbins & Monro 1951, "A stochastic approximation method", eq. 6.
"""

from typing import Any, NamedTuple

from kernels.optimizers import catalog, prepare, update


class SGD(NamedTuple):
    """``learning_rate``: step length per unit of gradient."""

    learning_rate: float = 0.1


def _prepare(item: Any, rate: Any, step: Any, norm: Any) -> Any:
    return (rate,)


def _update(item: Any, c: Any, g: Any, p: Any, slots: Any) -> Any:
    return p - c[0] * g, slots


catalog.register(
    SGD,
    "sgd",
    "plain gradient descent: a step against the gradient",
    hypers={"learning_rate": ("(0, inf)", "step length per unit of gradient")},
    rules={prepare: _prepare, update: _update},
    aliases=("gd", "gradient_descent"),
    slots=0,
)
