"""The plane through three points: Garipov et al. 2018, arXiv 1802.10026, section A.1's û and v̂."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from workbench.errors import WorkbenchError
from workbench.landscape.kinds import Scene, View, catalog
from workbench.landscape.plane import Path, Plane, orthonormal


class Three(NamedTuple):
    """No options: the three points are given."""


def through(points: tuple[np.ndarray, ...], names: tuple[str, ...], kind: str) -> Plane:
    """The plane through three points: the first is its origin, the first axis leads to the second.

    û = (b - a) / |b - a|; v̂ likewise of c - a less its part along û. Coordinates are distances.
    """
    a, b, c = (np.asarray(p, np.float64) for p in points)
    chosen = orthonormal([b - a, c - a])
    if len(chosen) < 2:
        raise WorkbenchError(
            f"plane: {', '.join(names)} lie on one line, so no single plane goes through them; "
            "nearest valid: the kind line, or another point"
        )
    axes = f"from {names[0]} to {names[1]}", f"towards {names[2]}"
    return Plane(a.copy(), np.array(chosen), kind, axes)


def _build(item: Three, scene: Scene) -> View:
    plane = through(scene.points, scene.names, "three")
    marks = tuple(zip(scene.names, scene.points, strict=True))
    corners = Path(np.arange(3), np.array(scene.points), "corner")
    return View(plane, corners, 0.0, marks)


catalog.register(
    Three,
    "three",
    "the plane through three points of parameter space",
    build=_build,
    points=("final", "end:+1", "end:+2"),
    path=False,
)
