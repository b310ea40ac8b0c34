"""The straight line between two points: Goodfellow, Vinyals & Saxe 2015, arXiv 1412.6544.

The plane has the line as its first axis and a random direction across it as its second.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from workbench.landscape.kinds import SEED, Scene, View, catalog, random_directions
from workbench.landscape.plane import Path, Plane, orthonormal
from workbench.landscape.profile import measure


class Line(NamedTuple):
    """``points``: how many the loss is measured at; ``seed``: of the direction across."""

    points: float = 101.0
    seed: float = 0.0


def straight(a: np.ndarray, b: np.ndarray, t: np.ndarray) -> np.ndarray:
    """The points (1 - t) a + t b, (k, n)."""
    return (1.0 - t)[:, None] * a + t[:, None] * b


def _build(item: Line, scene: Scene) -> View:
    a, b = scene.points
    chosen = orthonormal([b - a, *random_directions(len(a), item.seed)])
    if len(chosen) < 2:
        chosen.append(np.zeros(len(a)))
    axes = f"from {scene.names[0]} to {scene.names[1]}", "a random direction across"
    plane = Plane(
        a.copy(), np.array(chosen), "line", axes, {"length": float(np.linalg.norm(b - a))}
    )
    t = np.linspace(0.0, 1.0, int(item.points))
    points = straight(a, b, t)
    marks = tuple(zip(scene.names, scene.points, strict=True))
    return View(plane, Path(t, points, "t"), 0.0, marks, (measure(scene.model, "line", t, points),))


catalog.register(
    Line,
    "line",
    "the straight line between two points, and a random direction across",
    hypers={
        "points": ("integer [3, 10001]", "points of the line where the loss is measured"),
        "seed": SEED,
    },
    lay=_build,
    points=("initial", "final"),
    path=False,
)
