"""Beside a trainability map: what its colours mean, and the fit of its boundary's dimension."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from ui.log_axis import LogAxis
from ui.theme import style_plot, themes
from workbench.maps.box_counting import Dimension


def spectral() -> np.ndarray:
    """The colours from -1 (diverged slowest) to 1 (converged slowest), uint8 (256, 3)."""
    from matplotlib import colormaps

    table = colormaps["Spectral"](np.linspace(0.0, 1.0, 256))[:, :3]
    return np.asarray(np.round(255 * table), np.uint8)


class FitPlot(QWidget):
    """Boxes that hold boundary over their size, both logarithmic, with the fitted line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        axes = {side: LogAxis(side) for side in ("left", "bottom")}
        self.plot = pg.PlotWidget(axisItems=axes)
        self.plot.setMinimumSize(180, 150)
        item = self.plot.getPlotItem()
        item.setMenuEnabled(False)
        item.hideButtons()
        item.setMouseEnabled(False, False)
        item.setLogMode(x=True, y=True)
        item.showGrid(x=True, y=True, alpha=0.15)
        item.setLabel("bottom", "side of a box in pixels")
        item.setLabel("left", "boxes with boundary")
        for side in ("left", "bottom"):
            item.getAxis(side).enableAutoSIPrefix(False)
        self.points = self.plot.plot([], [], pen=None, symbol="o", symbolSize=7)
        self.line = self.plot.plot([], [])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot)
        themes.changed.connect(self._restyle)
        self._restyle()

    def show_fit(self, found: Dimension | None) -> None:
        """Take over counts and line; nothing with None."""
        if found is None or not len(found.sizes):
            self.points.setData([], [])
            self.line.setData([], [])
            return
        self.points.setData(found.sizes, found.counts)
        if found.value == found.value:
            self.line.setData(found.sizes, np.exp(found.intercept) * found.sizes**-found.value)
        else:
            self.line.setData([], [])
        self.plot.getPlotItem().autoRange(padding=0.1)

    def _restyle(self) -> None:
        style_plot(self.plot)
        self.points.setSymbolBrush(pg.mkBrush(themes.now.train))
        self.points.setSymbolPen(None)
        self.line.setPen(pg.mkPen(themes.now.test, width=1.5))


class SpeedLegend(QWidget):
    """The two scales of colour, with what their ends mean."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table: np.ndarray | None = None
        self.setMinimumHeight(3 * self.fontMetrics().lineSpacing() + 18)
        self.setAccessibleName("red to yellow: diverged; green to blue: converged")

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """A bar each: diverged on the left, converged on the right."""
        if self._table is None:
            self._table = spectral()
        painter = QPainter(self)
        half, line = self.width() / 2, self.fontMetrics().lineSpacing()
        for left, title, ends, span in (
            (0.0, "diverged", ("slowest", "fastest"), (0, 95)),
            (half, "converged", ("fastest", "slowest"), (160, 255)),
        ):
            bar = QRectF(left + 2, line + 2, half - 8, 12)
            ramp = QLinearGradient(bar.topLeft(), QPointF(bar.right(), bar.top()))
            for k in range(11):
                rgb = self._table[span[0] + (span[1] - span[0]) * k // 10]
                ramp.setColorAt(k / 10, QColor(*(int(v) for v in rgb)))
            painter.fillRect(bar, ramp)
            painter.setPen(QPen(QColor(themes.now.text)))
            painter.drawText(
                QRectF(bar.left(), 0, bar.width(), line), Qt.AlignmentFlag.AlignHCenter, title
            )
            below = QRectF(bar.left(), bar.bottom() + 2, bar.width(), line)
            painter.setPen(QPen(QColor(themes.now.faint)))
            painter.drawText(below, Qt.AlignmentFlag.AlignLeft, ends[0])
            painter.drawText(below, Qt.AlignmentFlag.AlignRight, ends[1])
        painter.end()
