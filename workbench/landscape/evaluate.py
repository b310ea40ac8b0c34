"""Heights of many points: by several threads, at low resolution first, with a way to stop."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from queue import Empty, SimpleQueue

import numpy as np

from kernels.lanes import width_of
from kernels.plane import Points, points_anywhere, points_of_plane
from workbench.landscape import heights
from workbench.landscape.plane import Plane
from workbench.model import Model

# Products of a piece of the work, between two looks at whether it is still wanted: some 2 ms.
_PIECE = 20_000_000

Asked = Callable[[], bool]


def never() -> bool:
    return False


def evaluate(
    model: Model,
    points: Points,
    count: int,
    height: str = "loss",
    threads: int | None = None,
    cancelled: Asked = never,
) -> np.ndarray:
    """The heights of the kernels' ``points``, float64 (count,); see ``heights_over``."""
    entry = heights.choose(height, model)
    out = np.full(count, np.nan)
    samples = model.test if entry.facts.get("test") else model.train
    width, workers = len(width_of(model.dtype)), threads or os.cpu_count() or 1
    cost = entry.facts["cost"] * model.parameter_count * max(len(samples.inputs), 1) * width
    size = width * max(1, int(_PIECE // cost))
    pieces = SimpleQueue[int]()
    for first in range(0, count, size):
        pieces.put(first)

    def work() -> None:
        fill = entry.facts["begin"](model)
        while not cancelled():
            try:
                first = pieces.get_nowait()
            except Empty:
                return
            fill(points, first, min(first + size, count), out)

    workers = min(workers, pieces.qsize())
    if workers < 2:
        work()
        return out
    with ThreadPoolExecutor(workers, "plane") as pool:
        for future in [pool.submit(work) for _ in range(workers)]:
            future.result()
    return out


def evaluate_points(
    model: Model, rows: np.ndarray, height: str = "loss", threads: int | None = None
) -> np.ndarray:
    """The heights of the points ``rows`` (m, n) of parameter space, float64 (m,).

    Not for heights within a plane, such as its curvature.
    """
    return evaluate(model, points_anywhere(rows, model.dtype), len(rows), height, threads)


def evaluate_places(
    model: Model, plane: Plane, places: np.ndarray, height: str = "loss", threads: int | None = None
) -> np.ndarray:
    """The heights at the coordinates ``places`` (m, 2) of a plane, float64 (m,)."""
    points = points_of_plane(plane.origin, plane.directions, places, model.dtype)
    return evaluate(model, points, len(places), height, threads)


def heights_over(
    model: Model,
    plane: Plane,
    along: np.ndarray,
    across: np.ndarray,
    height: str = "loss",
    *,
    threads: int | None = None,
    cancelled: Asked = never,
) -> np.ndarray:
    """The heights at origin + along[j] directions[0] + across[i] directions[1], (n_y, n_x).

    ``threads``: None for as many as there are processors; the result does not depend on it.
    ``cancelled`` is asked every few milliseconds; points that are not computed by then are NaN.
    Releases the GIL while it computes. Raises BadValue for a ``height`` that the model lacks.
    """
    places = _places(along, across)
    points = points_of_plane(plane.origin, plane.directions, places, model.dtype)
    found = evaluate(model, points, len(places), height, threads, cancelled)
    return found.reshape(len(across), len(along))


@dataclass(frozen=True)
class Stage:
    """Every ``stride``-th row and column of a grid: coordinates ``along`` (n_x,), ``across``
    (n_y,), heights ``values`` float64 (n_y, n_x)."""

    stride: int
    along: np.ndarray
    across: np.ndarray
    values: np.ndarray


def refined(
    model: Model,
    plane: Plane,
    along: np.ndarray,
    across: np.ndarray,
    height: str = "loss",
    *,
    strides: tuple[int, ...] = (8, 4, 2, 1),
    threads: int | None = None,
    cancelled: Asked = never,
) -> Iterator[Stage]:
    """``heights_over`` at low resolution first, then refined; no point is computed twice.

    Yields a stage for each of ``strides``, each a multiple of the next. Grids of 2^k + 1 points
    show the same rectangle at every stage. Ends without another stage once ``cancelled``.
    """
    if any(a % b or a <= b for a, b in pairwise(strides)):
        raise ValueError("each stride must be a multiple of the next")
    values = np.full((len(across), len(along)), np.nan)
    known = np.zeros(values.shape, bool)
    for stride in strides:
        view = np.s_[::stride, ::stride]
        wanted = np.zeros_like(known)
        wanted[view] = True
        wanted &= ~known
        rows, columns = np.nonzero(wanted)
        places = np.stack([along[columns], across[rows]], axis=1)
        points = points_of_plane(plane.origin, plane.directions, places, model.dtype)
        values[rows, columns] = evaluate(model, points, len(rows), height, threads, cancelled)
        if cancelled():
            return
        known |= wanted
        yield Stage(stride, along[::stride], across[::stride], values[view].copy())


def _places(along: np.ndarray, across: np.ndarray) -> np.ndarray:
    x, y = np.meshgrid(along, across)
    return np.stack([x.reshape(-1), y.reshape(-1)], axis=1)
