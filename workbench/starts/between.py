"""A point on the straight line between two starts of another initializer.

Goodfellow, Vinyals & Saxe 2015, "Qualitatively characterizing neural network optimization
problems", arXiv 1412.6544, look at losses along such lines: (1 - fraction) times the one plus
fraction times the other. A fraction outside 0 … 1 lies beyond them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from kernels.domains import Words
from kernels.initializers import catalog
from workbench import starts
from workbench.fields import Choice


class Between(NamedTuple):
    """Starts ``first`` and ``second`` of the initializer ``of`` (with its default
    hyper-parameters), and how far along the line between them: ``fraction``."""

    of: str = "he_normal"
    first: float = 0
    second: float = 1
    fraction: float = 0.5


def _check(item: Any, sizes: tuple[int, ...]) -> None:
    starts.check_fit(Choice(item.of, starts.with_defaults(item.of)), sizes)


def _start(item: Any, model: Any, index: int) -> np.ndarray:
    other = starts.with_defaults(item.of)
    first, second = (starts.point(item.of, other, model, int(k)) for k in (item.first, item.second))
    return (1.0 - item.fraction) * first + item.fraction * second


catalog.register(
    Between,
    "between",
    "a point on the line between two starts of another initializer",
    hypers={
        "of": (Words(starts.simple), "the initializer that makes both ends"),
        "first": ("integer [0, 4294967295]", "the start at fraction 0"),
        "second": ("integer [0, 4294967295]", "the start at fraction 1"),
        "fraction": ("(-inf, inf)", "place on the line: 0 the first, 1 the second"),
    },
    start=_start,
    check=_check,
)
