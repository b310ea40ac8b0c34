"""Resilient backpropagation: every parameter has a step length of its own, led by signs alone.

Where the gradient keeps its sign, length ← min(growth · length, longest); where it changes,
length ← max(shrinkage · length, shortest) and the gradient counts as zero. p ← p - sign(g) length.
Riedmiller & Braun 1993, "A direct adaptive method for faster backpropagation learning: the RPROP
algorithm", in the variant without weight backtracking (Igel & Hüsken 2003: iRprop⁻), which is that
of PyTorch. Meant for full batches, since the sign of a small batch's gradient is mostly chance.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.optimizers import catalog, prepare, update
from kernels.rules import const, select


class Rprop(NamedTuple):
    """``learning_rate``: length of every parameter's first step, and a schedule scales all steps;
    ``growth`` and ``shrinkage``: factors on a length; ``shortest``, ``longest``: its bounds."""

    learning_rate: float = 0.01
    growth: float = 1.2
    shrinkage: float = 0.5
    shortest: float = 1e-6
    longest: float = 50.0


def _prepare(item: Any, rate: Any, step: Any, norm: Any) -> Any:
    scale = rate / item.learning_rate
    bounds = item.shortest, item.longest
    return scale, item.learning_rate, item.growth, item.shrinkage, bounds[0], bounds[1]


def _update(item: Any, c: Any, g: Any, p: Any, slots: Any) -> Any:
    zero = const(g, 0.0)
    agreement = np.sign(g) * np.sign(slots[0])
    length = select(slots[1] > zero, slots[1], c[1])
    factor = select(agreement > zero, c[2], select(agreement < zero, c[3], const(g, 1.0)))
    length = min(max(length * factor, c[4]), c[5])
    heeded = select(agreement < zero, zero, g)
    return p - c[0] * np.sign(heeded) * length, (heeded, length)


catalog.register(
    Rprop,
    "rprop",
    "step lengths that grow while a gradient's sign stays and shrink when it changes",
    hypers={
        "learning_rate": ("(0, inf)", "length of every parameter's first step"),
        "growth": ("[1, inf)", "factor on a length while the sign stays"),
        "shrinkage": ("(0, 1]", "factor on a length when the sign changes"),
        "shortest": ("(0, inf)", "least length of a step"),
        "longest": ("(0, inf)", "greatest length of a step"),
    },
    rules={prepare: _prepare, update: _update},
    slots=2,
)
