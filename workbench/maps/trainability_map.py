"""Trainability maps: one training a pixel, converged or diverged, and how fast.

Sohl-Dickstein 2024, "The boundary of neural network trainability is fractal", arXiv 2402.06184.
A training has converged where the mean of its last 20 losses is below its first one. How fast: the
sum of all losses over the first where it converged, the sum of their reciprocals where it did not,
every ratio at most a million; a loss that is not finite counts as a million.

A map may follow the boundary: below the coarsest raster only pixels next to where neighbours
disagreed are trained, and the others take the measure of the coarser pixel they lie next to. What
it can miss are islands within one side that are smaller than the raster on which they lie far from
any boundary.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.ndimage import binary_dilation

from workbench.errors import BadValue
from workbench.experiment import Experiment
from workbench.maps.box_counting import Dimension, box_dimension, published_slopes
from workbench.maps.pixels import COARSEST, Window, passes, resolution
from workbench.maps.trainability_crew import Crew
from workbench.maps.trainability_settings import Setting, describe, setting, setting_of

AXES = {
    "rates": ("learning rate of the hidden layers", "learning rate of the output layer"),
    "scale": ("scale of the starting point", "learning rate"),
    "offset": ("offset of the first layer's weights", "learning rate"),
}
WINDOW = Window(-3.0, 6.0, -3.0, 6.0)
# Of a map that follows the boundary: pixels along a side of its first raster, and how many cells
# beside the boundary's are trained.
_COARSE_PIXELS, _MARGIN = 128, 1


@dataclass(frozen=True)
class Map:
    """A trainability map, as far as it is computed; arrays (n_y, n_x), read-only.

    ``window`` is in decimal logarithms of the two ``axes`` (a key of AXES). ``measure`` float64:
    minus the sum of v of a training that converged, the sum of 1/v of one that did not, NaN where
    it is not computed yet; v is a step's loss over the first. ``stride``: one pixel of every
    stride × stride is computed; 1 once all are. ``trained``: how many pixels were trained, where
    the map follows the boundary; None where all were.
    """

    setting: Setting
    axes: str
    window: Window
    measure: np.ndarray
    stride: int
    trained: int | None = None

    @property
    def converged(self) -> np.ndarray:
        """Where trainings converged; bool (n_y, n_x)."""
        return np.array(self.measure < 0.0, bool)

    def boundary(self) -> np.ndarray:
        """Where four neighbouring pixels do not agree; bool (n_y - 1, n_x - 1)."""
        return self._edges

    def dimension(self) -> Dimension:
        """The boundary's box-counting dimension."""
        return self._dimension

    def published_slopes(self) -> np.ndarray:
        """The slopes whose median, over a zoom, is the published dimension."""
        return self._slopes

    # Asked for by the summary, the pictures and the zoom alike.
    @cached_property
    def _edges(self) -> np.ndarray:
        edges = _mixed(self.converged)
        edges.flags.writeable = False
        return edges

    @cached_property
    def _dimension(self) -> Dimension:
        return box_dimension(self._edges)

    @cached_property
    def _slopes(self) -> np.ndarray:
        return published_slopes(self._edges)

    def summary(self) -> dict[str, Any]:
        """The figures, ready for JSON."""
        slopes = self.published_slopes()
        return describe(self.setting) | {
            "axes": self.axes,
            "window": list(self.window.sides),
            "resolution": list(self.measure.shape[::-1]),
            "converged_share": float(self.converged.mean()),
            "computed_share": float(np.isfinite(self.measure).mean()),
            "trained_share": 1.0 if self.trained is None else self.trained / self.measure.size,
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
    follow: bool = False,
    threads: int | None = None,
    progress: Callable[[float], None] = lambda share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Map:
    """Train one network a pixel; see ``states`` for the arguments. Returns the last state."""
    *_, last = states(
        source, axes=axes, window=window, resolution=resolution, steps=steps, seed=seed,
        follow=follow, threads=threads, progress=progress, cancelled=cancelled,
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
    follow: bool = False,
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
    ``follow``: train only what is near the boundary (see the module).
    ``threads``: None for one a core; the result does not depend on it. ``progress`` is told the
    share that is done and ``cancelled`` asked, between tiles of trainings: once it says True the
    last state yielded is the one of the pass before. Raises BadValue.
    """
    made = _setting(source, steps, seed)
    if axes not in AXES:
        raise BadValue("axes", f"must be one of {', '.join(AXES)}", axes, "rates")
    if axes == "rates" and len(made.factors) < 2:
        raise BadValue("axes", "must be scale or offset for a single layer", axes, "scale")
    shape = _shape(resolution)
    return _states(made, axes, Window.of(window), shape, follow, threads, progress, cancelled)


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
    follow: bool,
    threads: int | None,
    progress: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> Iterator[Map]:
    measure = np.full(shape, np.nan)
    x, y = window.axes(shape)
    crew = Crew(made, axes, threads)
    trained, yielded = 0, False
    coarsest = _coarsest(shape) if follow else COARSEST
    for stride, pixels in passes(shape, coarsest):
        wanted = pixels
        if follow and stride < coarsest:
            near = _near(measure, 2 * stride)[pixels // shape[1], pixels % shape[1]]
            wanted, others = pixels[near], pixels[~near]
            rows, columns = (k // (2 * stride) * 2 * stride for k in np.divmod(others, shape[1]))
            measure.ravel()[others] = measure[rows, columns]
        before = int(np.isfinite(measure).sum())
        points = np.column_stack([x[wanted % shape[1]], y[wanted // shape[1]]])

        def done(count: int, before: int = before) -> None:
            progress((before + count) / measure.size)

        found = crew.train(points, done, cancelled)
        if found is None:
            break
        measure.ravel()[wanted] = found
        trained += len(wanted)
        shown = measure.copy()
        shown.flags.writeable = False
        yield Map(made, axes, window, shown, stride, trained if follow else None)
        yielded = True
    if not yielded:
        measure.flags.writeable = False
        yield Map(made, axes, window, measure, 0, trained if follow else None)


def _coarsest(shape: tuple[int, int]) -> int:
    """The stride of the first raster of a map that follows the boundary, a power of two."""
    stride = 1
    while 2 * stride * _COARSE_PIXELS <= min(shape):
        stride *= 2
    return stride


def _near(measure: np.ndarray, stride: int) -> np.ndarray:
    """Whether a pixel lies in, or next to, a cell of the raster of ``stride`` whose corners do not
    agree; bool, of the shape of ``measure``."""
    side = np.pad(measure[::stride, ::stride] < 0.0, (0, 1), mode="edge")
    wide = binary_dilation(_mixed(side), np.ones((3, 3), bool), iterations=_MARGIN)
    rows, columns = (np.arange(n) // stride for n in measure.shape)
    return np.array(wide[np.ix_(rows, columns)])


def _mixed(side: np.ndarray) -> np.ndarray:
    """Where four neighbours of ``side``, bool (n_y, n_x), do not agree; bool (n_y - 1, n_x - 1)."""
    corners = np.stack([side[1:, 1:], side[:-1, 1:], side[1:, :-1], side[:-1, :-1]])
    return np.array(corners.any(axis=0) & ~corners.all(axis=0), bool)
