"""The two main directions of the run's own path: Li et al. 2018, arXiv 1712.09913, section 7.2."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from workbench.landscape.kinds import SEED, Scene, View, catalog, random_directions
from workbench.landscape.plane import Plane, one_blas_thread, orthonormal, upright


class Pca(NamedTuple):
    """``seed``: of the directions that stand in for those that a short path lacks."""

    seed: float = 0.0


def plane_of_path(points: np.ndarray, seed: float = 0) -> Plane:
    """The plane through the last of ``points`` (m, n), along their two principal components.

    Where the path has fewer than two directions, random ones take their place.
    """
    points = np.asarray(points, np.float64)
    centred = points - points.mean(0)
    with one_blas_thread():
        _, sizes, directions = np.linalg.svd(centred, full_matrices=False)
    found = [d for d, s in zip(directions, sizes, strict=True) if s > 1e-9 * max(sizes[0], 1e-300)]
    spare = random_directions(points.shape[1], seed) if len(found) < 2 else ()
    chosen = [upright(d) for d in orthonormal([*found[:2], *spare])]
    if len(chosen) < 2:
        # One single parameter: the second axis leads nowhere.
        chosen.append(np.zeros(points.shape[1]))
    axes = "first main direction", "second main direction"
    return Plane(points[-1].copy(), np.array(chosen), "pca", axes)


def _lay(item: Pca, scene: Scene) -> View:
    return View(plane_of_path(scene.path.points, item.seed), scene.path)


catalog.register(
    Pca,
    "pca",
    "the two main directions of the run's own path",
    hypers={"seed": SEED},
    lay=_lay,
    points=(),
    path=True,
    turns=True,
)
