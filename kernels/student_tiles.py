"""Gradient descent of kernels.student_teacher from many starts at once, a start a SIMD lane.

The teacher's units are the first k unit vectors and the student's are (n, k). A lane whose start
has come to rest takes the next one, so that a long way costs its own steps and no others'. Every
operation is rounded by itself and sums run in the order of units, so that a start ends at the same
bits whatever its lane, its neighbours, the width and the thread.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from kernels.jit import exact_kernel, inlined_kernel
from kernels.lanes import every, fma, load, load_some, store
from kernels.rules import const, select
from kernels.student_teacher import TINY
from kernels.tiles import aligned

NORM, STEPS = range(2)
ROWS = 2
_NEXT, _MADE = range(2)
_NOBODY = -1
_FOUR = (None,) * 4


class StudentBench(NamedTuple):
    """Caller-owned state and scratch of one thread.

    ``student`` and ``gradient`` (n k, width); ``mixing`` (n n, width): the gradient is its product
    with the student, less the teacher's part; ``lengths``, ``inverse`` and ``along`` (n, width),
    ``square`` (1, width), all float64. ``who`` and ``begun``, int64 (width,): the start in each
    lane, and how many steps the tile had made when it came. ``counts``, int64 (2,): the start that
    comes next and the steps made.
    """

    student: Any
    gradient: Any
    mixing: Any
    lengths: Any
    inverse: Any
    along: Any
    square: Any
    who: Any
    begun: Any
    counts: Any


def new_student_bench(n: int, k: int, width: Any) -> StudentBench:
    """A bench for students of n units with k weights, with nobody on it."""

    def tile(rows: int) -> np.ndarray:
        return aligned((rows, len(width)), np.float64)

    who = np.full(len(width), _NOBODY, np.int64)
    return StudentBench(
        tile(n * k), tile(n * k), tile(n * n), tile(n), tile(n), tile(n), tile(1),
        who, np.zeros_like(who), np.zeros(2, np.int64),
    )  # fmt: skip


@inlined_kernel
def _turned(cosine: Any) -> Any:
    """(sin θ, π - θ) of an angle's cosine, which rounding may have put past ±1."""
    one = const(cosine, 1.0)
    cosine = max(min(cosine, one), -one)
    size = abs(cosine)
    return np.sqrt((one - size) * (size + one)), np.arccos(-cosine)


@exact_kernel
def _measure(n: Any, k: Any, bench: Any, width: Any) -> None:
    """Fill in bench.lengths and bench.inverse, 0 for a unit that counts as zero."""
    for i in range(n):
        w = load(bench.student, i * k, width)
        total = w * w
        for a in range(1, k):
            w = load(bench.student, i * k + a, width)
            total = fma(w, w, total)
        length = np.sqrt(total)
        store(bench.lengths, i, length)
        one, there = const(length, 1.0), length > TINY
        inverse = select(there, one, const(length, 0.0)) / select(there, length, one)
        store(bench.inverse, i, inverse)


@exact_kernel
def _face_teacher(n: Any, k: Any, bench: Any, width: Any) -> None:
    """The teacher's part of 2π times the gradient: overwrites bench.gradient and bench.along."""
    for i in range(n):
        inverse = load(bench.inverse, i, width)
        along = const(inverse, 0.0)
        for a in range(k):
            sine, beside = _turned(load(bench.student, i * k + a, width) * inverse)
            along -= sine
            store(bench.gradient, i * k + a, -beside)
        store(bench.along, i, along)


@exact_kernel
def _face_each_other(n: Any, k: Any, bench: Any, width: Any) -> None:
    """Fill in bench.mixing: π - θ of every two units, and on its diagonal what remains of wᵢ."""
    for i in range(n):
        length, inverse = load(bench.lengths, i, width), load(bench.inverse, i, width)
        along = load(bench.along, i, width)
        for j in range(i + 1, n):
            dot = load(bench.student, i * k, width) * load(bench.student, j * k, width)
            for a in range(1, k):
                w = load(bench.student, i * k + a, width)
                dot = fma(w, load(bench.student, j * k + a, width), dot)
            sine, beside = _turned(dot * inverse * load(bench.inverse, j, width))
            along = fma(sine, load(bench.lengths, j, width), along)
            store(bench.along, j, fma(sine, length, load(bench.along, j, width)))
            store(bench.mixing, i * n + j, beside)
            store(bench.mixing, j * n + i, beside)
        store(bench.mixing, i * n + i, fma(along, inverse, const(along, np.pi)))


@inlined_kernel
def _end(g: Any, at: Any, total: Any, bench: Any) -> Any:
    g *= const(g, 1.0 / (2.0 * np.pi))
    store(bench.gradient, at, g)
    return fma(g, g, total)


@exact_kernel
def _mix(n: Any, k: Any, bench: Any, width: Any) -> Any:
    """Finish bench.gradient; returns the squares of its norms."""
    total = const(load(bench.lengths, 0, width), 0.0)
    for i in range(n):
        # Four sums at a time, so that each number of bench.mixing is loaded once for them.
        whole = k - k % 4
        for a in range(0, whole, 4):
            at = i * k + a
            g0, g1, g2, g3 = load_some(bench.gradient, at, 1, _FOUR, width)
            for j in range(n):
                mixed = load(bench.mixing, i * n + j, width)
                w0, w1, w2, w3 = load_some(bench.student, j * k + a, 1, _FOUR, width)
                g0, g1 = fma(mixed, w0, g0), fma(mixed, w1, g1)
                g2, g3 = fma(mixed, w2, g2), fma(mixed, w3, g3)
            total = _end(g0, at, total, bench)
            total = _end(g1, at + 1, total, bench)
            total = _end(g2, at + 2, total, bench)
            total = _end(g3, at + 3, total, bench)
        for at in range(i * k + whole, i * k + k):
            g = load(bench.gradient, at, width)
            for j in range(n):
                mixed = load(bench.mixing, i * n + j, width)
                g = fma(mixed, load(bench.student, at + (j - i) * k, width), g)
            total = _end(g, at, total, bench)
    return total


@exact_kernel
def slope_tile(n: Any, k: Any, bench: Any, width: Any) -> Any:
    """∂F/∂W of bench.student: overwrites bench.gradient and the scratch.

    Returns the squares of its norms, float64 lanes.
    """
    _measure(n, k, bench, width)
    _face_teacher(n, k, bench, width)
    _face_each_other(n, k, bench, width)
    return _mix(n, k, bench, width)


@exact_kernel
def _relieve(starts: Any, tolerance: Any, most: Any, ends: Any, bench: Any) -> Any:
    """Let the starts that have ended leave their lanes and others come; returns how many did."""
    count, n, k = starts.shape
    moved = 0
    for lane in range(bench.who.size):
        start, made = bench.who[lane], bench.counts[_MADE] - bench.begun[lane]
        square = bench.square[0, lane]
        if start != _NOBODY:
            if square > tolerance * tolerance and made < most:
                continue
            ends[NORM, start], ends[STEPS, start] = np.sqrt(square), made
            for at in range(n * k):
                starts[start, at // k, at % k] = bench.student[at, lane]
            bench.who[lane] = _NOBODY
            moved += 1
        if bench.counts[_NEXT] < count:
            start = bench.counts[_NEXT]
            for at in range(n * k):
                bench.student[at, lane] = starts[start, at // k, at % k]
            bench.counts[_NEXT] += 1
            bench.who[lane], bench.begun[lane] = start, bench.counts[_MADE]
            moved += 1
    return moved


@exact_kernel
def _span(numbers: Any) -> Any:
    """The least and the greatest of them; min and max would make arrays."""
    low = high = numbers[0]
    for number in numbers:
        low, high = min(low, number), max(high, number)
    return low, high


@exact_kernel
def descend_students(
    starts: Any, rate: Any, tolerance: Any, most: Any, turns: Any, ends: Any, bench: Any,
    width: Any,
) -> Any:  # fmt: skip
    """W ← W - ``rate`` ∂F/∂W from every start, until each has ended; for ``turns`` turns at most.

    ``starts`` float64 (count, n, k): where a start has ended, its place is overwritten with where.
    It ends where its gradient's norm is at most ``tolerance``, or is no number, and after ``most``
    steps. ``ends`` float64 (2, count) takes the norm and the steps made. ``bench``, at first from
    ``new_student_bench``, keeps those on their way from call to call. Returns whether all have
    ended. Mutates ``starts``, ``ends`` and ``bench``.
    """
    _, n, k = starts.shape
    full = False
    for _ in range(turns):
        square = slope_tile(n, k, bench, width)
        store(bench.square, 0, square)
        moving = every(square > const(square, tolerance * tolerance))
        earliest, _ = _span(bench.begun)
        if not (full and moving) or bench.counts[_MADE] - earliest >= most:
            if _relieve(starts, tolerance, most, ends, bench) > 0:
                continue
            first, last = _span(bench.who)
            if last == _NOBODY:
                return True
            full = first != _NOBODY
        for at in range(n * k):
            step = load(bench.gradient, at, width)
            store(bench.student, at, fma(step, const(step, -rate), load(bench.student, at, width)))
        bench.counts[_MADE] += 1
    return False
