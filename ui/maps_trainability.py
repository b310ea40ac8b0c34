"""Trainability maps: which learning rates converge, how fast, and how rough their boundary is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QComboBox, QLabel, QVBoxLayout, QWidget

from ui.item_editor import form_group
from ui.maps_basins import table_csv
from ui.maps_plot import MapPlot
from ui.maps_sources import ExperimentCombo
from ui.maps_speed import FitPlot, SpeedLegend, spectral
from ui.maps_study import Study, hint, number
from workbench import Run, WorkbenchError
from workbench.fields import integer
from workbench.maps.box_counting import Dimension
from workbench.maps.pixels import MAX_RESOLUTION, filled
from workbench.maps.trainability_map import AXES, WINDOW, Map
from workbench.maps.trainability_map import states as maps
from workbench.maps.trainability_settings import NAMES, STEPS

_AXES = {
    "rate × rate": "rates",
    "scale × rate": "scale",
    "offset × rate": "offset",
}


# A training is not cut short when its map is cancelled: this many take seconds at most.
_MOST_STEPS = 10_000


class Shown(NamedTuple):
    """A map, its picture uint8 (n_y, n_x, 3), its boundary's dimension, and the median of the
    local slopes as the paper takes it (NaN without one)."""

    made: Map
    image: np.ndarray
    dimension: Dimension
    published: float


def _painted(states: Iterator[Map]) -> Iterator[Shown]:
    # Here, on the job's thread: it loads Matplotlib.
    from workbench.maps.trainability_report import shades

    table = spectral()
    for made in states:
        if not made.stride:
            continue
        shade = filled(shades(made.measure), made.stride)
        # Of a coarse map only what is computed has a boundary.
        known = Map(
            made.setting,
            made.axes,
            made.window,
            made.measure[:: made.stride, :: made.stride],
            1,
        )
        slopes = known.published_slopes()
        yield Shown(
            made,
            table[np.round(127.5 * (shade + 1.0)).astype(np.int64)],
            known.dimension(),
            float(np.median(slopes)) if len(slopes) else float("nan"),
        )


class TrainabilityStudy(Study):
    """One training a pixel; dragging a rectangle follows the boundary."""

    title = "Trainability"
    table_name = "The counts of boxes as CSV…"

    def __init__(self, run: Callable[[], Run | None], parent: QWidget | None = None) -> None:
        super().__init__("maps-trainability", parent)
        self.shown: Shown | None = None
        self.source = ExperimentCombo(run, [f"published: {name}" for name in NAMES])
        self.source.setCurrentText("published: single")
        self.axes = QComboBox()
        for text, key in _AXES.items():
            self.axes.addItem(text)
            tip = " × ".join(AXES[key])
            self.axes.setItemData(self.axes.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.axes.setObjectName("maps.axes")
        self.axes.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.resolution = number("maps.resolution", 128, "pixels a side", self.compute)
        self.steps = number("maps.steps", STEPS, "steps of each training", self.compute)
        self.seed = number("maps.seed", 0, "of a published setting; 0: as published", self._anew)
        self.map = MapPlot("trainability map")
        self.legend = SpeedLegend()
        self.fit = FitPlot()
        self.figures = QLabel("")
        self.figures.setWordWrap(True)
        self.figures.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.figures.setMinimumHeight(6 * self.figures.fontMetrics().lineSpacing())
        title = QLabel("Boundary's box-counting dimension")
        title.setObjectName("viewTitle")
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(6, 4, 6, 4)
        column.addWidget(self.legend)
        column.addWidget(title)
        column.addWidget(self.fit, 1)
        column.addWidget(self.figures)
        right.setMinimumWidth(300)
        self.lay_out(
            [
                form_group(
                    "Trainings",
                    [
                        ("setting", self.source),
                        ("axes", self.axes),
                        ("steps", self.steps),
                        ("seed", self.seed),
                    ],
                ),
                form_group("Map", [("resolution", self.resolution)]),
                hint(
                    "Published settings are those of Sohl-Dickstein 2024, “The boundary of neural "
                    "network trainability is fractal” (arXiv 2402.06184), with its numbers. The "
                    "full ones train on 272 samples a pixel: some 35 s for 64 × 64 on two cores."
                ),
            ],
            self.map,
            right,
        )
        self.source.chosen.connect(self._other)
        self.axes.textActivated.connect(lambda _: self._anew())
        self.map.zoomed.connect(self.look)
        self.map.all_wanted.connect(lambda: self.look(None))
        self.map.hovered.connect(self._hover)
        self.pictures = [
            ("the trainability map", self.map),
            ("the boundary's dimension", self.fit),
            ("the trainability page", self.whole),
        ]

    # -- the form ------------------------------------------------------------------------------

    def _other(self) -> None:
        published = self.source.currentText().startswith("published: ")
        self.seed.setEnabled(published)
        self._anew()

    def _anew(self) -> None:
        self.shown = None
        self.map.clear()
        self.fit.show_fit(None)
        self.figures.setText("")
        self.forget_windows()
        self.compute()

    def reshown(self) -> None:
        """Look at the window that is to be computed."""
        self.map.show_window(self.window_wanted or WINDOW)

    def compute(self) -> None:
        """Train, as the form says."""
        text = self.source.currentText()
        named = text.removeprefix("published: ")
        try:
            source: Any = named if text != named else self.source.experiment()
            steps = integer("steps", self.steps.value(), 20, _MOST_STEPS)
            seed = integer("seed", self.seed.value(), 0, 2**63 - 1)
            size = integer("resolution", self.resolution.value(), 8, MAX_RESOLUTION)
        except WorkbenchError as error:
            self.message.setText(str(error))
            return
        axes, window = _AXES[self.axes.currentText()], self.window_wanted or WINDOW
        for name, label in zip(("bottom", "left"), AXES[axes], strict=True):
            self.map.plot.setLabel(name, f"log₁₀ {label}")
        if self.shown is None:
            self.map.show_window(window)
            self.heading.setText("Trainability")
            self.note.setText("drag a rectangle to zoom in")

        def states(progress: Any, cancelled: Any) -> Iterator[Shown]:
            made = maps(
                source, axes=axes, window=window, resolution=size, steps=steps, seed=seed,
                progress=progress, cancelled=cancelled,
            )  # fmt: skip
            yield from _painted(made)

        self.start(states)

    # -- what has come -------------------------------------------------------------------------

    def show_state(self, state: Shown) -> None:
        """Show a map as far as it is computed."""
        self.shown = state
        made = state.made
        self.map.show_image(state.image, made.window)
        setting, wide = made.setting, made.window.x_high - made.window.x_low
        samples = len(setting.samples.inputs)
        shape = "-".join(str(n) for n in setting.network.sizes)
        known = made.measure[np.isfinite(made.measure)]
        self.heading.setText(f"Trainability: {setting.summary}")
        self.note.setText(
            f"{shape} on {samples} sample{'s' * (samples != 1)}, {setting.steps:,} steps, "
            f"{setting.start.dtype}; {wide:.3g} decades wide, {(known < 0).mean():.1%} converged; "
            "drag a rectangle to zoom in"
        )
        self.fit.show_fit(state.dimension)
        self.figures.setText(self._dimension_text(state))

    def _dimension_text(self, state: Shown) -> str:
        made, d = state.made, state.dimension
        n = made.measure[:: made.stride, :: made.stride].shape[0]
        fitted = (
            f"{d.value:.3f} ± {d.standard_error:.3f}" if d.value == d.value else "too few boxes"
        )
        lines = [f"fitted: {fitted} ({n} pixels a side)"]
        if state.published == state.published:
            lines.append(f"median of local slopes, as published: {state.published:.3f}")
        if made.setting.published is not None:
            lines.append(
                f"published: {made.setting.published:.2f}, the median over zooms of 50 or so maps "
                "of 4096 pixels a side"
            )
        else:
            lines.append("published: none for this setting")
        return "\n".join(lines)

    def csv(self) -> bytes:
        """The counts of boxes; empty before there is a map."""
        if self.shown is None:
            return b""
        d = self.shown.dimension
        rows = [
            {"size": int(s), "count": int(c), "local_slope": float(v)}
            for s, c, v in zip(d.sizes, d.counts, d.local, strict=True)
        ]
        return table_csv(("size", "count", "local_slope"), rows)

    def _hover(self, x: float, y: float) -> None:
        if self.shown is None:
            return
        made = self.shown.made
        text = pixel_text(made, x, y)
        self.here.emit(text)


def pixel_text(made: Map, x: float, y: float) -> str:
    """What became of the training at (x, y), decimal logarithms; empty outside of the map."""
    w, (n_y, n_x) = made.window, made.measure.shape
    column = round((x - w.x_low) / (w.x_high - w.x_low) * (n_x - 1))
    row = round((y - w.y_low) / (w.y_high - w.y_low) * (n_y - 1))
    if not (0 <= column < n_x and 0 <= row < n_y):
        return ""
    row, column = (k // made.stride * made.stride for k in (row, column))
    xs, ys = made.window.axes((n_y, n_x))
    value = float(made.measure[row, column])
    place = f"{AXES[made.axes][0]} {10 ** xs[column]:.4g}, {AXES[made.axes][1]} {10 ** ys[row]:.4g}"
    if not np.isfinite(value):
        return f"{place}: not computed yet"
    steps = made.setting.steps
    if value < 0:
        return f"{place}: converged, mean loss {-value / steps:.4g} of the first"
    return f"{place}: diverged, mean of first loss over loss {value / steps:.4g}"
