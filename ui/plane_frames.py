"""Frames of the plane that follows a run: laid, measured, and steady from one to the next."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from ui.contours import contour_lines
from ui.plane_frame import SIDE, Frame, Wish
from ui.surface_grid import Area, Scale, scale_of, thinned
from workbench.landscape import (
    Fit,
    Landscape,
    Path,
    Plane,
    Scene,
    View,
    adaptive,
    find_features,
    heights,
    judge,
    kinds,
    refined,
    square_around,
)
from workbench.landscape.evaluate import evaluate_places

_LIVE, _REST = 0.06, 4.0  # seconds of heights in one frame: while training runs, and at rest
_JUDGED = 0.02  # seconds for the losses along the path in a frame while training runs
_LEAST_PATH = 16
_CONTOURS = 0.45  # seconds between new contour lines while training runs
_LEVELS = np.linspace(0.0, 1.0, 16)[1:-1]
_INNER, _SMALLEST = 0.04, 0.5  # of the area: the rim that the path keeps off, its least extent
_STEADY = 0.05  # of the colours: a scale that differs by less is not taken over
_NOISE = 8.0 * float(np.finfo(np.float32).eps)


def key_of(wish: Wish) -> tuple[int, str]:
    """What a height's cost depends on."""
    return id(wish.run.model), wish.height


class Frames:
    """Makes one frame after another, for one thread; what it remembers keeps them steady."""

    def __init__(self) -> None:
        self._wish: Wish | None = None
        self._plane: Plane | None = None
        self._area: Area | None = None
        self._scale: Scale | None = None
        self._built: tuple[Wish, tuple[bytes, ...], View] | None = None
        self._costs: dict[tuple[int, str], float] = {}
        self._lined = 0.0

    def make(self, wish: Wish, running: bool, cancelled: Callable[[], bool]) -> Iterator[Frame]:
        """One frame while training runs; at rest a quick one and then all points, computed.

        Ends early once ``cancelled``. Raises WorkbenchError where there is no such plane.
        """
        model = wish.run.model
        heights.choose(wish.height, model)
        if not wish.same_picture(self._wish):
            self._plane = self._area = self._scale = None
        lined = wish == self._wish
        self._wish = wish
        steps, trail = wish.run.trail()
        cost = self._cost(wish)
        if running:
            most = max(_LEAST_PATH, int(_JUDGED / (2 * self._cost(replace(wish, height="loss")))))
            kept = thinned(len(steps), most)
            steps, trail = steps[kept], trail[kept]
        view = self._view(wish, Path(steps, np.asarray(trail, np.float64)), cancelled)
        if cancelled():
            return
        shown = view.plane.project(view.path.points)
        marks = tuple((name, view.plane.project(at[None])[0]) for name, at in view.marks)
        area = wish.area or self._around(
            np.vstack([shown, *(at[None] for _, at in marks)]), view.least, wish.ratio
        )
        along, across = np.linspace(*area[:2], SIDE), np.linspace(*area[2:], SIDE)
        fit = judge(model, view.plane, view.path, wish.height, threads=1)
        most = max(81, int(_LIVE / cost))
        first = next((s for s in (8, 16) if ((SIDE - 1) // s + 1) ** 2 <= most), 32)
        if key_of(wish) not in self._costs:
            evaluate_places(model, view.plane, np.zeros((1, 2)), wish.height, threads=1)  # compiles
        begun, spent = time.perf_counter(), time.thread_time()
        filled = adaptive(
            model,
            view.plane,
            along,
            across,
            wish.height,
            place=self._scale,
            first=first,
            most=most,
            cancelled=cancelled,
        )
        if cancelled():
            return
        # Of this thread's own time: a busy machine must not make the picture coarser.
        known = int(filled.known.sum())
        self._learn(wish, (time.thread_time() - spent) / max(known, 1))

        def frame(a: np.ndarray, b: np.ndarray, v: np.ndarray, stride: int, computed: float):  # type: ignore[no-untyped-def]
            grid = self._landscape(wish, view, fit, marks, a, b, v, computed < 1.0, stride)
            return self._frame(wish, int(steps[-1]), grid, stride, computed, running, lined)

        yield frame(
            filled.along, filled.across, filled.values, filled.stride, float(filled.known.mean())
        )
        if running or cancelled():
            return
        finest = next((s for s in (1, 2, 4, 8, 16) if (256 / s + 1) ** 2 * cost <= _REST), 32)
        strides = tuple(s for s in (32, 16, 8, 4, 2, 1) if s >= finest)
        stages = refined(
            model, view.plane, along, across, wish.height, strides=strides, cancelled=cancelled
        )
        for stage in stages:
            due = stage.stride == finest or time.perf_counter() - begun > 0.3
            if stage.stride <= filled.stride and due and not cancelled():
                lined = False
                yield frame(stage.along, stage.across, stage.values, stage.stride, 1.0)

    # -- the plane -----------------------------------------------------------------------------

    def _view(self, wish: Wish, path: Path, cancelled: Callable[[], bool]) -> View:
        facts = kinds.catalog.get(wish.kind.name).facts
        vectors = tuple(spot.vector() for spot in wish.spots)
        key = tuple(v.tobytes() for v in vectors)
        built = self._built
        if not facts["path"]:
            if built and wish.same_picture(built[0]) and built[1] == key:
                return built[2]
            path = Path(np.zeros(1), vectors[-1][None])
        names = tuple(spot.short for spot in wish.spots)
        scene = Scene(wish.run.model, path, vectors, names, cancelled)
        view = kinds.build(wish.kind.item, scene)
        if facts["path"]:
            view = replace(view, plane=self._steady(view.plane, path, bool(facts.get("turns"))))
        if not cancelled():
            self._built = wish, key, view
        self._plane = view.plane
        return view

    def _steady(self, plane: Plane, path: Path, turns: bool) -> Plane:
        """The same plane with directions that point as the former one's did; where it turns as the
        path grows, coordinates are counted from the path's start."""
        directions = plane.directions.copy()
        former = self._plane
        if former is not None and former.directions.shape == directions.shape:
            along = (former.directions * directions).sum(axis=1)
            directions *= np.where(along < 0.0, -1.0, 1.0)[:, None]
        steady = replace(plane, directions=directions)
        if not turns:
            return steady
        return replace(steady, origin=steady.at(steady.project(path.points[:1]))[0])

    def _around(self, shown: np.ndarray, least: float, ratio: float) -> Area:
        """The area that holds ``shown`` (m, 2): the former one for as long as it suits."""
        (x0, x1), (y0, y1) = square_around(shown, least)
        wide, high = (x1 - x0) * max(ratio, 1.0), (y1 - y0) * max(1.0 / ratio, 1.0)
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        made = x - wide / 2, x + wide / 2, y - high / 2, y + high / 2
        held = self._area
        if held is not None:
            sides = np.array([held[1] - held[0], held[3] - held[2]])
            low, top = np.array([held[0], held[2]]), np.array([held[1], held[3]])
            inside = (shown > low + _INNER * sides).all() and (shown < top - _INNER * sides).all()
            fits = abs(sides[0] / sides[1] / ratio - 1.0) < 0.02
            if inside and fits and wide > _SMALLEST * sides[0]:
                return held
        self._area = made
        return made

    # -- heights -------------------------------------------------------------------------------

    def _cost(self, wish: Wish) -> float:
        """Seconds for one height on one thread; a guess before the first frame."""
        known = self._costs.get(key_of(wish))
        if known is not None:
            return known
        model = wish.run.model
        # Products of weights and samples, at a rate that any processor of our day keeps up.
        work = model.parameter_count * max(len(model.train.inputs), 1)
        return float(heights.catalog.get(wish.height).facts["cost"]) * work / 2e10 + 1e-7

    def _learn(self, wish: Wish, cost: float) -> None:
        key = key_of(wish)
        if len(self._costs) > 64:
            self._costs.clear()
        self._costs[key] = 0.7 * self._costs.get(key, cost) + 0.3 * cost

    def _landscape(
        self,
        wish: Wish,
        view: View,
        fit: Fit,
        marks: tuple[tuple[str, np.ndarray], ...],
        along: np.ndarray,
        across: np.ndarray,
        values: np.ndarray,
        interpolated: bool,
        stride: int,
    ) -> Landscape:
        facts = heights.catalog.get(wish.height).facts
        features = []
        if facts.get("minimised", True):
            # Only computed points can be minima.
            skip = max(4 // stride, 1) if interpolated else 1
            few = values[::skip, ::skip], along[::skip], across[::skip]
            found = find_features(*few, tolerance=_NOISE)
            features = [f for f in found if f.resolved or f.kind != "saddle"]
            if _is_flat(values):
                features = []
        return Landscape(
            view.plane,
            wish.height,
            along,
            across,
            values,
            fit,
            tuple(features),
            marks,
            view.profiles,
            wish.kind.to_dict(),
        )

    def _frame(
        self,
        wish: Wish,
        step: int,
        grid: Landscape,
        stride: int,
        computed: float,
        running: bool,
        lined: bool,
    ) -> Frame:
        scale = self._scale = self._steady_scale(scale_of(grid.values, wish.log))
        colour = np.where(np.isfinite(grid.values), scale(grid.values), np.nan)
        contours, now = None, time.perf_counter()
        if not (running and lined) or now - self._lined > _CONTOURS:
            skip = 2 if stride == 1 else 1
            few = grid.along[::skip], grid.across[::skip], colour[::skip, ::skip]
            contours = contour_lines(*few, levels=_LEVELS)
            self._lined = now
        return Frame(wish, step, grid, scale, colour, contours, stride, computed, running)

    def _steady_scale(self, made: Scale) -> Scale:
        held = self._scale
        if held is not None and bool(held.unit) == bool(made.unit):
            places = np.linspace(0.0, 1.0, 5)
            if np.abs(held(made.value(places)) - places).max() <= _STEADY:
                return held
        return made


def _is_flat(values: np.ndarray) -> bool:
    finite = values[np.isfinite(values)]
    return bool(finite.size and np.ptp(finite) <= _NOISE * np.abs(finite).max())
