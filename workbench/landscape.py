"""Planes through a network's parameter space, and what part of a path they show.

Directions: the principal components of the run's own path (Li et al. 2018, arXiv 1712.09913,
section 7), or random ones. A plane is two-dimensional and the path is not, so every plane says
which share of the path's variance it shows and how far each point lies from it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import Empty, SimpleQueue

import numpy as np

from kernels.lanes import width_of
from kernels.plane import PlaneGrid, new_plane_bench, plane_losses
from kernels.random import STREAM_PLANE, normal
from workbench.model import Model

# Products of a piece of a plane, between two looks at whether it is still wanted.
_PIECE = 20_000_000


@dataclass(frozen=True)
class Plane:
    """origin + α directions[0] + β directions[1], with orthonormal directions (2, n), float64.

    ``explained`` is the share of the path's variance about its mean that lies in the plane.
    """

    origin: np.ndarray
    directions: np.ndarray
    explained: float
    kind: str

    def project(self, points: np.ndarray) -> np.ndarray:
        """Coordinates (m, 2) of the nearest points of the plane to ``points`` (m, n)."""
        return (np.asarray(points, np.float64) - self.origin) @ self.directions.T

    def distances(self, points: np.ndarray) -> np.ndarray:
        """Euclidean distances (m,) of ``points`` (m, n) to the plane."""
        offset = np.asarray(points, np.float64) - self.origin
        within = offset @ self.directions.T
        return np.sqrt(np.maximum((offset**2).sum(1) - (within**2).sum(1), 0.0))


def _random_directions(n: int, seed: int) -> np.ndarray:
    flat = np.array([normal(seed, STREAM_PLANE, 0, k) for k in range(2 * n)])
    return flat.reshape(2, n)


def plane_of_path(path: np.ndarray, seed: int = 0) -> Plane:
    """The plane through the path's last point along its two main directions.

    ``path`` (m, n). Where the path has fewer than two directions, random ones take their place.
    The sign of each direction is fixed (largest component positive), so a growing path does not
    make the picture flip.
    """
    points = np.asarray(path, np.float64)
    centred = points - points.mean(0)
    total = float((centred**2).sum())
    _, sizes, directions = np.linalg.svd(centred, full_matrices=False)
    found = [d for d, s in zip(directions, sizes, strict=True) if s > 1e-9 * max(sizes[0], 1e-300)]
    chosen: list[np.ndarray] = []
    for direction in [*found[:2], *_random_directions(points.shape[1], seed)]:
        rest = direction - sum((direction @ c) * c for c in chosen)
        length = np.linalg.norm(rest)
        if len(chosen) < 2 and length > 1e-9 * np.linalg.norm(direction):
            rest = rest / length
            chosen.append(rest * np.sign(rest[np.argmax(np.abs(rest))]))
    if len(chosen) < 2:
        # One single parameter: the second axis leads nowhere.
        chosen.append(np.zeros(points.shape[1]))
    plane = np.array(chosen)
    share = float(((centred @ plane.T) ** 2).sum()) / total if total > 0 else 1.0
    return Plane(points[-1].copy(), plane, share, "principal components of the path")


@dataclass(frozen=True)
class LossGrid:
    """Training loss over a rectangle of a plane.

    ``along`` (n_x,) and ``across`` (n_y,) are coordinates along the two directions, in units of
    parameters; ``loss`` (n_y, n_x). ``path`` (m, 2) is the projected path and ``distance`` (m,) how
    far each of its points lies off the plane.
    """

    plane: Plane
    along: np.ndarray
    across: np.ndarray
    loss: np.ndarray
    path: np.ndarray
    distance: np.ndarray


def grid_around(
    model: Model, path: np.ndarray, resolution: int = 41, margin: float = 0.35
) -> LossGrid:
    """The training loss over the part of the path's plane that holds the path, and a margin.

    ``path`` (m, n): parameters along a run. ``margin`` is a share of the path's extent. Takes
    resolution² evaluations of the training set; releases the GIL while it computes.
    """
    plane = plane_of_path(path)
    projected = plane.project(path)
    low, high = projected.min(0), projected.max(0)
    # A square keeps the two directions to one scale, and a path of one point in view.
    half = max(float((high - low).max()) * (0.5 + margin), 0.5)
    centre = (low + high) / 2
    along = np.linspace(centre[0] - half, centre[0] + half, resolution)
    across = np.linspace(centre[1] - half, centre[1] + half, resolution)
    out = losses_over(model, plane, along, across)
    return LossGrid(plane, along, across, out, projected, plane.distances(path))


def losses_over(
    model: Model,
    plane: Plane,
    along: np.ndarray,
    across: np.ndarray,
    *,
    threads: int | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> np.ndarray:
    """The training loss at origin + along[j] directions[0] + across[i] directions[1], (n_y, n_x).

    ``threads``: None for as many as there are processors; the result does not depend on it.
    ``cancelled`` is asked every few milliseconds; points that are not computed by then are NaN.
    """
    vectors = (plane.origin, plane.directions, along, across)
    grid = PlaneGrid(*(np.ascontiguousarray(v, model.dtype) for v in vectors))
    out = np.full((len(across), len(along)), np.nan)
    width, count = width_of(model.dtype), threads or os.cpu_count() or 1
    cost = model.parameter_count * len(model.train.inputs) * len(width)
    size = len(width) * max(1, _PIECE // cost)
    pieces = SimpleQueue[int]()
    for first in range(0, out.size, size):
        pieces.put(first)

    def work() -> None:
        bench = new_plane_bench(model.network, model.dtype, width)
        while not cancelled():
            try:
                first = pieces.get_nowait()
            except Empty:
                return
            last = min(first + size, out.size)
            plane_losses(model.network, grid, model.train, bench, first, last, out, width)

    with ThreadPoolExecutor(count, "plane") as pool:
        for future in [pool.submit(work) for _ in range(min(count, pieces.qsize()))]:
            future.result()
    return out
