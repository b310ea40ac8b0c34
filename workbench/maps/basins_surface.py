"""Basin maps: every pixel is a start, coloured by the minimum that its descent reaches.

On a surface each start descends by one optimizer; where it ends is followed to the bottom of the
bowl it lies in (``kernels.polish``), and that is compared with the surface's known minima. Equal
labels so mean one minimum, to a millionth of the window, not ends that are merely close.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np

from kernels import optimizers, polish, schedules, surfaces
from kernels.formulas import Formula
from kernels.schedules.constant import Constant
from workbench.descents.many import Descents, Ends
from workbench.descents.surface import Surface, names_an_item
from workbench.errors import BadValue
from workbench.fields import Choice, choose, integer, plain
from workbench.maps.basin_map import (
    AT_REST,
    DIVERGED,
    NOT_CONVERGED,
    PENDING,
    BasinMap,
    Minimum,
    sealed,
)
from workbench.maps.pixels import Window, passes, resolution

STEPS = 4000
_SAME = 1e-6  # of the window: how far apart two bottoms of one bowl may be found
_NEAR = 0.02  # of the window: how far from a minimum without a gradient its search begins
_GENTLE = 1e-6  # of the window's median gradient norm: where a descent ends
_PROBES = 65  # along each side, to learn the surface's gradients and curvatures
_BLOCK = 8192  # ends that one thread polishes at a time


class _Ground(NamedTuple):
    """What is descended on: an item for kernels, its name, usual domain and known minima."""

    item: Any
    name: str
    domain: tuple[float, float, float, float]
    minima: tuple[Any, ...]


class _Region(NamedTuple):
    """What the probes of a window say: ``extent`` (2,), the ``gentle`` gradient norm, the
    ``steepest`` curvature, and the known minima without a gradient, ``kinks`` (m, 2)."""

    extent: tuple[float, float]
    gentle: float
    steepest: float
    kinks: np.ndarray


def basins(surface: Any, **options: Any) -> BasinMap:
    """The basin map of a surface; ``states`` says which options there are. The last state."""
    *_, last = states(surface, **options)
    return last


def states(
    surface: Any,
    *,
    optimizer: Any = "sgd",
    schedule: Any = None,
    steps: int = STEPS,
    window: Any = None,
    resolution: Any = 512,
    tolerance: float | None = None,
    dtype: str = "float64",
    threads: int | None = None,
    progress: Callable[[float], None] = lambda share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[BasinMap]:
    """The map, coarse at first (every 8th pixel) and then refined: yields one state a pass.

    ``surface``: a name, a formula of x and y, an item of kernels.surfaces, or a Surface of
    workbench.descents. ``optimizer``: a name, a table with ``name`` and hyper-parameters, or an
    item; where its learning rate is not given, plain gradient descent takes the reciprocal of the
    largest curvature in the window, so that it follows the slope without jumping. ``window``
    (x_low, x_high, y_low, y_high): the surface's usual domain unless given. ``resolution``: pixels
    a side, or (n_x, n_y). ``tolerance``: the gradient norm at which a descent ends (None: 1e-6 of
    the median in the window). ``threads``: None for one a core; the result does not depend on it.
    ``progress`` is told the share that is done, after each pass; ``cancelled`` is asked between
    blocks of starts: once it says True, the last state yielded is that of the pass before. Raises
    BadValue.
    """
    ground = _ground(surface)
    rectangle = Window.of(list(ground.domain) if window is None else window)
    shape = _shape(resolution)
    region = _probe(ground, rectangle)
    rule = _optimizer(optimizer, region)
    gentle = region.gentle if tolerance is None else tolerance
    descents = Descents(
        ground.item, rule.item, integer("steps", plain(steps), 1, 1_000_000),
        Constant() if schedule is None else choose("schedule", schedules.catalog, schedule).item,
        gentle, dtype,
    )  # fmt: skip
    return _states(
        descents,
        ground,
        rule,
        region,
        rectangle,
        shape,
        threads or os.cpu_count() or 1,
        progress,
        cancelled,
    )


def _shape(value: Any) -> tuple[int, int]:
    return resolution(value)


def _ground(surface: Any) -> _Ground:
    if isinstance(surface, str) and not names_an_item(surface):
        surface = Surface.of(surface)
    if isinstance(surface, Surface):
        return _Ground(surface.item, surface.name, surface.domain, surface.minima)
    item = (
        choose("surface", surfaces.catalog, surface).item if isinstance(surface, str) else surface
    )
    if type(item) not in surfaces.height.bodies or type(item) is Formula:
        names = ", ".join(surfaces.catalog.names())
        raise BadValue("surface", "must be a surface's name or item", surface, names)
    entry = surfaces.catalog.of(item)
    return _Ground(item, entry.name, entry.facts["domain"], entry.facts.get("minima", ()))


def _optimizer(given: Any, region: _Region) -> Choice:
    catalog = optimizers.catalog
    if not isinstance(given, str | dict):
        return Choice(catalog.of(given).name, given)
    made = choose("optimizer", catalog, given)
    plain_descent = catalog.get("sgd").cls
    if type(made.item) is plain_descent and (isinstance(given, str) or set(given) == {"name"}):
        return Choice(made.name, made.item._replace(learning_rate=1.0 / region.steepest))
    return made


def _probe(ground: _Ground, window: Window) -> _Region:
    item = ground.item
    x, y = window.axes((_PROBES, _PROBES))
    points = np.column_stack([v.ravel() for v in np.meshgrid(x, y)])
    extent = window.x_high - window.x_low, window.y_high - window.y_low
    out = np.empty((len(points), 3))
    polish.bends(item, points, extent, out)
    out = out[np.isfinite(out).all(1)]
    if not len(out):
        raise BadValue("window", "must hold finite gradients", window.sides, "another window")
    gentle = _GENTLE * float(np.median(out[:, 0]))
    steepest = max(float(np.abs(out[:, 1:]).max()), 1e-12)
    known = np.array([m[:2] for m in ground.minima]).reshape(-1, 2)
    at_known = np.empty((len(known), 3))
    polish.bends(item, known, extent, at_known)
    smooth = at_known[:, 0] <= 1e3 * max(gentle, 1e-12)
    return _Region(extent, gentle, steepest, known[~smooth])


def _states(
    descents: Descents,
    ground: _Ground,
    rule: Choice,
    region: _Region,
    window: Window,
    shape: tuple[int, int],
    threads: int,
    progress: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> Iterator[BasinMap]:
    label = np.full(shape, PENDING, np.int32)
    steps = np.zeros(shape, np.int32)
    # Known minima outside the window are reached too, so all of them are in the table.
    table = _Table(ground.minima, region.extent)
    x, y = window.axes(shape)
    about = {
        "surface": ground.name,
        "optimizer": rule.to_dict(),
        "steps": descents.steps,
        "tolerance": descents.tolerance,
        "dtype": descents.dtype,
    }

    def state(stride: int) -> BasinMap:
        return sealed(BasinMap(window, label, steps, table.minima(), stride, about))

    stride = 0
    for finer, pixels in passes(shape):
        points = np.column_stack([x[pixels % shape[1]], y[pixels // shape[1]]])
        found = _descend(descents, region, points, threads, cancelled)
        if found is None:
            break
        stride = finer
        ends, kinds = found
        label.ravel()[pixels] = table.labels(ends, kinds)
        steps.ravel()[pixels] = ends.steps
        progress(float((label != PENDING).mean()))
        yield state(stride)
    if stride == 0:
        yield state(0)


def _descend(
    descents: Descents,
    region: _Region,
    points: np.ndarray,
    threads: int,
    cancelled: Callable[[], bool],
) -> tuple[Ends, np.ndarray] | None:
    """Ends (polished, float64) and kinds of kernels.polish; None where cancelled."""
    blocks, near = [], _NEAR * max(region.extent)

    def follow(ends: Ends) -> tuple[Ends, np.ndarray]:
        points, values, norms = (a.astype(np.float64) for a in ends[:3])
        wide = Ends(points, values, norms, ends.steps, ends.diverged)
        kinds = np.empty(len(wide.points), np.int64)
        polish.polish(
            descents.surface, region.extent, descents.tolerance, region.kinks, near,
            wide.points, wide.values, wide.gradient_norms, kinds,
        )  # fmt: skip
        return wide, kinds

    starts = (points[k : k + _BLOCK] for k in range(0, len(points), _BLOCK))
    walk = descents.blocks(starts, threads)
    with ThreadPoolExecutor(threads, "polish") as pool:
        try:
            for _, ends in walk:
                if cancelled():
                    return None
                blocks.append(pool.submit(follow, ends))
            found = [block.result() for block in blocks]
        finally:
            walk.close()
    if cancelled():
        return None
    ends = Ends(*(np.concatenate(parts) for parts in zip(*(e for e, _ in found), strict=True)))
    return ends, np.concatenate([kinds for _, kinds in found])


class _Table:
    """The minima met so far: the known ones first, then those found, in the order of finding."""

    def __init__(self, known: tuple[Any, ...], extent: tuple[float, float]) -> None:
        self._rows = [Minimum(float(x), float(y), float(v), True, bool(g)) for x, y, v, g in known]
        self._extent = np.array(extent)

    def minima(self) -> tuple[Minimum, ...]:
        return tuple(self._rows)

    def labels(self, ends: Ends, kinds: np.ndarray) -> np.ndarray:
        """One label an end; adds minima that were not met before."""
        out = np.full(len(kinds), NOT_CONVERGED, np.int32)
        out[kinds == polish.AT_REST] = AT_REST
        arrived = np.flatnonzero(kinds == polish.MINIMUM)
        scaled = ends.points[arrived] / self._extent
        # Ends that agree to a tenth of the tolerance are compared with the table once.
        cells, first, back = np.unique(
            np.round(scaled / (0.1 * _SAME)).astype(np.int64),
            axis=0,
            return_index=True,
            return_inverse=True,
        )
        names = np.empty(len(cells), np.int32)
        # In the order of the pixels, so that found minima are numbered alike every time.
        for cell in np.argsort(first):
            k = arrived[first[cell]]
            names[cell] = self._name(ends.points[k], float(ends.values[k]))
        out[arrived] = names[back.reshape(-1)]
        out[ends.diverged] = DIVERGED
        return out

    def _name(self, point: np.ndarray, value: float) -> int:
        if self._rows:
            places = np.array([row[:2] for row in self._rows])
            gaps = np.abs((places - point) / self._extent).max(1)
            nearest = int(gaps.argmin())
            if gaps[nearest] <= _SAME:
                return nearest
        self._rows.append(Minimum(float(point[0]), float(point[1]), value, False, False))
        return len(self._rows) - 1
