"""A race as figures: the value over steps, and the steps until each tolerance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QGraphicsItem,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from ui.figure_table import figure_table
from ui.racing import TOLERANCES, Trace, lowest
from ui.surface_grid import thinned
from ui.symbols import colour, swatch
from ui.theme import style_plot, themes
from workbench.descents.surface import Surface
from workbench.numerals import ten_to

_DRAWN = 4000  # points of one curve
_LEAST = 1e-16  # on a logarithmic axis, what is no higher than the minimum


class _Cell(QTableWidgetItem):
    """A cell that sorts by its number; what was never reached comes last."""

    def __init__(self, text: str, key: float) -> None:
        super().__init__(text)
        self.key = key
        self.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def __lt__(self, other: object) -> bool:
        return isinstance(other, _Cell) and self.key < other.key


class RaceView(QWidget):
    """Curves and table of the traces that ``show_traces`` gets."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = pg.PlotWidget()
        item = self.plot.getPlotItem()
        item.setMenuEnabled(False)
        item.hideButtons()
        item.setLogMode(y=True)
        item.showGrid(x=True, y=True, alpha=0.15)
        item.setLabel("bottom", "step")
        for side in ("left", "bottom"):
            item.getAxis(side).enableAutoSIPrefix(False)
            # Painted anew only when the range changes, not with every descent.
            item.getAxis(side).setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        item.addLegend(offset=(-6, 6))
        self.here = pg.InfiniteLine(angle=90, movable=False)
        item.addItem(self.here)
        self.table = figure_table(len(TOLERANCES) + 2)
        across = self.table.horizontalHeader()
        assert across is not None
        across.setMinimumSectionSize(40)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.plot, "Value over steps")
        self.tabs.addTab(self.table, "Steps to tolerance")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tabs)
        self._curves: list[pg.PlotDataItem] = []
        self._traces: Sequence[Trace] = ()
        self._lowest: float | None = None
        self._range: tuple[float, float, float] | None = None
        themes.changed.connect(self._restyle)
        self._restyle()

    def show_traces(self, surface: Surface, traces: Sequence[Trace]) -> None:
        """Take over a race on ``surface``."""
        self._traces, self._lowest = traces, lowest(surface)
        self._draw_curves()
        self._fill_table()

    def set_step(self, step: int) -> None:
        """Show where the timeline is."""
        self.here.setValue(step)

    def base(self) -> float:
        """What the curves are above: the known global minimum, or the lowest value met."""
        if self._lowest is not None:
            return self._lowest
        met = [t.path[:, 2].min() for t in self._traces if len(t.path)]
        return float(min(met, default=0.0))

    def _draw_curves(self) -> None:
        item = self.plot.getPlotItem()
        known = self._lowest is not None
        text = "f − global minimum" if known else "f − lowest value met"
        if item.getAxis("left").labelText != text:
            item.setLabel("left", text)
        labels = [trace.racer.label for trace in self._traces]
        if [(c.opts["name"], c.racer) for c in self._curves] != [
            (label, trace.racer.number) for label, trace in zip(labels, self._traces, strict=True)
        ]:
            for curve in self._curves:
                item.removeItem(curve)
            self._curves = []
            for label, trace in zip(labels, self._traces, strict=True):
                curve = self.plot.plot([], [], name=label)
                curve.racer = trace.racer.number
                self._curves.append(curve)
            self._restyle()
        base = self.base()
        for curve, trace in zip(self._curves, self._traces, strict=True):
            rows = thinned(len(trace.path), _DRAWN)
            above = np.maximum(np.nan_to_num(trace.path[rows, 2] - base, posinf=1e300), _LEAST)
            curve.setData(rows, np.minimum(above, 1e300))
        if self._traces:
            self._fit(base)

    def _fit(self, base: float) -> None:
        """Look at all steps, and no higher than ten times the start: others have diverged."""
        firsts = [t.path[0, 2] for t in self._traces if len(t.path)]
        lasts = [t.path[:, 2].min() for t in self._traces if len(t.path)]
        high = np.log10(max(10.0 * (max(firsts, default=1.0) - base), _LEAST * 1e3))
        low = np.log10(max(min(lasts, default=0.0) - base, _LEAST))
        last = max(len(t.path) for t in self._traces)
        # In whole decades, so that it seldom changes while the start is dragged.
        wanted = (max(last - 1, 1), float(np.floor(low)), float(np.ceil(high)))
        if wanted != self._range:
            self._range = wanted
            box = self.plot.getPlotItem().getViewBox()
            box.setRange(xRange=(0, wanted[0]), yRange=wanted[1:], padding=0.02)

    def _fill_table(self) -> None:
        what = "f − f*" if self._lowest is not None else "|∇f|"
        heads = ["racer", *(f"≤ {ten_to(round(np.log10(t)))}" for t in TOLERANCES), "at last"]
        self.table.setHorizontalHeaderLabels(heads)
        tip = f"steps until {what} is within the tolerance for the first time; click to sort"
        for column in range(self.table.columnCount()):
            head = self.table.horizontalHeaderItem(column)
            assert head is not None
            head.setToolTip(tip if 0 < column <= len(TOLERANCES) else "click to sort")
        self.table.setSortingEnabled(False)
        self.table.setRowCount(len(self._traces))
        for row, trace in enumerate(self._traces):
            name = QTableWidgetItem(swatch(trace.racer.number), trace.racer.label)
            name.setToolTip(trace.racer.label)
            self.table.setItem(row, 0, name)
            for column, steps in enumerate(trace.reached(self._lowest), 1):
                cell = _Cell("–", np.inf) if steps is None else _Cell(f"{steps:,}", steps)
                self.table.setItem(row, column, cell)
            last = float(trace.path[-1, 2]) if len(trace.path) else np.nan
            diverged = trace.descent.diverged
            text = "diverged" if diverged else f"{last:.3g}"
            self.table.setItem(row, len(TOLERANCES) + 1, _Cell(text, np.inf if diverged else last))
        self.table.setSortingEnabled(True)

    def _restyle(self) -> None:
        style_plot(self.plot)
        for curve in self._curves:
            shade = colour(curve.racer)
            curve.setPen(pg.mkPen(shade, width=1.5))
        self.here.setPen(pg.mkPen(themes.now.faint, width=1, style=Qt.PenStyle.DashLine))
        item = self.plot.getPlotItem()
        if item.legend is not None:
            item.legend.setLabelTextSize("8pt")
        if self._traces:
            self._fill_table()
