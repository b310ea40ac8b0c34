"""Many descents of one optimizer on a surface, from as many starts as one likes, on all cores."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from kernels import descents
from kernels.optimizers import new_memory, prepare
from kernels.schedules import new_schedule_memory
from kernels.schedules.constant import Constant
from workbench.errors import BadValue
from workbench.in_order import in_order

CONSTANT = Constant()
MAX_STEPS = 1_000_000
_BLOCK = 16384  # starts that one thread takes at a time: some milliseconds of 200 steps
_DTYPES = ("float32", "float64")


class Ends(NamedTuple):
    """Where starts ended, arrays of one entry a start.

    ``points`` (n, 2), ``values`` (n,) and ``gradient_norms`` (n,), of the descents' dtype;
    ``steps`` int64 (n,), how many were made; ``diverged`` bool (n,): the gradient or the value
    overflowed, and the point is the last whose gradient is finite.
    """

    points: np.ndarray
    values: np.ndarray
    gradient_norms: np.ndarray
    steps: np.ndarray
    diverged: np.ndarray


@dataclass(frozen=True)
class Descents:
    """What every start does: ``steps`` steps of ``optimizer`` on ``surface``, all items.

    A start ends early where its gradient norm is at most ``tolerance`` (None: never), and where it
    diverges. Optimizers with a rule for one parameter run in SIMD lanes, in ``dtype``: the result
    of a start is the same to the last bit whatever its neighbours, block and thread. The others
    (rules for whole vectors, clipping by the norm, schedules that look at losses) run one start at
    a time, always in float64. ``width`` (lanes of a tile) is for tests. Raises BadValue.
    """

    surface: Any
    optimizer: Any
    steps: int
    schedule: Any = CONSTANT
    tolerance: float | None = None
    dtype: str = "float64"
    width: tuple[None, ...] | None = None

    def __post_init__(self) -> None:
        rule = f"must be a whole number in [0, {MAX_STEPS}]"
        if isinstance(self.steps, bool) or not isinstance(self.steps, int | np.integer):
            raise BadValue("steps", rule, self.steps, 200)
        if not 0 <= self.steps <= MAX_STEPS:
            raise BadValue("steps", rule, self.steps, min(max(self.steps, 0), MAX_STEPS))
        if self.dtype not in _DTYPES:
            raise BadValue("dtype", f"must be one of {', '.join(_DTYPES)}", self.dtype, _DTYPES[1])
        if self.tolerance is not None and not 0.0 <= self.tolerance < np.inf:
            raise BadValue("tolerance", "must be a number in [0, inf)", self.tolerance, 1e-6)

    def blocks(
        self, starts: Iterable[Any], threads: int | None = None
    ) -> Generator[tuple[np.ndarray, Ends]]:
        """(starts, ends) of one block (n, 2) of ``starts`` after the other, in order.

        Blocks are taken from the iterable as they are needed, two a thread ahead, so memory stays
        bounded whatever their number. Closing the iterator ends the work after the blocks begun.
        ``threads`` None is one a core.
        """
        points = (_points(block) for block in starts)
        yield from self._spread(
            ((block, _room(len(block), self.dtype)) for block in points), threads
        )

    def run(self, starts: Any, threads: int | None = None) -> Ends:
        """The ends of all of ``starts`` (n, 2); raises BadValue for another shape."""
        points = _points(starts)
        ends = _room(len(points), self.dtype)
        spans = [slice(k, k + _BLOCK) for k in range(0, len(points), _BLOCK)]
        pieces = ((points[span], Ends(*(array[span] for array in ends))) for span in spans)
        for _ in self._spread(pieces, threads):
            pass
        return ends

    def _spread(
        self, pieces: Iterable[tuple[np.ndarray, Ends]], threads: int | None
    ) -> Iterator[tuple[np.ndarray, Ends]]:
        table, count = self._coefficients()
        threads = threads or os.cpu_count() or 1

        def descend(piece: tuple[np.ndarray, Ends]) -> tuple[np.ndarray, Ends]:
            return self._descend(*piece, table, count)

        yield from in_order(descend, pieces, threads, "descents")

    @property
    def in_lanes(self) -> bool:
        """Whether the starts run in SIMD lanes."""
        return descents.fits_lanes(self.optimizer, self.schedule)

    def _coefficients(self) -> tuple[np.ndarray, tuple[None, ...]]:
        if not self.in_lanes:
            return np.empty((0, 0)), ()
        count = len(prepare(self.optimizer, 1.0, 1, 1.0))
        table = np.empty((self.steps, count))
        descents.tabulate(self.optimizer, self.schedule, table)
        return table.astype(self.dtype), (None,) * count

    def _descend(
        self, points: np.ndarray, ends: Ends, table: np.ndarray, count: tuple[None, ...]
    ) -> tuple[np.ndarray, Ends]:
        """Fill ``ends``."""
        n, tolerance = len(points), -1.0 if self.tolerance is None else float(self.tolerance)
        if self.in_lanes:
            width = self.width or descents.tile_width(self.dtype)
            tiles = -(-n // len(width))
            state = np.empty((descents.ROWS, tiles * len(width)), self.dtype)
            state[:2, :n] = points.T
            state[:2, n:] = points[-1:].T  # the lanes left over repeat the last start
            descents.descend_tiles(
                self.surface, self.optimizer, table, count, tolerance, (0, tiles), width, state
            )
        else:
            state = np.empty((descents.ROWS, n))
            state[:2] = points.T
            memory = new_memory(self.optimizer, 2, np.float64)
            seen = new_schedule_memory(self.schedule)
            descents.descend_each(
                self.surface,
                self.optimizer,
                self.schedule,
                self.steps,
                tolerance,
                memory,
                seen,
                state,
            )
        ends.points[:, 0], ends.points[:, 1] = state[descents.X, :n], state[descents.Y, :n]
        ends.values[:] = state[descents.VALUE, :n]
        ends.gradient_norms[:] = state[descents.NORM, :n]
        ends.steps[:] = state[descents.STEPS, :n]
        ends.diverged[:] = state[descents.DIVERGED, :n] > 0
        return points, ends


def _room(n: int, dtype: str) -> Ends:
    numbers = np.empty((n, 2), dtype), np.empty(n, dtype), np.empty(n, dtype)
    return Ends(*numbers, np.empty(n, np.int64), np.empty(n, bool))


def _points(starts: Any) -> np.ndarray:
    rule = "must be numbers of shape (n, 2)"
    # A million starts are not copied without need.
    fits = isinstance(starts, np.ndarray) and starts.dtype in _DTYPES
    try:
        points = np.asarray(starts, starts.dtype if fits else np.float64)
    except (TypeError, ValueError):
        raise BadValue("starts", rule, type(starts).__name__, "[[0.0, 0.0]]") from None
    if points.ndim != 2 or points.shape[1] != 2:
        raise BadValue("starts", rule, f"shape {points.shape}", "shape (1, 2)")
    return points
