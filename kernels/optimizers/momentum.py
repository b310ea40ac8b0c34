"""Momentum (heavy ball), v ← momentum v + g, p ← p - rate v.

Polyak 1964, "Some methods of speeding up the convergence of iteration methods", eq. 9.
"""

from typing import Any, NamedTuple

from kernels.optimizers import catalog, prepare, update


class Momentum(NamedTuple):
    """``learning_rate``: step length; ``momentum``: share of the velocity kept each step."""

    learning_rate: float = 0.1
    momentum: float = 0.9


def _prepare(item: Any, rate: Any, step: Any, norm: Any) -> Any:
    return rate, item.momentum


def _update(item: Any, c: Any, g: Any, p: Any, slots: Any) -> Any:
    velocity = c[1] * slots[0] + g
    return p - c[0] * velocity, (velocity,)


catalog.register(
    Momentum,
    "momentum",
    "gradient descent with a velocity that remembers earlier gradients",
    hypers={
        "learning_rate": ("(0, inf)", "step length per unit of velocity"),
        "momentum": ("[0, 1)", "share of the velocity kept each step"),
    },
    rules={prepare: _prepare, update: _update},
    aliases=("heavy_ball",),
    slots=1,
)
