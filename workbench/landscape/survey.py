"""From a run, an experiment or some parameters to a finished landscape."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from workbench.errors import BadValue
from workbench.experiment import Experiment
from workbench.fields import Choice, choose, integer, plain, within
from workbench.landscape import heights, kinds, places
from workbench.landscape.evaluate import Asked, heights_over, never
from workbench.landscape.features import Feature, find_features
from workbench.landscape.honesty import Fit, judge
from workbench.landscape.kinds import Scene, View
from workbench.landscape.kinds.pca import plane_of_path
from workbench.landscape.plane import Path, Plane
from workbench.landscape.profile import Profile
from workbench.model import Model
from workbench.run import Run

MARGIN = 0.35
_NOISE = 8.0  # roundings by which equal losses may differ


@dataclass(frozen=True)
class Landscape:
    """Heights over a square of a plane.

    ``along`` (n_x,) and ``across`` (n_y,) are coordinates along the two directions, ``values``
    float64 (n_y, n_x) the heights, ``height`` their name. ``fit`` tells how the plane represents
    the path shown on it, ``features`` the minima and saddles of this grid. ``marks`` are named
    points with their coordinates (2,), ``profiles`` losses along a line or a curve.
    """

    plane: Plane
    height: str
    along: np.ndarray
    across: np.ndarray
    values: np.ndarray
    fit: Fit
    features: tuple[Feature, ...] = ()
    marks: tuple[tuple[str, np.ndarray], ...] = ()
    profiles: tuple[Profile, ...] = ()
    options: Mapping[str, Any] | None = None

    @property
    def path(self) -> np.ndarray:
        """The path's coordinates in the plane, (m, 2)."""
        return self.fit.shown

    @property
    def warning(self) -> str:
        """In what the plane misleads, in words; empty where it does not."""
        return self.fit.warning

    @property
    def label(self) -> str:
        """What the heights are, for an axis."""
        return str(heights.catalog.get(self.height).facts["label"])

    def summary(self) -> dict[str, Any]:
        """All but the arrays over the grid, ready for JSON."""
        fit = self.fit
        return {
            "kind": self.plane.kind,
            "height": self.height,
            "options": dict(self.options or {}),
            "axes": list(self.plane.axes),
            "resolution": len(self.along),
            "along": [float(self.along[0]), float(self.along[-1])],
            "across": [float(self.across[0]), float(self.across[-1])],
            "facts": self.plane.facts,
            **fit.summary(),
            "path": {name: _plain(column) for name, column in fit.columns.items()},
            "marked": [feature.summary() for feature in self.features],
            "points": [
                {"name": name, "x": float(at[0]), "y": float(at[1])} for name, at in self.marks
            ],
            "profiles": {profile.name: profile.summary() for profile in self.profiles},
        }


def _plain(values: np.ndarray) -> list[float | None]:
    return [v if np.isfinite(v) else None for v in np.asarray(values).tolist()]


def square_around(shown: np.ndarray, least: float, margin: float = MARGIN) -> np.ndarray:
    """Low and high ends (2, 2), by axis, of the square that holds ``shown`` (m, 2) and a margin.

    ``margin`` is a share of the extent; the square's half side is ``least`` at least. One scale for
    both axes, and a path of one point is in view.
    """
    low, high = shown.min(0), shown.max(0)
    half = max(float((high - low).max()) * (0.5 + margin), least, 1e-6)
    centre = (low + high) / 2
    return np.stack([centre - half, centre + half], axis=1)


def over(
    model: Model,
    view: View,
    height: str = "loss",
    resolution: int = 101,
    *,
    square: np.ndarray | None = None,
    threads: int | None = None,
    cancelled: Asked = never,
) -> Landscape:
    """The landscape of a view of a plane: the heights over ``square`` (see ``square_around``).

    Takes resolution² evaluations, and two for each point of the path.
    """
    heights.choose(height, model)
    plane = view.plane
    marks = tuple((name, plane.project(at[None])[0]) for name, at in view.marks)
    shown = np.vstack([plane.project(view.path.points), *(at[None] for _, at in marks)])
    ends = square_around(shown, view.least) if square is None else square
    along, across = (np.linspace(low, high, resolution) for low, high in ends)
    values = heights_over(model, plane, along, across, height, threads=threads, cancelled=cancelled)
    noise = _NOISE * float(np.finfo(model.dtype).eps)
    minimised = heights.catalog.get(height).facts.get("minimised", True)
    found = find_features(values, along, across, tolerance=noise) if minimised else ()
    return Landscape(
        plane,
        height,
        along,
        across,
        values,
        judge(model, plane, view.path, height, threads),
        tuple(found),
        marks,
        view.profiles,
    )


def grid_around(
    model: Model,
    path: np.ndarray,
    resolution: int = 41,
    margin: float = MARGIN,
    steps: np.ndarray | None = None,
    threads: int | None = None,
) -> Landscape:
    """The training loss over the part of the path's own plane that holds the path, and a margin.

    ``path`` (m, n): parameters along a run, after ``steps`` (m,). Releases the GIL while it
    computes.
    """
    points = np.asarray(path, np.float64)
    plane = plane_of_path(points)
    view = View(plane, Path(np.arange(len(points)) if steps is None else steps, points))
    square = square_around(plane.project(points), view.least, margin)
    return over(model, view, "loss", resolution, square=square, threads=threads)


def lay_plane(
    source: Run | Experiment,
    kind: str = "pca",
    *,
    height: str = "loss",
    resolution: int = 101,
    parameters: object = None,
    points: Sequence[Any] | None = None,
    options: Mapping[str, Any] | None = None,
    extent: float | None = None,
    threads: int | None = None,
    cancelled: Asked = never,
    finish: Callable[[Run], None] = Run.finish,
) -> Landscape:
    """A plane through the parameter space of a run, or of an experiment, and the heights over it.

    ``kind``: pca, random, three, eigen, weights, line or curve, with its ``options``; ``height``:
    loss, loss_test, accuracy, accuracy_test, gradient_norm or curvature. The path is the run's own;
    an experiment is carried out for it by ``finish``, unless ``parameters`` (n,), or a path of them
    (m, n), are given. ``points``, for three, line and curve: vectors (n,), or names such as
    "initial", "final", "start:3", "end:3", or run folders. ``extent``: half the square's side,
    around the plane's origin; without it the square holds all that is shown. Raises WorkbenchError.
    """
    chosen = choose("plane", kinds.catalog, {"name": kind, **(options or {})})
    facts = kinds.catalog.get(chosen.name).facts
    resolution = integer("plane.resolution", plain(resolution), 2, 4096)
    run = source if isinstance(source, Run) else None
    model = run.model if run else Model(_experiment(source))
    heights.choose(height, model)
    wanted = _points(chosen, facts["points"], points)
    held: list[Path] = []

    def path() -> Path:
        if not held:
            held.append(_path(model, run, parameters, finish))
        return held[0]

    found = [places.point(spec, model, lambda: path().points, finish) for spec in wanted]
    names = [
        f"point {k}" if name == "a point" else name for k, (name, _) in enumerate(found, start=1)
    ]
    vectors = tuple(vector for _, vector in found)
    _check_distinct(names, vectors)
    shown = path() if facts["path"] else Path(np.zeros(1), vectors[-1][None])
    view = kinds.build(chosen.item, Scene(model, shown, vectors, tuple(names), cancelled))
    square = None
    if extent is not None:
        half = within("plane.extent", plain(extent), "(0, inf)")
        square = np.array([[-half, half]] * 2)
    made = over(
        model, view, height, resolution, square=square, threads=threads, cancelled=cancelled
    )
    return replace(made, options={k: v for k, v in chosen.to_dict().items() if k != "name"})


def _experiment(source: object) -> Experiment:
    if not isinstance(source, Experiment):
        rule = "must be a Run or an Experiment"
        raise BadValue("plane", rule, type(source).__name__, "wb.Experiment.preset('tutorial')")
    return source


def _points(chosen: Choice, defaults: Sequence[str], given: Sequence[Any] | None) -> list[Any]:
    wanted = list(defaults if given is None else given)
    if len(wanted) != len(defaults):
        takes = ", ".join(defaults) or "leave them out"
        rule = f"must be {len(defaults)} points for the kind {chosen.name}"
        raise BadValue("plane.points", rule, len(wanted), takes)
    return wanted


def _check_distinct(names: Sequence[str], vectors: Sequence[np.ndarray]) -> None:
    for (first, a), (second, b) in combinations(zip(names, vectors, strict=True), 2):
        if np.array_equal(a, b):
            rule = "must be different points (an initializer that draws nothing has one start only)"
            near = "other points, or the initializer he_normal"
            raise BadValue("plane.points", rule, f"{first} = {second}", near)


def shows_path(kind: str) -> bool:
    """Whether planes of this kind show the run's own path; raises BadValue."""
    return bool(kinds.catalog.get(choose("plane", kinds.catalog, kind).name).facts["path"])


def _path(model: Model, run: Run | None, parameters: object, finish: Callable[[Run], None]) -> Path:
    if parameters is not None:
        rows = [model.check(row) for row in np.atleast_2d(np.asarray(parameters))]
        return Path(np.arange(len(rows)), np.array(rows, np.float64))
    if run is None:
        run = Run(model.experiment)
        finish(run)
    steps, trail = run.trail()
    return Path(steps, np.asarray(trail, np.float64))
