"""The 24 noiseless BBOB functions in two dimensions, from the definitions' matrices.

Hansen, Finck, Ros & Auger 2009, "Real-parameter black-box optimization benchmarking 2009: noiseless
functions definitions", INRIA RR-6829. Points are columns; the numbers of an instance are drawn here
too. What picks a piece looks at the real part, so that complex steps go through.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from workbench.proof.published import Published, size

_M = 2**31 - 1


def _uniform(count: int, seed: int) -> Any:
    powers = [pow(16807, k, _M) * max(seed, 1) % _M for k in range(41 + count)]
    shelf = [powers[40 - k] for k in range(32)]
    last, drawn = shelf[0], np.empty(count)
    for k in range(count):
        place = last // 67108865
        last, shelf[place] = shelf[place], powers[41 + k]
        drawn[k] = last / _M
    return np.where(drawn == 0, 1e-99, drawn)


def _normal(count: int, seed: int) -> Any:
    first, second = _uniform(2 * count, seed).reshape(2, count)
    return np.sqrt(-2 * np.log(first)) * np.cos(2 * np.pi * second)


def _rotation(seed: int) -> Any:
    columns = _normal(4, seed).reshape(2, 2)
    for k in (0, 1):
        for j in range(k):
            columns[k] -= (columns[k] @ columns[j]) * columns[j]
        columns[k] /= np.linalg.norm(columns[k])
    return columns.T


def _place(seed: int) -> Any:
    place = 8 * np.floor(10**4 * _uniform(2, seed)) / 10**4 - 4
    return np.where(place == 0, -1e-5, place)[:, None]


def _value(seed: int) -> float:
    ratio = _normal(1, seed)[0] / _normal(1, seed + 1)[0]
    return float(np.clip(np.floor(100 * 100 * ratio + 0.5) / 100, -1000, 1000))


def _scaling(condition: float) -> Any:
    return np.diag([1.0, condition**0.5])


def _osz(v: Any) -> Any:
    up = np.real(v) > 0
    log = np.log(np.where(np.real(v) == 0, 1.0, size(v)))
    waves = np.sin(np.where(up, 10, 5.5) * log) + np.sin(np.where(up, 7.9, 3.1) * log)
    return np.sign(np.real(v)) * np.exp(log + 0.049 * waves)


def _asy(v: Any, beta: float) -> Any:
    up = np.real(v) > 0
    safe = np.where(up, v, 1.0)
    return np.where(up, safe ** (1 + beta * np.array([[0.0], [1.0]]) * safe**0.5), v)


def _penalty(x: Any) -> Any:
    over = size(x) - 5
    return np.where(np.real(over) > 0, over**2, 0).sum(axis=0)


def _waves(z: Any) -> Any:
    return 10 * (2 - np.cos(2 * np.pi * z).sum(axis=0)) + (z**2).sum(axis=0)


def _banana(z: Any) -> Any:
    return 100 * (z[0] ** 2 - z[1]) ** 2 + (z[0] - 1) ** 2


class _Numbers:
    """What an instance of a function draws: the optimum, two rotations and the offset."""

    def __init__(self, number: int, instance: int) -> None:
        self.number = number
        self.seed = {4: 3, 18: 17}.get(number, number) + 10000 * instance
        self.place = _place(self.seed)
        self.r, self.q = _rotation(self.seed + 10**6), _rotation(self.seed)
        self.value = _value(self.seed)

    def scaled(self, condition: float) -> Any:
        """R Λ Q."""
        return self.r @ _scaling(condition) @ self.q


def _ellipse(z: Any, first: float, second: float) -> Any:
    return first * z[0] ** 2 + second * z[1] ** 2


def _f4(n: _Numbers, x: Any) -> Any:
    place = np.array([np.abs(n.place[0]), n.place[1]])
    z = _osz(x - place)
    z = np.array([np.where(np.real(z[0]) > 0, 10 * z[0], z[0]), 10**0.5 * z[1]])
    return _waves(z) + 100 * _penalty(x)


def _f5(n: _Numbers, x: Any) -> Any:
    corner = np.where(n.place < 0, -5.0, 5.0)
    s = np.sign(corner) * np.array([[1.0], [10.0]])
    z = np.where(np.real(x * corner) < 25, x, corner)
    return (5 * np.abs(s) - s * z).sum(axis=0)


def _f6(n: _Numbers, x: Any) -> Any:
    z = n.scaled(10) @ (x - n.place)
    s = np.where(np.real(z * n.place) > 0, 100, 1)
    return _osz(((s * z) ** 2).sum(axis=0)) ** 0.9


def _f7(n: _Numbers, x: Any) -> Any:
    hat = _scaling(10) @ n.q @ (x - n.place)
    real = np.real(hat)
    steps = np.where(np.abs(real) > 0.5, np.floor(real + 0.5), np.floor(10 * real + 0.5) / 10)
    high = _ellipse(n.r @ steps, 1, 100)
    slope = size(hat[0]) / 10**4
    return np.where(np.real(slope) > high, slope, high) / 10 + _penalty(x)


def _f16(n: _Numbers, x: Any) -> Any:
    z = n.scaled(1 / 100) @ _osz(n.r @ (x - n.place))
    k = np.arange(12)[:, None, None]
    sums = (0.5**k * np.cos(2 * np.pi * 3.0**k * (z + 0.5))).sum(axis=0)
    least = (0.5 ** np.arange(12) * np.cos(np.pi * 3.0 ** np.arange(12))).sum()
    return 10 * (sums.mean(axis=0) - least) ** 3 + 5 * _penalty(x)


def _schaffers(condition: float) -> Callable[[_Numbers, Any], Any]:
    def function(n: _Numbers, x: Any) -> Any:
        z = _scaling(condition) @ n.q @ _asy(n.r @ (x - n.place), 0.5)
        s = (z[0] ** 2 + z[1] ** 2) ** 0.5
        return (s**0.5 * (1 + np.sin(50 * s**0.2) ** 2)) ** 2 + 10 * _penalty(x)

    return function


def _f20(n: _Numbers, x: Any) -> Any:
    signs = np.where(_uniform(2, n.seed) < 0.5, -1, 1)[:, None]
    far = 4.2096874637
    hat = 2 * signs * x
    hat = np.array([hat[0], hat[1] + 0.25 * (hat[0] - far)])
    z = 100 * (_scaling(10) @ (hat - far) + far)
    deep = (z * np.sin(size(z) ** 0.5)).mean(axis=0)
    return 4.189828872724339 - deep / 100 + 100 * _penalty(z / 100)


def _gallagher(count: int, first: float, width: float) -> Callable[[_Numbers, Any], Any]:
    def function(n: _Numbers, x: Any) -> Any:
        order = np.argsort(_uniform(count - 1, n.seed), kind="stable")
        conditions = np.r_[first, 1000 ** (order / (count - 2))]
        weights = np.r_[10, 1.1 + 8 * np.arange(count - 1) / (count - 2)]
        centres = (_uniform(2 * count, n.seed) * width - width / 2).reshape(count, 2)
        centres[0] *= 0.8
        heights = []
        for k in range(count):
            powers = np.argsort(_uniform(2, n.seed + 1000 * k)) - 0.5
            z = n.q @ (x - centres[k][:, None])
            form = (conditions[k] ** powers[:, None] * z**2).sum(axis=0)
            heights.append(weights[k] * np.exp(-form / 4))
        stack = np.array(heights)
        highest = np.argmax(np.real(stack), axis=0)[None]
        depth = 10 - np.take_along_axis(stack, highest, 0)[0]
        return _osz(depth) ** 2 + _penalty(x)

    return function


def _f23(n: _Numbers, x: Any) -> Any:
    z = n.scaled(100) @ (x - n.place)
    scales = 2.0 ** np.arange(1, 33)[:, None, None]
    creases = (size(scales * z - np.floor(np.real(scales * z) + 0.5)) / scales).sum(axis=0)
    product = (1 + creases[0]) * (1 + 2 * creases[1])
    return 10 / 4 * product ** (10 / 2**1.2) - 10 / 4 + _penalty(x)


def _f24(n: _Numbers, x: Any) -> Any:
    signs = np.where(_normal(2, n.seed) < 0, -1, 1)[:, None]
    near, share = 2.5, 1 - 1 / (2 * 22**0.5 - 8.2)
    other = -(((near**2 - 1) / share) ** 0.5)
    hat = 2 * signs * x
    funnel = ((hat - near) ** 2).sum(axis=0)
    wide = 2 + share * ((hat - other) ** 2).sum(axis=0)
    waves = 10 * (2 - np.cos(2 * np.pi * n.scaled(100) @ (hat - near)).sum(axis=0))
    return np.where(np.real(funnel) < np.real(wide), funnel, wide) + waves + 10**4 * _penalty(x)


_FUNCTIONS: dict[str, Callable[[_Numbers, Any], Any]] = {
    "01_sphere": lambda n, x: ((x - n.place) ** 2).sum(axis=0),
    "02_ellipsoid": lambda n, x: _ellipse(_osz(x - n.place), 1, 10**6),
    "03_rastrigin": lambda n, x: _waves(_scaling(10) @ _asy(_osz(x - n.place), 0.2)),
    "04_bueche_rastrigin": _f4,
    "05_linear_slope": _f5,
    "06_attractive_sector": _f6,
    "07_step_ellipsoid": _f7,
    "08_rosenbrock": lambda n, x: _banana(x - 0.75 * n.place + 1),
    "09_rosenbrock_rotated": lambda n, x: _banana(n.q @ x + 0.5),
    "10_ellipsoid_rotated": lambda n, x: _ellipse(_osz(n.r @ (x - n.place)), 1, 10**6),
    "11_discus": lambda n, x: _ellipse(_osz(n.r @ (x - n.place)), 10**6, 1),
    "12_bent_cigar": lambda n, x: _ellipse(
        n.r @ _asy(n.r @ (x - _place(n.seed + 10**6)), 0.5), 1, 10**6
    ),
    "13_sharp_ridge": lambda n, x: (
        (z := n.scaled(10) @ (x - n.place))[0] ** 2 + 100 * (z[1] ** 2) ** 0.5
    ),
    "14_different_powers": lambda n, x: ((z := n.r @ (x - n.place))[0] ** 2 + z[1] ** 6) ** 0.5,
    "15_rastrigin_rotated": lambda n, x: _waves(
        n.scaled(10) @ _asy(_osz(n.r @ (x - n.place)), 0.2)
    ),
    "16_weierstrass": _f16,
    "17_schaffers": _schaffers(10),
    "18_schaffers_conditioned": _schaffers(1000),
    "19_griewank_rosenbrock": lambda n, x: (
        10 * ((t := _banana(n.q @ x + 0.5)) / 4000 - np.cos(t)) + 10
    ),
    "20_schwefel": _f20,
    "21_gallagher_101": _gallagher(101, 1000**0.5, 10),
    "22_gallagher_21": _gallagher(21, 1000, 9.8),
    "23_katsuura": _f23,
    "24_lunacek": _f24,
}


@cache
def _numbers(number: int, instance: int) -> _Numbers:
    return _Numbers(number, instance)


def _formula(name: str) -> Callable[..., Any]:
    def formula(x: Any, y: Any, instance: float = 1) -> Any:
        numbers = _numbers(int(name[:2]), int(instance))
        points = np.array([np.ravel(v) for v in np.broadcast_arrays(x, y)])
        found = _FUNCTIONS[name](numbers, points) + numbers.value
        return found.reshape(np.broadcast_shapes(np.shape(x), np.shape(y)))

    return formula


# Sums of many scales, and waves of a large number, round more.
_SPECIAL: dict[str, dict[str, float]] = {
    "16_weierstrass": {"rounding": 1e-11, "detail": 0.0},
    "19_griewank_rosenbrock": {"rounding": 1e-10, "detail": 1e-5},
    "23_katsuura": {"rounding": 1e-11, "detail": 0.0},
}
SURFACES = {
    f"bbob_{name}": Published(_formula(name), (), **_SPECIAL.get(name, {})) for name in _FUNCTIONS
}
