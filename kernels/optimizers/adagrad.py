"""AdaGrad, s ← s + g², p ← p - rate g / (√s + epsilon).

Duchi, Hazan & Singer 2011, "Adaptive subgradient methods for online learning and stochastic
optimization", JMLR 12, eq. 1 with the diagonal matrix.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.optimizers import catalog, prepare, update


class AdaGrad(NamedTuple):
    """``learning_rate``: step length; ``epsilon``: added to the root of the sum."""

    learning_rate: float = 0.05
    epsilon: float = 1e-10


def _prepare(item: Any, rate: Any, step: Any, norm: Any) -> Any:
    return rate, item.epsilon


def _update(item: Any, c: Any, g: Any, p: Any, slots: Any) -> Any:
    total = slots[0] + g * g
    return p - c[0] * g / (np.sqrt(total) + c[1]), (total,)


catalog.register(
    AdaGrad,
    "adagrad",
    "each parameter's rate shrinks with the sum of its squared gradients",
    hypers={
        "learning_rate": ("(0, inf)", "length of each parameter's first step"),
        "epsilon": ("(0, inf)", "keeps the division finite"),
    },
    rules={prepare: _prepare, update: _update},
    slots=1,
)
