"""What lies around a minimum of a census: its loss surface, and its basin beside two others'."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from workbench.errors import BadValue
from workbench.experiment import Experiment
from workbench.landscape import Landscape, Path, Plane, Scene, kinds, lay_plane, square_around
from workbench.maps.basin_map import BasinMap
from workbench.maps.basins_plane import plane_states
from workbench.maps.pixels import Window
from workbench.model import Model

if TYPE_CHECKING:
    from workbench.census.census import Census, DistinctMinimum

SURFACE_SIDE = 65  # points a side of the loss surface
_MARGIN = 0.5  # of the triangle's extent, around it


class Basin(NamedTuple):
    """A basin map and the coordinates (3, 2) of the minima that its plane goes through."""

    made: BasinMap
    places: np.ndarray


def surface_around(
    experiment: Experiment,
    minimum: DistinctMinimum,
    resolution: int = SURFACE_SIDE,
    cancelled: Callable[[], bool] = lambda: False,
) -> Landscape:
    """The training loss over the plane of the Hessian's two main directions at the minimum, which
    lies in the middle; computed in float64. Raises WorkbenchError."""
    exact = experiment.replace(dtype="float64")
    return lay_plane(
        exact, "eigen", resolution=resolution, parameters=minimum.parameters, cancelled=cancelled
    )


def others_of(census: Census, minimum: DistinctMinimum) -> list[int]:
    """The ids of all other minima: the nearest first where it is known, then by loss."""
    ids = [m.id for m in census.minima if m.id != minimum.id]
    near = minimum.nearest.other if minimum.nearest is not None else None
    return sorted(ids, key=lambda k: k != near)


def basins_through(
    experiment: Experiment,
    minima: Sequence[DistinctMinimum],
    resolution: int,
    progress: Callable[[float], None] = lambda share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[Basin]:
    """The basins of ``experiment`` on the plane through three minima, coarse at first: a training a
    pixel, as ``plane_states`` says. Raises WorkbenchError, also where they lie on one line."""
    if len(minima) != 3 or len({m.id for m in minima}) < 3:
        rule = "must be three different minima, for a plane to go through them"
        raise BadValue("minima", rule, [m.id for m in minima], [0, 1, 2])
    plane = _plane(experiment, minima)
    places = plane.project(np.array([m.parameters for m in minima]))
    x, y = square_around(places, 1e-6, _MARGIN)
    window = Window(float(x[0]), float(x[1]), float(y[0]), float(y[1]))
    states = plane_states(
        experiment, plane=plane, window=window, resolution=resolution,
        progress=progress, cancelled=cancelled,
    )  # fmt: skip
    for made in states:
        yield Basin(made, places)


def _plane(experiment: Experiment, minima: Sequence[DistinctMinimum]) -> Plane:
    points = tuple(np.asarray(m.parameters, np.float64) for m in minima)
    names = tuple(f"minimum {m.id}" for m in minima)
    scene = Scene(Model(experiment), Path(np.arange(3), np.array(points)), points, names)
    return kinds.build(kinds.catalog.get("three").make(), scene).plane
