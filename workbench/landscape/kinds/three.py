"""The plane through three points, the first of which is its origin.

Garipov et al. 2018, "Loss surfaces, mode connectivity, and fast ensembling of DNNs", arXiv
1802.10026, eq. 6-7.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from workbench.errors import WorkbenchError
from workbench.landscape.kinds import Scene, View, catalog
from workbench.landscape.plane import Path, Plane, orthonormal


class Three(NamedTuple):
    """No options: the three points are given."""


def _build(item: Three, scene: Scene) -> View:
    a, b, c = scene.points
    names = scene.names
    # û = (b - a) / |b - a|; v̂ likewise of c - a less its part along û: coordinates are distances.
    chosen = orthonormal([b - a, c - a])
    if len(chosen) < 2:
        raise WorkbenchError(
            f"plane: {', '.join(names)} lie on one line, so no single plane goes through them; "
            "nearest valid: the kind line, or another point"
        )
    axes = f"from {names[0]} to {names[1]}", f"towards {names[2]}"
    plane = Plane(a.copy(), np.array(chosen), "three", axes)
    marks = tuple(zip(names, scene.points, strict=True))
    return View(plane, Path(np.arange(3), np.array(scene.points), "corner"), 0.0, marks)


catalog.register(
    Three,
    "three",
    "the plane through three points of parameter space",
    lay=_build,
    points=("final", "end:+1", "end:+2"),
    path=False,
)
