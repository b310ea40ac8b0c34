"""Quasi-hyperbolic momentum, a weighted mean of a gradient step and a momentum step.

m ← momentum m + (1 - momentum) g, p ← p - rate ((1 - share) g + share m).
Ma & Yarats 2019, "Quasi-hyperbolic momentum and Adam for deep learning", arXiv 1810.06801, eqs. 3
and 4. A share of 1 is momentum, a share equal to ``momentum`` is Nesterov's method, both with the
rate divided by 1 - momentum.
"""

from typing import Any, NamedTuple

from kernels.optimizers import catalog, prepare, update


class QHM(NamedTuple):
    """``learning_rate``: step length; ``momentum``: share of the mean gradient kept each step
    (β in the paper); ``share``: weight of that mean in the step (ν)."""

    learning_rate: float = 0.5
    momentum: float = 0.99
    share: float = 0.7


def _prepare(item: Any, rate: Any, step: Any, norm: Any) -> Any:
    return rate * (1.0 - item.share), rate * item.share, item.momentum, 1.0 - item.momentum


def _update(item: Any, c: Any, g: Any, p: Any, slots: Any) -> Any:
    mean = c[2] * slots[0] + c[3] * g
    return p - (c[0] * g + c[1] * mean), (mean,)


catalog.register(
    QHM,
    "qhm",
    "a weighted mean of plain gradient descent and momentum",
    hypers={
        "learning_rate": ("(0, inf)", "step length per unit of gradient"),
        "momentum": ("[0, 1)", "share of the mean gradient kept each step"),
        "share": ("[0, 1]", "weight of the mean gradient in the step"),
    },
    rules={prepare: _prepare, update: _update},
    slots=1,
)
