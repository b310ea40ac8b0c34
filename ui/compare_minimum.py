"""A minimum from near by: its weights, its loss surface, its basin beside two other minima's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ui.contours import contour_lines
from ui.heightmap import HeightMap
from ui.job import Job
from ui.maps_basins import Shown, painted
from ui.maps_plot import MapPlot, Mark
from ui.surface_grid import scale_of
from ui.weights_view import HeatMaps
from workbench import loss_and_gradient
from workbench.census.census import Census, DistinctMinimum
from workbench.comparison.around import basins_through, others_of, surface_around
from workbench.experiment import Experiment
from workbench.landscape import Landscape
from workbench.maps.basin_map import LABELS
from workbench.model import Layer, Model

_SIDE = 64  # pixels of the basin map, a training each
_LEVELS = np.linspace(0.0, 1.0, 16)[1:-1]
_EMPTY = "Choose a minimum in the table to see its weights, the loss around it and its basin."
_TOO_FEW = "A plane goes through three distinct minima, which have not been met"


class _Weights(NamedTuple):
    layers: list[Layer]
    parameters: np.ndarray
    gradient: np.ndarray


class _Surface(NamedTuple):
    made: Landscape
    colour: np.ndarray
    contours: np.ndarray


class _Basins(NamedTuple):
    shown: Shown
    places: np.ndarray
    ids: tuple[int, ...]


class MinimumView(QWidget):
    """``replayed(census, minimum)`` asks for the run of the minimum's example."""

    replayed = pyqtSignal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._census: Census | None = None
        self.minimum: DistinctMinimum | None = None
        self._experiment: Experiment | None = None
        self.basin: _Basins | None = None
        self.surface: _Surface | None = None
        self.near, self.basins = Job("compare-minimum", self), Job("compare-basins", self)
        self.weights, self.heights = HeatMaps(), HeightMap()
        self.heights.bar.axis.setWidth(62)  # a narrower one leaves out labels such as 0.0495
        self.heights.setToolTip("the plane of the Hessian's two main eigenvectors")
        self.map = MapPlot("basins on the plane through three minima")
        self.map.set_labels("distance along the first side", "across")
        self.names = [pg.TextItem(color="white", fill=(0, 0, 0, 150)) for _ in range(3)]
        for text in self.names:
            text.setZValue(17)
            self.map.plot.addItem(text)
        self.title = QLabel("")
        self.title.setObjectName("viewTitle")
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.replay = QPushButton("Re&play its start")
        self.replay.setToolTip("carry out the first start that ended here on the page of runs")
        self.others = [QComboBox(), QComboBox()]
        for combo, which in zip(self.others, ("first", "second"), strict=True):
            combo.setObjectName(f"compare.{which} other")
            combo.setToolTip(f"{which} other minimum that the plane goes through")
        self.notes = [QLabel("") for _ in range(3)]
        self._lay_out()
        self.replay.clicked.connect(self._replay)
        for combo in self.others:
            combo.activated.connect(lambda _: self._ask_basins())
        self.near.came.connect(self._show_near)
        self.near.ended.connect(lambda text: self._say(1, text))
        self.basins.came.connect(self._show_basins)
        self.basins.advanced.connect(self._advance)
        self.basins.ended.connect(self._basins_ended)
        self.map.hovered.connect(self._hover)
        self.map.all_wanted.connect(self._whole)
        self.forget()

    def _lay_out(self) -> None:
        self.basin_stack = _or_text(self.map, _TOO_FEW)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.replay)
        through = QWidget()
        row = QHBoxLayout(through)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.others[0])
        row.addWidget(QLabel("and"))
        row.addWidget(self.others[1])
        panels = QWidget()
        views = QHBoxLayout(panels)
        views.setContentsMargins(0, 0, 0, 0)
        views.setSpacing(8)
        for title, view, note, extra in (
            ("Weights, and below them their gradient", self.weights, self.notes[0], None),
            ("Loss around it", self.heights, self.notes[1], None),
            ("Its basin, on a plane with", self.basin_stack, self.notes[2], through),
        ):
            views.addLayout(_panel(title, view, note, extra), 1)
        self.stack = _or_text(panels, _EMPTY)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 2, 6, 2)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self.stack, 1)

    # -- what is chosen ------------------------------------------------------------------------

    def forget(self) -> None:
        """Show no minimum."""
        self._census = self.minimum = self._experiment = None
        self.title.setText("")
        self.replay.hide()
        self.stack.setCurrentIndex(1)
        for combo in self.others:
            combo.clear()
        self.near.cancel()
        self._clear()
        self.weights.set_layers([])

    def open(self, census: Census, minimum: DistinctMinimum, experiment: Experiment) -> None:
        """Show a minimum; ``experiment`` is that of the case whose start is its example."""
        self._census, self.minimum, self._experiment = census, minimum, experiment
        start = f"{census.groups[minimum.example_group]}, start {minimum.example_start:,}"
        self.title.setText(
            f"Minimum {minimum.id}: {minimum.kind}, loss {minimum.loss:.6g}, sharpness "
            f"{minimum.largest:.4g}, met {minimum.count:,} times, first by {start}"
        )
        self.title.setToolTip(self.title.text())
        self.replay.show()
        self.stack.setCurrentIndex(0)
        ids = others_of(census, minimum)
        for k, combo in enumerate(self.others):
            combo.clear()
            combo.addItems([str(i) for i in ids])
            combo.setCurrentIndex(min(k, combo.count() - 1))
            combo.setEnabled(len(ids) > 1)
        self._clear()
        self.near.start(_near(experiment, minimum))
        self._say(1, "computing…")
        self._ask_basins()

    def close_view(self) -> None:
        """Stop all that runs."""
        self.near.cancel()
        self.basins.cancel()
        self.near.close()
        self.basins.close()

    def _clear(self) -> None:
        self.surface = None
        self.heights.clear()
        for note in self.notes:
            note.setText("")
        self._clear_basins()

    def _clear_basins(self) -> None:
        self.basins.cancel()
        self.basin = None
        self.map.clear()
        for text in self.names:
            text.hide()

    def _ask_basins(self) -> None:
        census, minimum = self._census, self.minimum
        if census is None or minimum is None or self._experiment is None:
            return
        enough = len(census.minima) > 2
        self.basin_stack.setCurrentIndex(0 if enough else 1)
        if not enough:
            return
        ids = [minimum.id, *(int(combo.currentText()) for combo in self.others)]
        self._clear_basins()
        self.basins.start(_through(self._experiment, census, ids))

    def _replay(self) -> None:
        if self.minimum is not None:
            self.replayed.emit(self._census, self.minimum)

    # -- what has come -------------------------------------------------------------------------

    def _show_near(self, state: Any) -> None:
        if isinstance(state, _Weights):
            self.weights.set_layers(state.layers)
            self.weights.set_vector("weights", state.parameters)
            self.weights.set_vector("gradient", state.gradient)
            norm = float(np.linalg.norm(state.gradient))
            self._say(0, f"{len(state.parameters):,} parameters, gradient norm {norm:.2g}")
            return
        self.surface = state
        made = state.made
        self.heights.show_heights(made.along, made.across, state.colour, state.contours)
        self.heights.image.setLevels((0.0, 1.0))
        self.heights.bar.setLevels((0.0, 1.0))
        self.heights.bar.axis.setTicks([scale_of(made.values, True).ticks()])
        self.heights.show_path(np.zeros((1, 2)))
        values = made.plane.facts["eigenvalues"]
        self.notes[1].setToolTip(
            "over the plane of the Hessian's two main eigenvectors, the minimum in the middle"
        )
        self._say(1, f"eigenvalues {values[0]:.3g} and {values[1]:.3g} along the axes")

    @property
    def _mapped(self) -> bool:
        """Whether there is a map to show: a job that was cancelled may still tell of the last."""
        return self.minimum is not None and self.basin_stack.currentIndex() == 0

    def _show_basins(self, state: _Basins) -> None:
        if not self._mapped:
            return
        first = self.basin is None
        self.basin = state
        made = state.shown.made
        self.map.show_image(state.shown.image, made.window)
        if first:
            self.map.show_window(made.window)
        marks = []
        for (x, y), text, k in zip(state.places, self.names, state.ids, strict=True):
            colour = state.shown.colours.get(k, (1.0, 1.0, 1.0))
            marks.append(Mark(float(x), float(y), k == state.ids[0], colour))
            text.setText(str(k))
            text.setAnchor((0.5, 1.4))
            text.setPos(float(x), float(y))
            text.show()
        self.map.show_marks(marks)

    def _advance(self, share: float) -> None:
        if self._mapped and self.basins.running:
            self._say(2, f"a training a pixel, {share:.0%}; {self._mine()}")

    def _basins_ended(self, text: str) -> None:
        if not self._mapped:
            return
        if text:
            self._say(2, text)
        elif self.basin is not None:
            self._say(2, self._mine())

    def _mine(self) -> str:
        """Which shares of the map end in the minimum, and in none of the list."""
        if self.basin is None:
            return "none yet"
        shares = self.basin.shown.made.shares()
        none = sum(share for label, share in shares.items() if label < 0)
        k = self.basin.ids[0]
        return f"{shares.get(k, 0.0):.1%} ends in minimum {k}, {none:.1%} in none of the list"

    def _hover(self, x: float, y: float) -> None:
        made = self.basin.shown.made if self.basin is not None else None
        pixel = made.pixel(x, y) if made is not None else None
        if made is None or pixel is None:
            return
        label = int(made.label[pixel])
        end = LABELS.get(label) or f"minimum {label}, loss {made.minima[label].value:.5g}"
        self.map.plot.setToolTip(f"{end}, after {made.steps[pixel]:,} steps")

    def _whole(self) -> None:
        if self.basin is not None:
            self.map.show_window(self.basin.shown.made.window)

    def _say(self, panel: int, text: str) -> None:
        if text:
            self.notes[panel].setText(text)


def _near(experiment: Experiment, minimum: DistinctMinimum) -> Any:
    exact = experiment.replace(dtype="float64")

    def states(progress: Any, cancelled: Callable[[], bool]) -> Iterator[Any]:
        _, gradient = loss_and_gradient(exact, minimum.parameters)
        yield _Weights(Model(exact).layers, minimum.parameters, gradient)
        made = surface_around(experiment, minimum, cancelled=cancelled)
        if cancelled():
            return
        scale = scale_of(made.values, True)
        colour = np.where(np.isfinite(made.values), scale(made.values), np.nan)
        lines = contour_lines(made.along, made.across, colour, levels=_LEVELS)
        yield _Surface(made, colour, lines)

    return states


def _through(experiment: Experiment, census: Census, ids: list[int]) -> Any:
    def states(progress: Callable[[float], None], cancelled: Any) -> Iterator[_Basins]:
        for basin in basins_through(experiment, census, ids, _SIDE, progress, cancelled):
            for shown in painted(iter([basin.made])):
                yield _Basins(shown, basin.places, tuple(ids))

    return states


def _or_text(view: QWidget, text: str) -> QStackedWidget:
    """A view, and a text in its place (1) while there is nothing to see."""
    label = QLabel(text)
    label.setObjectName("viewNote")
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    stack = QStackedWidget()
    stack.addWidget(view)
    stack.addWidget(label)
    return stack


def _panel(title: str, view: QWidget, note: QLabel, extra: QWidget | None) -> QVBoxLayout:
    label = QLabel(title)
    label.setObjectName("viewTitle")
    head = QHBoxLayout()
    head.addWidget(label)
    if extra is not None:
        head.addWidget(extra)
    head.addStretch(1)
    note.setObjectName("viewNote")
    note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    note.setAlignment(Qt.AlignmentFlag.AlignTop)
    column = QVBoxLayout()
    column.setSpacing(1)
    column.addLayout(head)
    column.addWidget(view, 1)
    column.addWidget(note)
    return column
