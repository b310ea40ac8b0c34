"""What lies around a minimum of a census: its loss surface, and its basin beside two others'."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from workbench.census.ends import End, settle
from workbench.census.identity import identify
from workbench.errors import BadValue
from workbench.experiment import Experiment
from workbench.landscape import Landscape, Path, Plane, Scene, kinds, lay_plane, square_around
from workbench.maps.basin_map import OTHER, BasinMap, Minimum, sealed
from workbench.maps.basins_plane import plane_states
from workbench.maps.pixels import Window
from workbench.model import Model
from workbench.multistart import train_starts

if TYPE_CHECKING:
    from workbench.census.census import Census, DistinctMinimum

SURFACE_SIDE = 65  # points a side of the loss surface
_MARGIN = 0.5  # of the triangle's extent, around it
_MOST_KNOWN = 200  # minima, the lowest, that ends on a plane are compared with

Told = Callable[[float], None]
Asked = Callable[[], bool]


class Basin(NamedTuple):
    """A basin map whose labels are ids of a census, and the coordinates (3, 2) of the minima that
    its plane goes through."""

    made: BasinMap
    places: np.ndarray


def surface_around(
    experiment: Experiment,
    minimum: DistinctMinimum,
    resolution: int = SURFACE_SIDE,
    cancelled: Asked = lambda: False,
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
    census: Census,
    ids: Sequence[int],
    resolution: int,
    progress: Told = lambda share: None,
    cancelled: Asked = lambda: False,
) -> Iterator[Basin]:
    """The basins of ``experiment`` on the plane through three minima of ``census``, by ``ids``:
    coarse at first, a training a pixel, as ``plane_states`` says.

    One end of each of its labels is polished and held against the census's minima, as
    ``workbench.census.identity`` says; OTHER stands for what is none of these. To polish every end
    would take far longer: on a map of xor it named 45 of 1000 pixels otherwise, where ends that had
    not converged were near each other. Raises WorkbenchError, also where the three lie on one line.
    """
    if len(set(ids)) != 3 or not all(0 <= k < len(census.minima) for k in ids):
        rule = "must be three different minima of the list, for a plane to go through them"
        raise BadValue("minima", rule, list(ids), [0, 1, 2])
    plane = _plane(experiment, [census.minima[k] for k in ids])
    places = plane.project(np.array([census.minima[k].parameters for k in ids]))
    x, y = square_around(places, 1e-6, _MARGIN)
    window = Window(float(x[0]), float(x[1]), float(y[0]), float(y[1]))
    naming = _Naming(experiment, census, ids, plane, cancelled)
    states = plane_states(
        experiment, plane=plane, window=window, resolution=resolution,
        progress=progress, cancelled=cancelled,
    )  # fmt: skip
    for made in states:
        if made.stride:
            yield Basin(naming.named(made), places)


def _plane(experiment: Experiment, minima: Sequence[DistinctMinimum]) -> Plane:
    points = tuple(np.asarray(m.parameters, np.float64) for m in minima)
    names = tuple(f"minimum {m.id}" for m in minima)
    scene = Scene(Model(experiment), Path(np.arange(3), np.array(points)), points, names)
    return kinds.build(kinds.catalog.get("three").make(), scene).plane


class _Naming:
    """Which minimum of a census the ends of each label are."""

    def __init__(
        self,
        experiment: Experiment,
        census: Census,
        ids: Sequence[int],
        plane: Plane,
        cancelled: Asked,
    ) -> None:
        self._experiment, self._plane, self._cancelled = experiment, plane, cancelled
        self._model = Model(experiment.replace(dtype="float64"))
        self._known = sorted({*ids, *range(min(_MOST_KNOWN, len(census.minima)))})
        self._minima = self._settled(np.array([census.minima[k].parameters for k in self._known]))
        at = plane.project(np.array([m.parameters for m in census.minima]))
        self._points = tuple(
            Minimum(float(x), float(y), m.loss, True, m.id == 0)
            for (x, y), m in zip(at, census.minima, strict=True)
        )
        self._ends: list[End] = []

    def named(self, made: BasinMap) -> BasinMap:
        """``made`` with the ids of minima for labels."""
        first = len(self._ends)
        where = [np.flatnonzero(made.label == k) for k in range(first, len(made.minima))]
        # A label whose last pixel has gone over to a nearer one is not met again.
        pixels = [at[0] if len(at) else 0 for at in where]
        if pixels:
            self._ends += self._settled(self._trained(made, np.array(pixels)))
        names = np.full(len(made.minima) + 1, OTHER, np.int32)
        names[: len(self._ends)] = self._names()[: len(made.minima)]
        label = np.where(made.label >= 0, names[made.label.clip(-1)], made.label)
        about = dict(made.about) | {"named": "minimum {label}"}
        return sealed(replace(made, label=label, minima=self._points, about=about))

    def _trained(self, made: BasinMap, pixels: np.ndarray) -> np.ndarray:
        """Where the trainings of ``pixels``, flat indices, end."""
        shape = made.label.shape[0], made.label.shape[1]
        x, y = made.window.axes(shape)
        at = np.column_stack([x[pixels % shape[1]], y[pixels // shape[1]]])
        points = self._plane.at(at).astype(self._experiment.numpy_dtype)
        blocks = train_starts(self._experiment, len(points), points=points)
        return np.concatenate([block.parameters for block in blocks])

    def _settled(self, points: np.ndarray) -> list[End]:
        found = settle(self._experiment, points, cancelled=self._cancelled)
        return [end for block in found for end in block]

    def _names(self) -> np.ndarray:
        """The id of the minimum that each of the ends is, OTHER where it is none of them."""
        count = len(self._minima)
        label = identify(self._model, [*self._minima, *self._ends], cancelled=self._cancelled).label
        ids = {
            int(k): self._known[j] for j, k in reversed(list(enumerate(label[:count]))) if k >= 0
        }
        return np.array([ids.get(int(k), OTHER) for k in label[count:]], np.int32)
