"""The map of a plane: the path with a mark per checkpoint, minima and saddles, named points."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import QEvent, QObject, QPointF, Qt, pyqtSignal
from PyQt6.QtGui import QFontMetricsF
from PyQt6.QtWidgets import QToolTip, QWidget

from ui.heightmap import HeightMap
from ui.plane_frame import Frame
from ui.surface_grid import Area
from workbench.landscape import Feature, Fit

_REACH = 14.0  # pixels from the mouse within which a point of the path answers
_NAMES = 8  # named points that have room
# Symbol, size, colour and what the legend says, by kind of feature.
FEATURES = {
    "global minimum": ("star", 16, "#ffe680", "★"),
    "minimum": ("x", 10, "#ffffff", "✕"),
    "saddle": ("d", 10, "#e59ac4", "◆"),
    "lowest": ("t", 10, "#ffe680", "▼"),
}
LEGEND = {"lowest": "lowest shown", "minimum": "local minimum"}


class PlaneMap(HeightMap):
    """``looked(area)`` follows zooming and panning by the user, ``fitted()`` a double click,
    ``reshaped()`` another size of the picture."""

    looked = pyqtSignal(object)
    fitted = pyqtSignal()
    reshaped = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        item = self.plot.getPlotItem()
        self._box = item.getViewBox()
        self.stops = pg.ScatterPlotItem(size=5)
        self.features = pg.ScatterPlotItem()
        self.named = pg.ScatterPlotItem(symbol="s", size=9)
        for z, part in ((11, self.stops), (14, self.features), (16, self.named)):
            part.setZValue(z)
            item.addItem(part)
        for z, part in ((5, self._lines), (10, self.path), (12, self._start), (13, self._end)):
            part.setZValue(z)
        self._end.setSymbol("h")  # the star is the lowest minimum's
        self._names = [
            pg.TextItem(color="white", fill=(0, 0, 0, 150), anchor=(0.5, 1.3))
            for _ in range(_NAMES)
        ]
        for text in self._names:
            text.setZValue(17)
            text.hide()
            item.addItem(text, ignoreBounds=True)
        self._fit: Fit | None = None
        self._contours = np.empty((0, 2))
        self._box.sigRangeChangedManually.connect(lambda _: self.looked.emit(self.area()))
        self._box.sigResized.connect(lambda _: self.reshaped.emit())
        self.plot.viewport().installEventFilter(self)
        self.plot.scene().sigMouseMoved.connect(self._hover)
        self.plot.setAccessibleName("map of the plane")
        self._restyle_stops()

    def clear(self) -> None:
        """Show nothing."""
        super().clear()
        self._fit = None
        self._contours = np.empty((0, 2))
        for side in ("bottom", "left"):
            self.plot.getPlotItem().setLabel(side, "")
        self.bar.axis.setTicks([[]])
        for part in (self.stops, self.features, self.named):
            part.setData([], [])
        for text in self._names:
            text.hide()

    def area(self) -> Area:
        """What is looked at."""
        (x_low, x_high), (y_low, y_high) = self._box.viewRange()
        return x_low, x_high, y_low, y_high

    @property
    def ratio(self) -> float:
        """The picture's width over its height, in steps that a border's pixel does not change."""
        width, height = max(self._box.width(), 1.0), max(self._box.height(), 1.0)
        return round(float(np.clip(width / height, 0.2, 5.0)), 2)

    def show_frame(self, frame: Frame, marks: bool, follow: bool) -> None:
        """A finished picture; ``follow`` looks at all of it."""
        grid = frame.grid
        if frame.contours is not None:
            self._contours = frame.contours
        self.show_heights(grid.along, grid.across, frame.colour, self._contours, follow)
        self.image.setLevels((0.0, 1.0))
        self.bar.setLevels((0.0, 1.0))
        self.bar.axis.setTicks([frame.scale.ticks()])
        # Axes are painted anew at each of these calls, so they are made where something changes.
        item = self.plot.getPlotItem()
        for side, text in zip(("bottom", "left"), grid.plane.axes, strict=True):
            axis = item.getAxis(side)
            room = self._box.width() if side == "bottom" else self._box.height()
            metrics = QFontMetricsF(axis.label.font())
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
            if axis.labelText != text:
                item.setLabel(side, text)
                axis.resizeEvent(None)  # else the label stands where one of the former length did
        self._fit = grid.fit if _on_run(frame) else None
        stops = grid.path if self._fit is not None else np.empty((0, 2))
        self.stops.setData(stops[:, 0], stops[:, 1])
        self.show_path(grid.path)
        self.show_features(grid.features if marks else ())
        self.named.setData(*np.array([at for _, at in grid.marks]).reshape(-1, 2).T)
        for k, text in enumerate(self._names):
            text.setVisible(k < len(grid.marks))
            if k < len(grid.marks):
                text.setText(grid.marks[k][0])
                text.setAnchor((0.5, -0.3 if k % 2 else 1.3))
                text.setPos(*grid.marks[k][1])

    def show_features(self, features: tuple[Feature, ...]) -> None:
        """Mark minima and saddles."""
        looks = [FEATURES[f.kind] for f in features]
        self.features.setData(
            pos=np.array([(f.x, f.y) for f in features]).reshape(-1, 2),
            symbol=[look[0] for look in looks],
            size=[look[1] for look in looks],
            brush=[pg.mkBrush(look[2]) for look in looks],
            pen=pg.mkPen("black", width=1.0),
        )

    def readout(self, x: float, y: float) -> str:
        """What is known about the path's point that is nearest to (x, y); empty where none is."""
        fit = self._fit
        if fit is None:
            return ""
        dx, dy = self._box.viewPixelSize()
        off = np.hypot((fit.shown[:, 0] - x) / dx, (fit.shown[:, 1] - y) / dy)
        k = int(np.argmin(off))
        if not off[k] <= _REACH:
            return ""
        return (
            f"{fit.path.name} {fit.path.places[k]:,g}\n"
            f"{fit.distance[k]:.3g} off the plane\n"
            f"true loss {fit.loss[k]:.5g}\n"
            f"the plane's loss {fit.loss_plane[k]:.5g}"
        )

    def _hover(self, place: QPointF) -> None:
        if not self._box.sceneBoundingRect().contains(place):
            return
        at = self._box.mapSceneToView(place)
        text = self.readout(at.x(), at.y())
        if text:
            where = self.plot.mapToGlobal(self.plot.mapFromScene(place))
            QToolTip.showText(where, text, self.plot)
        else:
            QToolTip.hideText()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """A double click looks at all of the path again."""
        if event is not None and event.type() == QEvent.Type.MouseButtonDblClick:
            self.fitted.emit()
            return True
        return super().eventFilter(watched, event)

    def _restyle(self) -> None:
        super()._restyle()
        if hasattr(self, "stops"):
            self._restyle_stops()

    def _restyle_stops(self) -> None:
        self.stops.setBrush(pg.mkBrush(255, 255, 255, 200))
        self.stops.setPen(pg.mkPen((0, 0, 0, 160), width=0.7))
        self.named.setBrush(pg.mkBrush("white"))
        self.named.setPen(pg.mkPen("black"))


def _on_run(frame: Frame) -> bool:
    """Whether the path is one of measured points, not the single one of planes without a path."""
    return len(frame.grid.path) > 1 or frame.grid.fit.path.name == "step"
