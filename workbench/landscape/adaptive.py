"""Heights of a fine grid from as few of its points as the picture needs.

A grid is filled from coarse to fine. Where the points of one level are what the level before
predicted, the points between them are interpolated; where they are not, they are computed. So a
smooth valley costs a few thousand points and kinks and cliffs are followed to the last pixel. What
is narrower than the cells of the finest level that is computed everywhere can be missed: a plane
that stands still is better computed whole (``refined``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kernels.plane import points_of_plane
from workbench.landscape.evaluate import Asked, evaluate, never
from workbench.landscape.plane import Plane
from workbench.model import Model

EVERYWHERE = 4  # the stride of the finest level that is computed everywhere
# In colours of 256: a prediction this good is followed by one that nobody can tell from the truth.
TOLERANCE = 1.0 / 256.0

Place = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Filled:
    """``values`` float64 (n_y, n_x), every ``stride``-th point of the grid asked for; ``known``
    (n_y, n_x) says which were computed, the others are interpolated."""

    stride: int
    along: np.ndarray
    across: np.ndarray
    values: np.ndarray
    known: np.ndarray


def adaptive(
    model: Model,
    plane: Plane,
    along: np.ndarray,
    across: np.ndarray,
    height: str = "loss",
    *,
    place: Place | None = None,
    first: int = 8,
    most: int | None = None,
    tolerance: float = TOLERANCE,
    threads: int | None = 1,
    cancelled: Asked = never,
) -> Filled:
    """The heights over a grid whose sides have a multiple of ``first`` points, and one.

    ``place`` maps heights to where they stand on the colours, 0 to 1 over all that is shown;
    predictions that are off by no more than ``tolerance`` there are trusted. ``first``, a power of
    two: the stride of the coarsest level. No level is begun that would take the computed points
    beyond ``most``; once ``cancelled`` what is known so far is given back.
    """
    shape = len(across), len(along)
    values, known = np.full(shape, np.nan), np.zeros(shape, bool)

    def compute(wanted: np.ndarray) -> None:
        rows, columns = np.nonzero(wanted)
        places = np.stack([along[columns], across[rows]], axis=1)
        points = points_of_plane(plane.origin, plane.directions, places, model.dtype)
        values[rows, columns] = evaluate(model, points, len(rows), height, threads, cancelled)
        known[rows, columns] = True

    stride = first
    wanted = np.zeros(shape, bool)
    wanted[::stride, ::stride] = True
    compute(wanted)
    doubtful = np.ones([(n - 1) // stride for n in shape], bool)  # by cells of the level
    while stride > 1 and not cancelled():
        stride //= 2
        level = np.s_[::stride, ::stride]
        guess = doubled(values[:: 2 * stride, :: 2 * stride])
        fresh = ~known[level]
        wanted = np.zeros(shape, bool)
        wanted[level] = fresh if stride >= EVERYWHERE else fresh & _corners(_split(doubtful))
        if most is not None and known.sum() + wanted.sum() > most:
            stride *= 2
            break
        compute(wanted)
        if cancelled():
            stride *= 2  # what is missing of this level is left out
            break
        seen = values[level]
        off = _off(seen, guess, place) > tolerance
        off &= fresh & known[level]
        values[level] = np.where(known[level], seen, guess)
        doubtful = _near(off)
    level = np.s_[::stride, ::stride]
    return Filled(stride, along[::stride], across[::stride], values[level], known[level])


def doubled(values: np.ndarray) -> np.ndarray:
    """``values`` (m, n) with a point between each two (2 m - 1, 2 n - 1): cubic, by four points."""
    return _between(_between(values).T).T


def _between(values: np.ndarray) -> np.ndarray:
    """A row between each two rows: (-1, 9, 9, -1) / 16, one-sided at the ends."""
    m = len(values)
    made = np.empty((2 * m - 1, values.shape[1]))
    made[::2] = values
    middle = made[1::2]
    with np.errstate(invalid="ignore", over="ignore"):
        if m < 4:
            middle[:] = 0.5 * (values[:-1] + values[1:])
            return made
        middle[1:-1] = (9.0 * (values[1:-2] + values[2:-1]) - values[:-3] - values[3:]) / 16.0
        middle[0] = (5.0 * values[0] + 15.0 * values[1] - 5.0 * values[2] + values[3]) / 16.0
        middle[-1] = (5.0 * values[-1] + 15.0 * values[-2] - 5.0 * values[-3] + values[-4]) / 16.0
    return made


def _off(seen: np.ndarray, guess: np.ndarray, place: Place | None) -> np.ndarray:
    """How far the guess is off, in shares of the colours; infinite where either is no number."""
    if place is None:
        finite = seen[np.isfinite(seen)]
        span = float(np.ptp(finite)) if finite.size else 0.0

        def place(values: np.ndarray) -> np.ndarray:
            return values / (span or 1.0)

    with np.errstate(invalid="ignore", over="ignore"):
        found = np.abs(place(seen) - place(guess))
    return np.where(np.isfinite(found), found, np.inf)


def _near(off: np.ndarray) -> np.ndarray:
    """Which cells (m - 1, n - 1) have a corner of ``off`` (m, n), or one a point further."""
    wide = np.pad(off, 1)
    rows = wide[:-3] | wide[1:-2] | wide[2:-1] | wide[3:]
    return np.asarray(rows[:, :-3] | rows[:, 1:-2] | rows[:, 2:-1] | rows[:, 3:])


def _split(cells: np.ndarray) -> np.ndarray:
    """Cells halved along both axes."""
    return cells.repeat(2, axis=0).repeat(2, axis=1)


def _corners(cells: np.ndarray) -> np.ndarray:
    """The points (m + 1, n + 1) that are corners of ``cells`` (m, n)."""
    wide = np.pad(cells, 1)
    return np.asarray(wide[:-1, :-1] | wide[1:, :-1] | wide[:-1, 1:] | wide[1:, 1:])
