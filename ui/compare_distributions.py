"""The distributions of a comparison as they fill up, and single starts to replay."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ui.compare_plots import BarsPlot, DistributionPlot, SpotsPlot
from ui.figure_table import figure_table
from ui.maps_basins import swatch
from ui.number_edit import NumberEdit
from workbench.comparison.colours import colour_of
from workbench.comparison.tally import LOSSES, Tally, histogram
from workbench.comparison.watch import Watched

_HEADS = ["initializer", "starts", "diverged", "lowest loss", "median loss", "reached"]
_ROWS = 5  # cases that the table shows without scrolling


class DistributionsView(QWidget):
    """``replayed(case, start)`` follows a click on a start, or what was typed as its number."""

    replayed = pyqtSignal(int, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = figure_table(len(_HEADS))
        self.table.setAccessibleName("the compared")
        self.bars = BarsPlot("final training loss", "share of starts")
        self.losses = DistributionPlot("final training loss", "share of starts below")
        self.steps = DistributionPlot("steps until the loss is there", "share of starts")
        self.spots = SpotsPlot()
        self.tolerance = QComboBox()
        self.tolerance.setObjectName("compare.tolerance")
        self.tolerance.setToolTip("the loss that has to be reached")
        self.case = QComboBox()
        self.case.setObjectName("compare.case")
        self.case.setToolTip("which initializer's start to replay")
        self.start = NumberEdit(0, whole=True)
        self.start.setObjectName("compare.start")
        self.start.setToolTip("which start to replay; Enter replays it")
        self.start.setMaximumWidth(90)
        self.replay = QPushButton("&Replay")
        self.replay.setToolTip("carry out this start on the page of runs (Alt+R)")
        self.note = QLabel("")
        self.note.setObjectName("viewNote")
        self._held: tuple[Tally, ...] = ()
        self._labels: list[str] = []
        self._lay_out()
        self.tolerance.activated.connect(lambda _: self._show_steps())
        self.spots.chosen.connect(self.replayed)
        self.replay.clicked.connect(self._typed)
        self.start.returnPressed.connect(self._typed)

    def _lay_out(self) -> None:
        row = self.table.verticalHeader()
        head = self.table.horizontalHeader()
        assert row is not None
        assert head is not None
        self.table.setFixedHeight(_ROWS * row.defaultSectionSize() + head.sizeHint().height() + 4)
        grid = QGridLayout()
        grid.setSpacing(4)
        replay = QWidget()
        line = QHBoxLayout(replay)
        line.setContentsMargins(0, 0, 0, 0)
        for widget in (self.case, self.start, self.replay):
            line.addWidget(widget)
        self.panels = {
            "the histogram": _titled("Final loss", self.bars),
            "the loss distributions": _titled("Its distribution function", self.losses),
            "the step distributions": _titled("Steps to a loss of", self.steps, self.tolerance),
            "the single starts": _titled("Single starts: click one", self.spots, replay),
        }
        for k, panel in enumerate(self.panels.values()):
            grid.addWidget(panel, k // 2, k % 2)
        for k in (0, 1):
            grid.setRowStretch(k, 1)
            grid.setColumnStretch(k, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 4, 6, 4)
        column.setSpacing(4)
        column.addWidget(self.table)
        column.addLayout(grid, 1)
        column.addWidget(self.note)

    def open(self, watched: Watched) -> None:
        """Begin anew with another comparison."""
        plan = watched.comparison.plan
        self._labels = [case.label for case in plan.cases]
        self._held = ()
        for plot in (self.bars, self.losses, self.steps):
            plot.set_cases(len(self._labels))
        self.spots.name_cases(self._labels)
        self.tolerance.clear()
        self.tolerance.addItems([f"{t:g}" for t in plan.tolerances])
        self.case.clear()
        self.case.addItems(self._labels)
        self.table.setRowCount(len(self._labels))
        for k, label in enumerate(self._labels):
            cell = QTableWidgetItem(swatch(_rgb(colour_of(k))), label)
            cell.setToolTip(label)
            self.table.setItem(k, 0, cell)
            for c in range(1, len(_HEADS)):
                figure = QTableWidgetItem("")
                figure.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(k, c, figure)
        self.update_from(watched)

    def update_from(self, watched: Watched) -> None:
        """Show what has been counted by now."""
        if watched.tallies is self._held:
            return
        self._held = watched.tallies
        losses = [t.loss for t in self._held]
        self.bars.show_bars(histogram(losses))
        self.losses.show_counts(losses)
        self.spots.show_samples(self._held)
        self._show_steps()
        below = sum(t.loss.below for t in self._held)
        shown = sum(len(t.sample) for t in self._held)
        total = sum(t.starts for t in self._held)
        words = [f"{total:,} ends counted; of single starts {min(shown, total):,} are held"]
        if below:
            words.append(f"{below:,} losses are below 1e{LOSSES.low}, left of every axis")
        self.note.setText("; ".join(words))

    def _show_steps(self) -> None:
        if not self._held:
            return
        k, tolerance, head = self.tolerance.currentIndex(), None, _HEADS[-1]
        if k >= 0:
            tolerance = list(self._held[0].steps_to)[k]
            self.steps.show_counts([t.steps_to[tolerance] for t in self._held])
            head += f" {tolerance:g}"
        self.table.setHorizontalHeaderLabels([*_HEADS[:-1], head])
        for row, tally in enumerate(self._held):
            self._fill_row(row, tally, tolerance)

    def _fill_row(self, row: int, tally: Tally, tolerance: float | None) -> None:
        reached = "–"
        if tolerance is not None and tally.starts:
            share = (tally.starts - tally.steps_to[tolerance].never) / tally.starts
            reached = f"{share:.1%}"
        texts = (
            f"{tally.starts:,}",
            f"{tally.failed:,}",
            f"{tally.least:.4g}" if np.isfinite(tally.least) else "–",
            f"{tally.loss.quantile(0.5):.3g}" if tally.starts else "–",
            reached,
        )
        for column, text in enumerate(texts, 1):
            cell = self.table.item(row, column)
            assert cell is not None
            cell.setText(text)

    def _typed(self) -> None:
        if self._labels:
            self.replayed.emit(self.case.currentIndex(), self.start.value())

    def csv(self) -> bytes:
        """The counted distributions as a table; empty before there are any."""
        if not self._held:
            return b""
        from workbench.comparison.tables import tallies_csv

        return tallies_csv(self._labels, self._held).encode()


def _titled(text: str, plot: QWidget, extra: QWidget | None = None) -> QWidget:
    title = QLabel(text)
    title.setObjectName("viewTitle")
    head = QHBoxLayout()
    head.addWidget(title)
    if extra is not None:
        head.addWidget(extra)
    head.addStretch(1)
    panel = QWidget()
    column = QVBoxLayout(panel)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(1)
    column.addLayout(head)
    column.addWidget(plot, 1)
    return panel


def _rgb(text: str) -> tuple[float, float, float]:
    colour = QColor(text)
    return colour.redF(), colour.greenF(), colour.blueF()
