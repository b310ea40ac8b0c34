"""Test surfaces as published: formula and minima, written apart from the kernels' own.

A surface's entry is its formula, which takes complex numbers (and whatever else has the operators
and NumPy's functions as methods), the keyword arguments that its minima are for, and the minima
(x, y, value) with as many digits as its source, or arithmetic, gives.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np


class Published(NamedTuple):
    """``formula(x, y, **hypers)``, the ``minima`` and how exactly they are known, absolutely in
    their coordinates and, where it differs, in their values."""

    formula: Callable[..., Any]
    minima: tuple[tuple[float, float, float], ...]
    digits: float = 1e-12
    value_digits: float | None = None


def size(v: Any) -> Any:
    """|v| of the real part, carried on to an imaginary part that is a complex step."""
    return np.where(np.real(v) < 0, -v, v)


def squares(*terms: Any) -> Any:
    """The sum of the terms' squares."""
    return sum(term**2 for term in terms)


def _tables() -> dict[str, Published]:
    from workbench.proof.published import classics, moderns, waves

    return classics.SURFACES | moderns.SURFACES | waves.SURFACES


SURFACES: dict[str, Published] = _tables()
