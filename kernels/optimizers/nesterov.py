"""Nesterov's accelerated gradient, v ← momentum v + g, p ← p - rate (g + momentum v).

Nesterov 1983; in the form of Sutskever, Martens, Dahl & Hinton 2013, "On the importance of
initialization and momentum in deep learning", eqs. 3-4, with the look-ahead point as parameter.
"""

from typing import Any, NamedTuple

from kernels.optimizers import catalog, prepare, update


class Nesterov(NamedTuple):
    """``learning_rate``: step length; ``momentum``: share of the velocity kept each step."""

    learning_rate: float = 0.1
    momentum: float = 0.9


def _prepare(item: Any, rate: Any, step: Any, norm: Any) -> Any:
    return rate, item.momentum


def _update(item: Any, c: Any, g: Any, p: Any, slots: Any) -> Any:
    velocity = c[1] * slots[0] + g
    return p - c[0] * (g + c[1] * velocity), (velocity,)


catalog.register(
    Nesterov,
    "nesterov",
    "momentum that takes its gradient one step ahead",
    hypers={
        "learning_rate": ("(0, inf)", "step length per unit of velocity"),
        "momentum": ("[0, 1)", "share of the velocity kept each step"),
    },
    rules={prepare: _prepare, update: _update},
    slots=1,
)
