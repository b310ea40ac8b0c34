"""What the 24 noiseless BBOB functions share: their numbers, drawn per instance, and transforms.

Hansen, Finck, Ros & Auger 2009, "Real-parameter black-box optimization benchmarking 2009: noiseless
functions definitions", INRIA RR-6829, section 0.2; in two dimensions. The generators are those of
the published program, so that an instance is the same function everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from kernels.rules import const, select, shared
from kernels.surfaces import catalog, height

SOURCE = "Hansen, Finck, Ros & Auger 2009, INRIA RR-6829"
_MODULUS = 2**31 - 1

Map = tuple[float, float, float, float]


class Placed(NamedTuple):
    """A BBOB function of one instance: the optimum (``x``, ``y``, ``value``) and two linear maps,
    row by row, whose meaning is the function's own."""

    x: float
    y: float
    value: float
    first: Map
    second: Map


NO_MAP = (1.0, 0.0, 0.0, 1.0)


def uniforms(count: int, seed: int) -> list[float]:
    """Numbers in (0, 1): Park & Miller's generator with Bays & Durham's shuffle."""
    state = max(abs(seed), 1)
    shelf = [0] * 32
    for k in range(39, -1, -1):
        state = 16807 * state % _MODULUS
        if k < 32:
            shelf[k] = state
    drawn, found = shelf[0], []
    for _ in range(count):
        state = 16807 * state % _MODULUS
        place = drawn // 67108865
        drawn, shelf[place] = shelf[place], state
        found.append(drawn / 2.147483647e9 or 1e-99)
    return found


def normals(count: int, seed: int) -> list[float]:
    """Standard normal numbers by Box & Muller."""
    u = uniforms(2 * count, seed)
    return [
        math.sqrt(-2.0 * math.log(u[k])) * math.cos(2.0 * math.pi * u[count + k]) or 1e-99
        for k in range(count)
    ]


def rotation(seed: int) -> Map:
    """An orthogonal matrix, row by row: Gram & Schmidt on the columns of a normal one."""
    a, c, b, d = normals(4, seed)
    length = math.hypot(a, c)
    a, c = a / length, c / length
    along = a * b + c * d
    b, d = b - along * a, d - along * c
    length = math.hypot(b, d)
    return a, b / length, c, d / length


def optimum(seed: int) -> tuple[float, float]:
    """Where a function's optimum is, in [-4, 4]²."""
    x, y = (8.0 * math.floor(1e4 * u) / 1e4 - 4.0 or -1e-5 for u in uniforms(2, seed))
    return x, y


def offset(seed: int) -> float:
    """The value of the optimum, in [-1000, 1000] with two decimals."""
    ratio = normals(1, seed)[0] / normals(1, seed + 1)[0]
    return min(1000.0, max(-1000.0, math.floor(1e4 * ratio + 0.5) / 100.0))


def seed_of(function: int, instance: float) -> int:
    """The seed of an instance; f4 and f18 take those of f3 and f17, whose shapes they vary."""
    return {4: 3, 18: 17}.get(function, function) + 10000 * int(instance)


def scaled_between(seed: int, stretch: float) -> Map:
    """R diag(1, stretch) Q of the two rotations R (of seed + 10⁶) and Q (of seed)."""
    a, b, c, d = rotation(seed + 1_000_000)
    e, f, g, h = rotation(seed)
    b, d = b * stretch, d * stretch
    return a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h


def straight(seed: int) -> Map:
    """The map that changes nothing."""
    return NO_MAP


def turn(seed: int) -> Map:
    """R, the rotation that most functions begin with."""
    return rotation(seed + 1_000_000)


def builder(
    cls: Any,
    function: int,
    first: Callable[[int], Map] = straight,
    second: Callable[[int], Map] = straight,
) -> Callable[..., Any]:
    """What makes the instances of a function, given its number and its maps of the seed."""

    def build(instance: float = 1.0) -> Any:
        seed = seed_of(function, instance)
        x, y = optimum(seed)
        return cls(x, y, offset(seed), first(seed), second(seed))

    return build


def _optimum_alone(item: Placed) -> tuple[tuple[float, float, float, bool], ...]:
    return ((item.x, item.y, item.value, True),)


def register(
    cls: Any,
    name: str,
    summary: str,
    build: Callable[..., Any],
    body: Callable[..., Any],
    *,
    formula: str,
    **facts: Any,
) -> None:
    """Add the function to the surfaces; ``minima_of`` gives the minima of an instance where they
    are not the optimum alone."""
    facts.setdefault("minima_of", _optimum_alone)
    catalog.register(
        cls,
        name,
        summary,
        hypers={"instance": ("integer [1, 10000]", "which optimum, offset and rotations")},
        rules={height: body},
        build=build,
        formula=formula,
        source=SOURCE,
        domain=(-5.0, 5.0, -5.0, 5.0),
        minima=facts["minima_of"](build()),
        **facts,
    )


@shared
def turned(matrix: Any, u: Any, v: Any) -> Any:
    """The product of a 2x2 matrix, row by row, and (u, v)."""
    return matrix[0] * u + matrix[1] * v, matrix[2] * u + matrix[3] * v


@shared
def oscillated(v: Any) -> Any:
    """T_osz: smooth waves about the identity, without a symmetry."""
    size = np.abs(v)
    up = v > 0.0
    log = np.log(select(size > 0.0, size, const(v, 1.0)))
    first = select(up, const(v, 10.0), const(v, 5.5))
    second = select(up, const(v, 7.9), const(v, 3.1))
    waves = np.sin(first * log) + np.sin(second * log)
    return np.sign(v) * np.exp(log + 0.049 * waves)


@shared
def skewed(v: Any, power: Any) -> Any:
    """T_asy of the second of two coordinates, v^(1 + power √v) where v > 0; the first stays."""
    up = v > 0.0
    safe = select(up, v, const(v, 1.0))
    return select(up, np.exp((1.0 + power * np.sqrt(safe)) * np.log(safe)), v)


@shared
def outside(x: Any, y: Any) -> Any:
    """The squared distance from the domain [-5, 5]²."""
    over_x = max(np.abs(x) - 5.0, 0.0)
    over_y = max(np.abs(y) - 5.0, 0.0)
    return over_x * over_x + over_y * over_y
