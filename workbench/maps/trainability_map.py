"""Trainability maps: one training a pixel, converged or diverged, and how fast.

Sohl-Dickstein 2024, "The boundary of neural network trainability is fractal", arXiv 2402.06184.
A training has converged where the mean of its last 20 losses is below its first one. How fast: the
sum of all losses over the first where it converged, the sum of their reciprocals where it did not,
every ratio at most a million; a loss that is not finite counts as a million.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np

from kernels.lanes import width_of
from kernels.tiles import aligned
from kernels.trainability import INVERSE, ROWS, TAIL, TOTAL, new_rates_bench, train_rates
from workbench.errors import BadValue
from workbench.experiment import Experiment
from workbench.fields import integer, plain
from workbench.maps.box_counting import Dimension, box_dimension, published_slopes
from workbench.maps.pixels import Window, passes, resolution
from workbench.maps.trainability_settings import Setting, describe, setting, setting_of

TAIL_STEPS = 20
AXES = {
    "rates": ("learning rate of the hidden layers", "learning rate of the output layer"),
    "scale": ("scale of the starting point", "learning rate"),
    "offset": ("offset of the first layer's weights", "learning rate"),
}
WINDOW = Window(-3.0, 6.0, -3.0, 6.0)


@dataclass(frozen=True)
class Map:
    """A trainability map, as far as it is computed; arrays (n_y, n_x), read-only.

    ``window`` is in decimal logarithms of the two ``axes`` (a key of AXES). ``measure`` float64:
    minus the sum of v of a training that converged, the sum of 1/v of one that did not, NaN where
    it is not computed yet; v is a step's loss over the first. ``stride``: one pixel of every
    stride × stride is computed; 1 once all are.
    """

    setting: Setting
    axes: str
    window: Window
    measure: np.ndarray
    stride: int

    @property
    def converged(self) -> np.ndarray:
        """Where trainings converged; bool (n_y, n_x)."""
        return np.array(self.measure < 0.0, bool)

    def boundary(self) -> np.ndarray:
        """Where four neighbouring pixels do not agree; bool (n_y - 1, n_x - 1)."""
        c = self.converged
        corners = np.stack([c[1:, 1:], c[:-1, 1:], c[1:, :-1], c[:-1, :-1]])
        return np.array(corners.any(axis=0) & ~corners.all(axis=0), bool)

    def dimension(self) -> Dimension:
        """The boundary's box-counting dimension."""
        return box_dimension(self.boundary())

    def published_slopes(self) -> np.ndarray:
        """The slopes whose median, over a zoom, is the published dimension."""
        return published_slopes(self.boundary())

    def summary(self) -> dict[str, Any]:
        """The figures, ready for JSON."""
        slopes = self.published_slopes()
        return describe(self.setting) | {
            "axes": self.axes,
            "window": list(self.window.sides),
            "resolution": list(self.measure.shape[::-1]),
            "converged_share": float(self.converged.mean()),
            "boundary_pixels": int(self.boundary().sum()),
            "box_counting": self.dimension().summary(),
            "published_procedure": float(np.median(slopes)) if len(slopes) else None,
        }


def trainability(
    source: str | Setting | Experiment = "tanh",
    *,
    axes: str = "rates",
    window: Any = WINDOW,
    resolution: Any = 256,
    steps: int | None = None,
    seed: int = 0,
    threads: int | None = None,
    progress: Callable[[float], None] = lambda share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Map:
    """Train one network a pixel; see ``states`` for the arguments. Returns the last state."""
    *_, last = states(
        source, axes=axes, window=window, resolution=resolution, steps=steps, seed=seed,
        threads=threads, progress=progress, cancelled=cancelled,
    )  # fmt: skip
    return last


def states(
    source: str | Setting | Experiment = "tanh",
    *,
    axes: str = "rates",
    window: Any = WINDOW,
    resolution: Any = 256,
    steps: int | None = None,
    seed: int = 0,
    threads: int | None = None,
    progress: Callable[[float], None] = lambda share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[Map]:
    """The map, coarse at first (every 8th pixel) and then refined: yields one state a pass.

    ``source``: a published setting's name, a Setting, or an Experiment of plain gradient descent.
    ``axes``: "rates" (hidden layers' × output layer's learning rate), "scale" (a factor on the
    starting point × learning rate) or "offset" (added to the first layer's weights at the start ×
    learning rate). ``window``: (x_low, x_high, y_low, y_high) in decimal logarithms.
    ``resolution``: pixels a side, or (n_x, n_y). ``steps`` and ``seed``: of a published setting.
    ``threads``: None for one a core; the result does not depend on it. ``progress`` is told the
    share that is done and ``cancelled`` asked, between tiles of trainings: once it says True the
    last state yielded is the one of the pass before. Raises BadValue.
    """
    made = _setting(source, steps, seed)
    if axes not in AXES:
        raise BadValue("axes", f"must be one of {', '.join(AXES)}", axes, "rates")
    if axes == "rates" and len(made.factors) < 2:
        raise BadValue("axes", "must be scale or offset for a single layer", axes, "scale")
    return _states(made, axes, Window.of(window), _shape(resolution), threads, progress, cancelled)


def _shape(value: Any) -> tuple[int, int]:
    return resolution(value)


def _setting(source: str | Setting | Experiment, steps: int | None, seed: int) -> Setting:
    if isinstance(source, Setting):
        return source
    if isinstance(source, Experiment):
        return setting_of(source if steps is None else source.replace(stop={"steps": steps}))
    return setting(source, steps, seed)


def _states(
    made: Setting,
    axes: str,
    window: Window,
    shape: tuple[int, int],
    threads: int | None,
    progress: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> Iterator[Map]:
    measure = np.full(shape, np.nan)
    x, y = window.axes(shape)
    crew = _Crew(made, axes, threads)
    yielded = False
    for stride, pixels in passes(shape):
        before = int(np.isfinite(measure).sum())
        points = np.column_stack([x[pixels % shape[1]], y[pixels // shape[1]]])

        def done(count: int, before: int = before) -> None:
            progress((before + count) / measure.size)

        found = crew.train(points, done, cancelled)
        if found is None:
            break
        measure.ravel()[pixels] = found
        shown = measure.copy()
        shown.flags.writeable = False
        yield Map(made, axes, window, shown, stride)
        yielded = True
    if not yielded:
        measure.flags.writeable = False
        yield Map(made, axes, window, measure, 0)


class _Crew:
    """What all threads share: the setting, and benches to work on."""

    def __init__(self, made: Setting, axes: str, threads: int | None) -> None:
        self.setting, self.axes = made, axes
        self.dtype = made.start.dtype
        self.width = width_of(self.dtype)
        self.threads = threads or os.cpu_count() or 1
        self.first_weights = int(made.network.sizes[0] * made.network.sizes[1])

    def train(
        self,
        points: np.ndarray,
        done: Callable[[int], None],
        cancelled: Callable[[], bool],
    ) -> np.ndarray | None:
        """The measures (n,) of ``points`` (n, 2), decimal logarithms; None where cancelled."""
        lanes = len(self.width)
        measures = np.empty(len(points))
        queue, finished = SimpleQueue[int](), SimpleQueue[int]()
        for first in range(0, len(points), lanes):
            queue.put(first)

        def work() -> None:
            s = self.setting
            bench = new_rates_bench(s.network, s.samples, s.batches.shape[1], self.width)
            while not cancelled():
                try:
                    first = queue.get_nowait()
                except Empty:
                    return
                last = min(first + lanes, len(points))
                measures[first:last] = self._tile(points[first:last], bench)
                finished.put(last - first)
                done(sum_of(finished))

        count = [0]

        def sum_of(queue: SimpleQueue[int]) -> int:
            while not queue.empty():
                try:
                    count[0] += queue.get_nowait()
                except Empty:
                    break
            return count[0]

        with ThreadPoolExecutor(self.threads, "trainability") as pool:
            for future in [pool.submit(work) for _ in range(self.threads)]:
                future.result()
        return None if not queue.empty() or cancelled() else measures

    def _tile(self, points: np.ndarray, bench: Any) -> np.ndarray:
        s, lanes = self.setting, len(self.width)
        # The lanes left over repeat the last pixel.
        both = 10.0 ** np.vstack([points, np.repeat(points[-1:], lanes - len(points), 0)])
        p = aligned((len(s.start), lanes), self.dtype)
        p[:] = s.start[:, None]
        layers = len(s.factors)
        rates = np.repeat(both[None, :, 1], layers, 0)
        if self.axes == "rates":
            rates[:-1] = both[:, 0]
        elif self.axes == "scale":
            p *= both[:, 0].astype(self.dtype)
        else:
            p[: self.first_weights] += both[:, 0].astype(self.dtype)
        each = aligned((2 * layers, lanes), self.dtype)
        each[:] = (rates[:, None, :] * s.factors[:, :, None]).reshape(2 * layers, lanes)
        sums = aligned((ROWS, lanes), np.float64)
        tail = min(TAIL_STEPS, s.steps)
        train_rates(s.network, s.samples, s.batches, tail, p, each, bench, sums, self.width)
        converged = sums[TAIL] / tail < 1.0
        return np.where(converged, -sums[TOTAL], sums[INVERSE])[: len(points)]


@dataclass(frozen=True)
class Zoom:
    """Maps of windows each within the one before, and what their boundaries have in common."""

    maps: tuple[Map, ...]

    @property
    def dimension(self) -> float:
        """The median of the local slopes of all maps, as the paper takes its dimension."""
        slopes = np.concatenate([m.published_slopes() for m in self.maps])
        return float(np.median(slopes)) if len(slopes) else float("nan")

    @property
    def fitted(self) -> np.ndarray:
        """The dimensions (n,) fitted to the maps one by one."""
        return np.array([m.dimension().value for m in self.maps])

    def summary(self) -> dict[str, Any]:
        """The figures, ready for JSON."""
        fits = self.fitted[np.isfinite(self.fitted)]
        count = len(fits)
        spread = float(fits.std(ddof=1) / np.sqrt(count)) if count > 1 else None
        dimension = self.dimension
        return {
            "dimension_published_procedure": None if dimension != dimension else dimension,
            "published_dimension": self.maps[0].setting.published,
            "dimension_fitted_mean": float(fits.mean()) if count else None,
            "dimension_fitted_standard_error": spread,
            "maps": [m.summary() for m in self.maps],
        }


def busiest(made: Map, factor: float = 0.5, places: int = 9) -> Window:
    """The part of the map's window, ``factor`` times its sides, with the most boundary in it.

    Of ``places``² parts that are looked at, the first with the most.
    """
    edges = made.boundary()
    rows, columns = (max(2, round(n * factor)) for n in edges.shape)
    sums = np.zeros((edges.shape[0] + 1, edges.shape[1] + 1), np.int64)
    sums[1:, 1:] = edges.cumsum(0).cumsum(1)
    tops = np.unique(np.linspace(0, edges.shape[0] - rows, places).round().astype(int))
    lefts = np.unique(np.linspace(0, edges.shape[1] - columns, places).round().astype(int))
    a, b = np.meshgrid(tops, lefts, indexing="ij")
    held = sums[a + rows, b + columns] - sums[a, b + columns] - sums[a + rows, b] + sums[a, b]
    top, left = (int(v.ravel()[held.argmax()]) for v in (a, b))
    w = made.window
    wide, high = w.x_high - w.x_low, w.y_high - w.y_low
    x, y = w.x_low + wide * left / edges.shape[1], w.y_low + high * top / edges.shape[0]
    return Window(float(x), float(x + wide * factor), float(y), float(y + high * factor))


def zoom(
    first: Map,
    levels: int,
    *,
    factor: float = 0.5,
    threads: int | None = None,
    progress: Callable[[float], None] = lambda share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Zoom:
    """Follow the boundary from the finished map ``first`` for ``levels`` further windows.

    Each is the busiest part of the one before, ``factor`` times as wide, at the same resolution.
    It ends early where no boundary is left, where float64 no longer tells the pixels apart, or
    where ``cancelled``. Raises BadValue.
    """
    levels = integer("zoom", plain(levels), 0, 1000)
    maps = [first]
    for level in range(levels):
        last = maps[-1]
        window = busiest(last, factor)
        n_y, n_x = last.measure.shape
        steps = (window.x_high - window.x_low) / n_x, (window.y_high - window.y_low) / n_y
        largest = max(abs(v) for v in window.sides)
        if not last.boundary().any() or min(steps) < 64 * np.spacing(largest):
            break

        def told(share: float, level: int = level) -> None:
            progress((level + share) / levels)

        made = trainability(
            last.setting, axes=last.axes, window=window, resolution=(n_x, n_y), threads=threads,
            progress=told, cancelled=cancelled,
        )  # fmt: skip
        if made.stride != 1:
            break
        maps.append(made)
    return Zoom(tuple(maps))
