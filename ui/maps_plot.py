"""A map of pixels over a window of the plane: zoomed by dragging a rectangle or by the wheel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QGraphicsItem, QVBoxLayout, QWidget

from ui.theme import style_plot, themes
from workbench.errors import BadValue
from workbench.maps.pixels import Window

_LEAST_PIXELS = 6  # a rectangle that is thinner was a click
_SETTLE_MS = 250  # the wheel turns several times in a row


class Mark(NamedTuple):
    """A point that is known: ``deep`` ones are drawn as stars."""

    x: float
    y: float
    deep: bool
    colour: tuple[float, float, float]


class _Box(pg.ViewBox):
    """Drags of the left button draw a rectangle."""

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.setMouseMode(self.RectMode)

    def showAxRect(self, ax: QRectF, **options: Any) -> None:
        """Look at a rectangle, unless it is too thin to have been meant."""
        width, height = self.viewPixelSize()
        if abs(ax.width()) < _LEAST_PIXELS * width or abs(ax.height()) < _LEAST_PIXELS * height:
            return
        options.setdefault("padding", 0.0)
        super().showAxRect(ax, **options)


class MapPlot(QWidget):
    """``zoomed(Window)`` follows rectangles and the wheel, ``all_wanted`` a double click or Home,
    ``hovered(x, y)`` and ``clicked(x, y)`` the mouse within the axes."""

    zoomed = pyqtSignal(object)
    all_wanted = pyqtSignal()
    hovered = pyqtSignal(float, float)
    clicked = pyqtSignal(float, float)

    def __init__(self, what: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._box = _Box()
        self.plot = pg.PlotWidget(viewBox=self._box)
        self.plot.setMinimumSize(220, 180)
        self.plot.setToolTip(
            "drag a rectangle or turn the wheel to zoom; double-click for the whole"
        )
        self.plot.setAccessibleName(what)
        item = self.plot.getPlotItem()
        item.hideButtons()
        item.setContentsMargins(0, 8, 12, 0)  # the outermost numbers stand half outside the axes
        for side in ("left", "bottom"):
            item.getAxis(side).enableAutoSIPrefix(False)
            item.getAxis(side).setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.image = pg.ImageItem(axisOrder="row-major")
        self.path = pg.PlotCurveItem(connect="finite")
        self.marks = pg.ScatterPlotItem()
        self.ends = pg.ScatterPlotItem()
        for z, part in ((0, self.image), (5, self.path), (8, self.marks), (10, self.ends)):
            part.setZValue(z)
            item.addItem(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._tell_zoomed)
        self._box.sigRangeChangedManually.connect(lambda *_: self._settle.start())
        scene = self.plot.scene()
        scene.sigMouseClicked.connect(self._clicked)
        scene.sigMouseMoved.connect(self._hover)
        self.plot.installEventFilter(self)
        self.plot.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocusProxy(self.plot)
        themes.changed.connect(self._restyle)
        self._restyle()

    # -- what is shown -------------------------------------------------------------------------

    def set_labels(self, x: str, y: str) -> None:
        """Name the axes."""
        self.plot.setLabel("bottom", x)
        self.plot.setLabel("left", y)

    def show_window(self, window: Window) -> None:
        """Look at ``window``, without telling anyone."""
        self._settle.stop()
        x_low, x_high, y_low, y_high = window.sides
        self._box.setRange(xRange=(x_low, x_high), yRange=(y_low, y_high), padding=0.0)

    def show_image(self, image: np.ndarray, window: Window) -> None:
        """Show uint8 (n_y, n_x, 3); the window's borders are the outermost pixels' centres."""
        n_y, n_x = image.shape[:2]
        x_low, x_high, y_low, y_high = window.sides
        dx, dy = (x_high - x_low) / (n_x - 1), (y_high - y_low) / (n_y - 1)
        self.image.setImage(image, levels=(0, 255))
        self.image.setRect(
            QRectF(x_low - dx / 2, y_low - dy / 2, x_high - x_low + dx, y_high - y_low + dy)
        )

    def clear(self) -> None:
        """Show nothing."""
        self.image.clear()
        self.show_marks([])
        self.show_path(np.empty((0, 2)))

    def show_marks(self, marks: Sequence[Mark]) -> None:
        """Show points that are known, the deep ones above the others."""
        order = sorted(marks, key=lambda mark: mark.deep)
        self.marks.setData(
            pos=np.array([mark[:2] for mark in order]).reshape(-1, 2),
            symbol=["star" if mark.deep else "o" for mark in order],
            size=[16 if mark.deep else 9 for mark in order],
            brush=[pg.mkBrush(*(round(255 * v) for v in mark.colour)) for mark in order],
            pen=pg.mkPen("black", width=1.2),
        )

    def show_path(self, points: np.ndarray) -> None:
        """``points`` (m, 2) in order; the first and the last are marked."""
        w = self.window_shown()
        reach = np.array([w.x_high - w.x_low, w.y_high - w.y_low]) * 1e3
        middle = np.array([w.x_high + w.x_low, w.y_high + w.y_low]) / 2
        near = np.clip(points, middle - reach, middle + reach)
        self.path.setData(near[:, 0], near[:, 1])
        ends = near[[0, -1]] if len(near) else near
        self.ends.setData(
            pos=ends,
            symbol=["o", "x"][: len(ends)],
            size=10,
            brush=pg.mkBrush("white"),
            pen=pg.mkPen("black", width=1.5),
        )

    def window_shown(self) -> Window:
        """What is looked at."""
        (x_low, x_high), (y_low, y_high) = self._box.viewRange()
        return Window(float(x_low), float(x_high), float(y_low), float(y_high))

    # -- what the user does --------------------------------------------------------------------

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """+ and - zoom, Home shows the whole."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = Qt.Key(event.key())
            if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
                factor = 1.6 if key == Qt.Key.Key_Minus else 1 / 1.6
                self._box.scaleBy((factor, factor))
                self._settle.start()
            elif key == Qt.Key.Key_Home:
                self.all_wanted.emit()
            else:
                return super().eventFilter(watched, event)
            return True
        return super().eventFilter(watched, event)

    def _tell_zoomed(self) -> None:
        try:
            self.zoomed.emit(self.window_shown())
        except BadValue:
            self.all_wanted.emit()  # zoomed past what numbers can tell apart

    def _inside(self, place: QPointF) -> QPointF | None:
        if not self._box.sceneBoundingRect().contains(place):
            return None
        at: QPointF = self._box.mapSceneToView(place)
        return at

    def _clicked(self, event: Any) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        at = self._inside(event.scenePos())
        if at is None:
            return
        if event.double():
            self.all_wanted.emit()
        else:
            self.clicked.emit(at.x(), at.y())

    def _hover(self, place: QPointF) -> None:
        at = self._inside(place)
        if at is not None:
            self.hovered.emit(at.x(), at.y())

    def _restyle(self) -> None:
        style_plot(self.plot)
        # White on a dark rim is seen on every colour of a map.
        self.path.setPen(pg.mkPen("white", width=2))
        self.path.setShadowPen(pg.mkPen((0, 0, 0, 200), width=4))
