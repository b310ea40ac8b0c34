"""A height over two coordinates as a coloured map with contour lines, and a path on it."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import QRectF
from PyQt6.QtWidgets import QGraphicsItem, QHBoxLayout, QWidget

from ui.theme import style_plot, themes

_PIXELS = 160


class HeightMap(QWidget):
    """Map, contour lines, path, start and end marks, and a colour bar."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = pg.PlotWidget()
        self.plot.setMinimumSize(180, 130)
        self.plot.setAspectLocked(True)
        item = self.plot.getPlotItem()
        item.setMenuEnabled(False)
        item.hideButtons()
        for side in ("left", "bottom"):
            item.getAxis(side).enableAutoSIPrefix(False)
            # Painted anew only when the range changes, not with every path.
            item.getAxis(side).setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.image = pg.ImageItem(axisOrder="row-major")
        self._lines = pg.PlotCurveItem(connect="finite")
        self.path = pg.PlotCurveItem()
        self._start = pg.ScatterPlotItem(symbol="o", size=9)
        self._end = pg.ScatterPlotItem(symbol="star", size=14)
        for part in (self.image, self._lines, self.path, self._start, self._end):
            item.addItem(part)
        self._colours = pg.colormap.get("viridis")
        self.bar = pg.ColorBarItem(
            colorMap=self._colours, interactive=False, width=10, values=(0.0, 1.0)
        )
        self.bar.axis.setWidth(46)
        self.bar.axis.enableAutoSIPrefix(False)
        self.bar.axis.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.bar.setImageItem(self.image, insert_in=item)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot)
        themes.changed.connect(self._restyle)
        self._restyle()

    def clear(self) -> None:
        """Show nothing."""
        self.image.clear()
        self._lines.setData([], [])
        self.show_path(np.empty((0, 2)))

    def show_heights(
        self,
        x: np.ndarray,
        y: np.ndarray,
        height: np.ndarray,
        contours: np.ndarray,
        follow: bool = True,
    ) -> None:
        """``height`` (len(y), len(x)) over evenly spaced x and y, ``contours`` (m, 2).

        ``follow`` shows all of it, and nothing else; without it the view stays as it is.
        """
        finite = height[np.isfinite(height)]
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
        high = high if high > low else low + 1e-9
        shown = _smooth(np.nan_to_num(height, nan=high, posinf=high))
        self.image.setImage(shown, levels=(low, high))
        self.bar.setLevels((low, high))
        dx, dy = (x[-1] - x[0]) / (shown.shape[1] - 1), (y[-1] - y[0]) / (shown.shape[0] - 1)
        area = QRectF(x[0] - dx / 2, y[0] - dy / 2, x[-1] - x[0] + dx, y[-1] - y[0] + dy)
        self.image.setRect(area)
        self._lines.setData(contours[:, 0], contours[:, 1])
        if follow:
            self.plot.setRange(area, padding=0.0)

    def show_path(self, points: np.ndarray) -> None:
        """``points`` (m, 2) in order; the first and the last are marked."""
        self.path.setData(points[:, 0], points[:, 1])
        self._start.setData(points[:1, 0], points[:1, 1])
        self._end.setData(points[-1:, 0], points[-1:, 1])

    def _restyle(self) -> None:
        theme = themes.now
        style_plot(self.plot)
        self.bar.axis.setPen(pg.mkPen(theme.faint))
        self.bar.axis.setTextPen(pg.mkPen(theme.text))
        self._lines.setPen(pg.mkPen((255, 255, 255, 70), width=1))
        # A dark rim keeps path and marks readable on every colour of the map.
        self.path.setPen(pg.mkPen(theme.path, width=2))
        self.path.setShadowPen(pg.mkPen((0, 0, 0, 140), width=4))
        for marks in (self._start, self._end):
            marks.setBrush(pg.mkBrush("white"))
            marks.setPen(pg.mkPen("black"))


def _smooth(height: np.ndarray) -> np.ndarray:
    """Coarse grids interpolated linearly to at least _PIXELS a side, so that no blocks show."""
    for axis in (0, 1):
        n = height.shape[axis]
        if n < _PIXELS:
            at = np.linspace(0, n - 1, _PIXELS)
            below = np.minimum(at.astype(int), n - 2)
            share = np.expand_dims(at - below, 1 - axis)
            low, high = np.take(height, below, axis), np.take(height, below + 1, axis)
            height = low + share * (high - low)
    return height
