"""Gallagher's functions: a landscape that is the highest of many Gaussian peaks, turned over.

BBOB f21 and f22; Hansen, Finck, Ros & Auger 2009, INRIA RR-6829. A peak of weight w and centre c
adds w exp(-q(x - c)/4) with a quadratic form q; the function is T_osz(10 - the highest)².
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from kernels.bbob import offset, oscillated, outside, rotation, seed_of, uniforms


class Peaks(NamedTuple):
    """``value``: that of the optimum; ``table`` (n, 6), float64: of each peak the centre's x and y,
    a, b and c of the exponent -(a u² + 2b uv + c v²), and log(weight / 10), the first's 0."""

    value: float
    table: Any


def scatter(
    function: int, instance: float, count: int, first: float, span: tuple[float, float]
) -> tuple[float, Any]:
    """The numbers of an instance with ``count`` peaks, the deepest of condition ``first``, all in
    the box of width and offset ``span``."""
    seed = seed_of(function, instance)
    turn = rotation(seed)
    drawn = uniforms(count - 1, seed)
    order = sorted(range(count - 1), key=drawn.__getitem__)
    places = uniforms(2 * count, seed)
    table = np.empty((count, 6))
    for k in range(count):
        condition = 1000.0 ** (order[k - 1] / (count - 2)) if k else first
        weight = 1.1 + 8.0 * (k - 1) / (count - 2) if k else 10.0
        narrow, wide = math.sqrt(condition), 1.0 / math.sqrt(condition)
        u, v = uniforms(2, seed + 1000 * k)
        p, q = (wide, narrow) if u <= v else (narrow, wide)
        a, b, c, d = turn
        table[k, :2] = [(span[0] * place - span[1]) for place in places[2 * k : 2 * k + 2]]
        form = a * a * p + c * c * q, a * b * p + c * d * q, b * b * p + d * d * q
        table[k, 2:5] = [0.25 * entry for entry in form]
        table[k, 5] = math.log(weight / 10.0)
    table[0, :2] *= 0.8
    return offset(seed), table


def _exponents(table: Any, x: float, y: float) -> Any:
    u, v = x - table[:, 0], y - table[:, 1]
    return table[:, 5] - (table[:, 2] * u * u + 2.0 * table[:, 3] * u * v + table[:, 4] * v * v)


def minima(item: Peaks) -> tuple[tuple[float, float, float, bool], ...]:
    """All minima in the domain: the centres of the peaks that no other one covers."""
    found = []
    for k, (x, y, *_) in enumerate(item.table.tolist()):
        exponents = _exponents(item.table, x, y)
        if abs(x) < 5.0 and abs(y) < 5.0 and exponents.argmax() == k:
            depth = oscillated(np.float64(-10.0 * np.expm1(exponents[k])))
            found.append((x, y, float(depth * depth) + item.value, k == 0))
    return tuple(sorted(found, key=lambda minimum: minimum[2]))


def lowered(item: Any, x: Any, y: Any) -> Any:
    """The height of a surface whose numbers are ``Peaks``."""
    u, v = x - item.table[0, 0], y - item.table[0, 1]
    a, b, c = item.table[0, 2], item.table[0, 3], item.table[0, 4]
    best = -(a * u * u + 2.0 * b * u * v + c * v * v)
    for k in range(1, item.table.shape[0]):
        u, v = x - item.table[k, 0], y - item.table[k, 1]
        a, b, c = item.table[k, 2], item.table[k, 3], item.table[k, 4]
        best = max(best, item.table[k, 5] - (a * u * u + 2.0 * b * u * v + c * v * v))
    depth = oscillated(-10.0 * np.expm1(best))
    return depth * depth + outside(x, y) + item.value
