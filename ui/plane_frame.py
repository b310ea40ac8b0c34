"""What the plane is asked to show, and a finished picture of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from ui.surface_grid import Area, Scale
from workbench import Run
from workbench.fields import Choice
from workbench.landscape import Landscape

END, MIDDLE = -1, -2  # places of a run's path: its last point, and half of the way there
SIDE = 257  # points along each side of a whole grid: 2^8 cells, halved from level to level


class Spot(NamedTuple):
    """A point of parameter space, named in full and for the map: of a run (``place`` END, MIDDLE,
    or 0: its start), or another start ``place`` of its experiment."""

    label: str
    short: str
    run: Run
    place: int

    def vector(self) -> np.ndarray:
        """The point, float64 (n,)."""
        if self.place == END:
            return np.asarray(self.run.parameters, np.float64)
        if self.place == MIDDLE:
            trail = np.asarray(self.run.trail()[1], np.float64)
            travelled = np.cumsum(np.linalg.norm(np.diff(trail, axis=0), axis=1))
            half = np.searchsorted(travelled, travelled[-1] / 2) if len(travelled) else 0
            middle: np.ndarray = trail[min(int(half) + 1, len(trail) - 1)]
            return middle
        start = self.run.experiment.start + self.place
        return np.asarray(self.run.model.start(start), np.float64)


@dataclass(frozen=True)
class Wish:
    """What to show of ``run``: the kind of plane with its options, through which ``spots``, the
    height; colours of its logarithm or not. ``area``: the part of the plane that is looked at, None
    for what holds the path; ``ratio``: the picture's width over its height."""

    run: Run
    kind: Choice
    spots: tuple[Spot, ...] = ()
    height: str = "loss"
    log: bool = False
    area: Area | None = None
    ratio: float = 1.0

    def same_picture(self, other: Wish | None) -> bool:
        """Whether ``other`` asks for the same plane and height, of whatever part."""
        return other is not None and replace(self, area=None, ratio=1.0) == replace(
            other, area=None, ratio=1.0
        )


@dataclass(frozen=True)
class Frame:
    """A finished picture: ``grid`` after ``step`` steps, its ``colour`` (n_y, n_x) on ``scale``,
    ``contours`` (m, 2) or None where the former lines still serve. ``stride`` tells how much
    coarser than 257 points a side the grid is, ``computed`` which share of its points was computed
    and not interpolated."""

    wish: Wish
    step: int
    grid: Landscape
    scale: Scale
    colour: np.ndarray
    contours: np.ndarray | None
    stride: int
    computed: float
    running: bool

    @property
    def run(self) -> Run:
        return self.wish.run
