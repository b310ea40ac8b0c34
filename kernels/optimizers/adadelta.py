"""AdaDelta, in which the size of earlier steps sets the unit of the next.

s ← decay s + (1 - decay) g², d = g √(u + epsilon) / √(s + epsilon), p ← p - rate d,
u ← decay u + (1 - decay) d².
Zeiler 2012, "ADADELTA: an adaptive learning rate method", arXiv 1212.5701, algorithm 1, where the
rate is 1. As in PyTorch and Optax.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.optimizers import catalog, prepare, update


class AdaDelta(NamedTuple):
    """``learning_rate``: factor on each step; ``decay``: share of both mean squares kept each step;
    ``epsilon``: added under both roots, it also sets the size of the first steps."""

    learning_rate: float = 1.0
    decay: float = 0.9
    epsilon: float = 1e-6


def _prepare(item: Any, rate: Any, step: Any, norm: Any) -> Any:
    return rate, item.decay, 1.0 - item.decay, item.epsilon


def _update(item: Any, c: Any, g: Any, p: Any, slots: Any) -> Any:
    square = c[1] * slots[0] + c[2] * g * g
    change = g * np.sqrt(slots[1] + c[3]) / np.sqrt(square + c[3])
    return p - c[0] * change, (square, c[1] * slots[1] + c[2] * change * change)


catalog.register(
    AdaDelta,
    "adadelta",
    "steps as long as earlier steps were, by running means of both",
    hypers={
        "learning_rate": ("(0, inf)", "factor on each step"),
        "decay": ("[0, 1)", "share of the mean squares kept each step"),
        "epsilon": ("(0, inf)", "keeps the first steps from being zero"),
    },
    rules={prepare: _prepare, update: _update},
    slots=2,
)
