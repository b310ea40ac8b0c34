"""Test surfaces as published: formula and minima, written apart from the kernels' own.

A surface's entry is its formula, which takes complex numbers, the keyword arguments that its minima
are for, and the minima (x, y, value) with as many digits as its source, or arithmetic, gives.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np


class Published(NamedTuple):
    """``formula(x, y, **hypers)``, the ``minima`` and how exactly they are known."""

    formula: Callable[..., Any]
    minima: tuple[tuple[float, float, float], ...]
    digits: float = 1e-12


def _beale(x: Any, y: Any) -> Any:
    terms = zip((1.5, 2.25, 2.625), (1, 2, 3), strict=True)
    return sum((constant - x * (1 - y**power)) ** 2 for constant, power in terms)


def _camel(x: Any, y: Any) -> Any:
    return 4 * x**2 - 2.1 * x**4 + x**6 / 3 + x * y - 4 * y**2 + 4 * y**4


SURFACES: dict[str, Published] = {
    # Beale 1958.
    "beale": Published(_beale, ((3.0, 0.5, 0.0),)),
    # De Jong 1975, F1.
    "bowl": Published(lambda x, y: x**2 + y**2, ((0.0, 0.0, 0.0),)),
    # Himmelblau 1972, problem 29; the minima as in Jamil & Yang 2013, arXiv 1308.4008, f65.
    "himmelblau": Published(
        lambda x, y: (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2,
        (
            (3.0, 2.0, 0.0),
            (-2.805118, 3.131312, 0.0),
            (-3.779310, -3.283186, 0.0),
            (3.584428, -1.848126, 0.0),
        ),
        1e-6,
    ),
    # Rastrigin 1974: the global minimum.
    "rastrigin": Published(
        lambda x, y: 20 + sum(v**2 - 10 * np.cos(2 * np.pi * v) for v in (x, y)),
        ((0.0, 0.0, 0.0),),
    ),
    # Polyak 1964: a quadratic of condition number ``steepness``.
    "ravine": Published(lambda x, y, steepness: (x**2 + steepness * y**2) / 2, ((0.0, 0.0, 0.0),)),
    # Rosenbrock 1960, eq. 10.
    "rosenbrock": Published(lambda x, y: 100 * (y - x**2) ** 2 + (1 - x) ** 2, ((1.0, 1.0, 0.0),)),
    # Dixon & Szegö 1978; the global minima as in Jamil & Yang 2013, f30.
    "six_hump_camel": Published(
        _camel, ((0.0898, -0.7126, -1.0316), (-0.0898, 0.7126, -1.0316)), 1e-4
    ),
    # The tilted double well; its minima solve 4x³ - 4x + 0.3 = 0, by Viète's formula.
    "two_valleys": Published(
        lambda x, y: (x**2 - 1) ** 2 + 0.3 * x + y**2,
        tuple(
            (x, 0.0, (x**2 - 1) ** 2 + 0.3 * x)
            for k in (0, 2)
            for x in [
                2 / np.sqrt(3) * np.cos(np.arccos(-0.1125 * np.sqrt(3)) / 3 - 2 * np.pi * k / 3)
            ]
        ),
    ),
}
