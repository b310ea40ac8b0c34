"""The map of a surface: heights, contour lines, -gradient, minima, paths and the start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import QEvent, QObject, QPointF, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QWidget

from ui.heightmap import HeightMap
from ui.surface_grid import Area, Grid, arrow_lines, thinned
from ui.symbols import SYMBOLS, map_colour
from workbench.surface import Surface

_MARKED = 300  # steps of a path that get a mark of their own
_CLOSEST, _FARTHEST = 1e-8, 1e4  # widths that can be looked at, in those of the domain
_SETTLE_MS = 20
_CROWDED = 40  # minima from which on their marks are small
_PIXELS_PER_CELL, _PIXELS_PER_ARROW = 3, 32
_KEYS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


@dataclass
class _Drawn:
    """The items that show one path: what is still to come is thin, what was walked is not."""

    whole: pg.PlotCurveItem
    walked: pg.PlotCurveItem
    marks: pg.ScatterPlotItem
    here: pg.ScatterPlotItem

    def parts(self) -> tuple[Any, ...]:
        return self.whole, self.walked, self.marks, self.here


class SurfaceMap(HeightMap):
    """``area_changed`` follows zooming and panning, ``start_moved(x, y)`` clicks and drags,
    ``hovered(x, y)`` the mouse."""

    area_changed = pyqtSignal()
    start_moved = pyqtSignal(float, float)
    hovered = pyqtSignal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        item = self.plot.getPlotItem()
        self._box = item.getViewBox()
        self.bar.axis.setWidth(56)
        item.setLabel("bottom", "x")
        item.setLabel("left", "y")
        self.field = pg.PlotCurveItem(connect="finite")
        self.minima = pg.ScatterPlotItem()
        self.arrows = [pg.PlotCurveItem(connect="finite") for _ in range(3)]
        self.start = pg.TargetItem((0.0, 0.0), size=15, symbol="o", movable=True)
        for z, part in ((5, self.field), (8, self.minima), (30, self.start)):
            part.setZValue(z)
            item.addItem(part)
        for part in self.arrows:
            part.setZValue(25)
            item.addItem(part)
        self._drawn: list[_Drawn] = []
        self._domain: Area = (0.0, 1.0, 0.0, 1.0)
        self._quiet = False
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self.area_changed)
        self._box.sigRangeChanged.connect(self._range_changed)
        self.start.sigPositionChanged.connect(self._start_dragged)
        self.plot.scene().sigMouseClicked.connect(self._clicked)
        self.plot.scene().sigMouseMoved.connect(self._hover)
        self.plot.installEventFilter(self)
        self.plot.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.plot.setAccessibleName("map of the surface")
        self.setFocusProxy(self.plot)
        self._restyle_map()

    # -- what is shown -------------------------------------------------------------------------

    def show_surface(self, surface: Surface) -> None:
        """Look at the domain of another surface; its heights come by ``show_grid``."""
        self.clear()
        self._domain = surface.domain
        x_low, x_high, y_low, y_high = surface.domain
        width, height = x_high - x_low, y_high - y_low
        # With one unit for both axes a gradient is at right angles to its contour line, but a
        # domain that is long and thin would not be seen.
        self.plot.setAspectLocked(0.25 <= width / height <= 4.0)
        self._box.setLimits(
            minXRange=_CLOSEST * width,
            maxXRange=_FARTHEST * width,
            minYRange=_CLOSEST * height,
            maxYRange=_FARTHEST * height,
        )
        found = np.array(surface.minima, np.float64).reshape(-1, 4)
        deepest = found[:, 3] > 0
        crowded = len(found) > _CROWDED
        # The global ones last: they must not lie below the others.
        order = np.argsort(deepest, kind="stable")
        self.minima.setData(
            pos=found[order, :2],
            symbol=["star" if d else "x" for d in deepest[order]],
            size=np.where(deepest[order], 15, 6 if crowded else 10),
            brush=[pg.mkBrush("#ffe680" if d else "#ffffff") for d in deepest[order]],
            pen=pg.mkPen("black", width=0.7 if crowded else 1.0),
        )
        self.field.setData([], [])
        self.show_paths([])
        self.show_step([])
        self.show_all()

    def show_all(self) -> None:
        """Look at the whole domain."""
        x_low, x_high, y_low, y_high = self._domain
        self.plot.setRange(xRange=(x_low, x_high), yRange=(y_low, y_high), padding=0.0)

    def show_grid(self, grid: Grid) -> None:
        """Heights, contour lines and arrows of what is looked at, or was a moment ago."""
        self.show_heights(grid.x, grid.y, grid.colour, grid.contours, follow=False)
        self.image.setLevels((0.0, 1.0))
        self.bar.setLevels((0.0, 1.0))
        self.bar.axis.setTicks([grid.scale.ticks()])
        self.field.setData(grid.arrows[:, 0], grid.arrows[:, 1])

    def area(self) -> Area:
        """What is looked at."""
        (x_low, x_high), (y_low, y_high) = self._box.viewRange()
        return x_low, x_high, y_low, y_high

    def shape(self) -> tuple[int, int]:
        """Columns and rows of a grid that suits the picture's size."""
        return self._count(_PIXELS_PER_CELL, 40, 260)

    def arrow_count(self) -> tuple[int, int]:
        """How many arrows of -gradient have room along each axis."""
        return self._count(_PIXELS_PER_ARROW, 5, 40)

    def _count(self, pixels: int, least: int, most: int) -> tuple[int, int]:
        width, height = self._box.width(), self._box.height()
        return (
            int(np.clip(width / pixels, least, most)),
            int(np.clip(height / pixels, least, most)),
        )

    def set_start(self, x: float, y: float) -> None:
        """Show the start there, without telling anyone."""
        self._quiet = True
        self.start.setPos((x, y))
        self._quiet = False

    def show_paths(self, paths: list[tuple[np.ndarray, int]], step: int | None = None) -> None:
        """Paths (m, ≥ 2), each with its racer's number; walked until ``step`` (None: the end)."""
        while len(self._drawn) < len(paths):
            self._drawn.append(self._new_drawn(len(self._drawn)))
        for drawn in self._drawn[len(paths) :]:
            for part in drawn.parts():
                part.setData([], [])
        for drawn, (path, racer) in zip(self._drawn, paths, strict=False):
            self._style(drawn, racer)
            points = self._near(path[:, :2])
            last = len(points) - 1 if step is None else min(step, len(points) - 1)
            walked = points[: last + 1]
            drawn.whole.setData(points[:, 0], points[:, 1])
            drawn.walked.setData(walked[:, 0], walked[:, 1])
            few = walked[thinned(len(walked), _MARKED)]
            drawn.marks.setData(few[:, 0], few[:, 1])
            drawn.here.setData(walked[-1:, 0], walked[-1:, 1])

    def show_step(self, arrows: list[tuple[np.ndarray, np.ndarray, str]]) -> None:
        """Up to three arrows at the present step: each a foot (2,), a step (2,) and a colour."""
        area = self.area()
        unit = (area[1] - area[0]) / 12.0, (area[3] - area[2]) / 12.0
        for k, part in enumerate(self.arrows):
            if k >= len(arrows) or not np.isfinite(arrows[k][1]).all():
                part.setData([], [])
                continue
            foot, step, colour = arrows[k]
            scaled = self._near(step[None]) / unit
            length = np.hypot(*scaled.T)
            lines = arrow_lines(foot[None], scaled, unit, np.maximum(length, 1e-12))
            part.setData(lines[:, 0], lines[:, 1])
            style = Qt.PenStyle.DashLine if k == 1 else Qt.PenStyle.SolidLine
            part.setPen(pg.mkPen(colour, width=2.5, style=style))
            part.setShadowPen(pg.mkPen((0, 0, 0, 170), width=4.5))

    def _new_drawn(self, k: int) -> _Drawn:
        drawn = _Drawn(
            pg.PlotCurveItem(),
            pg.PlotCurveItem(),
            pg.ScatterPlotItem(size=7),
            pg.ScatterPlotItem(size=13),
        )
        for z, part in zip((10, 12, 14, 20), drawn.parts(), strict=True):
            part.setZValue(z + 0.1 * k)
            self.plot.getPlotItem().addItem(part)
        return drawn

    def _style(self, drawn: _Drawn, racer: int) -> None:
        if getattr(drawn, "racer", None) == racer:
            return
        drawn.racer = racer  # type: ignore[attr-defined]
        shade = map_colour(racer)
        drawn.whole.setPen(pg.mkPen(shade, width=1))
        drawn.walked.setPen(pg.mkPen(shade, width=2))
        drawn.walked.setShadowPen(pg.mkPen((0, 0, 0, 150), width=4))
        for marks, rim in ((drawn.marks, 0.5), (drawn.here, 1.2)):
            marks.setSymbol(SYMBOLS[racer])
            marks.setBrush(pg.mkBrush(shade))
            marks.setPen(pg.mkPen("black", width=rim))

    def _near(self, points: np.ndarray) -> np.ndarray:
        """``points`` without those too far off for a painter's coordinates."""
        x_low, x_high, y_low, y_high = self._domain
        reach = 1e3 * max(x_high - x_low, y_high - y_low)
        return np.clip(points, -reach, reach)

    # -- what the user does --------------------------------------------------------------------

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Arrow keys move the start, + and - zoom, Home shows the whole domain."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = Qt.Key(event.key())
            if key in _KEYS:
                far = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self._nudge(*_KEYS[key], 0.1 if far else 0.01)
            elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
                self._box.scaleBy((0.8, 0.8))
            elif key == Qt.Key.Key_Minus:
                self._box.scaleBy((1.25, 1.25))
            elif key == Qt.Key.Key_Home:
                self.show_all()
            else:
                return super().eventFilter(watched, event)
            return True
        return super().eventFilter(watched, event)

    def _nudge(self, right: int, up: int, share: float) -> None:
        x_low, x_high, y_low, y_high = self.area()
        at = self.start.pos()
        x = at.x() + share * right * (x_high - x_low)
        y = at.y() + share * up * (y_high - y_low)
        self.start.setPos((x, y))

    def _clicked(self, event: Any) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if event.double():
            self.show_all()
        elif self._box.sceneBoundingRect().contains(event.scenePos()):
            at: QPointF = self._box.mapSceneToView(event.scenePos())
            self.start.setPos((at.x(), at.y()))

    def _hover(self, place: QPointF) -> None:
        if self._box.sceneBoundingRect().contains(place):
            at = self._box.mapSceneToView(place)
            self.hovered.emit(at.x(), at.y())

    def _start_dragged(self) -> None:
        if not self._quiet:
            at = self.start.pos()
            self.start_moved.emit(at.x(), at.y())

    def _range_changed(self) -> None:
        if not self._settle.isActive():
            self._settle.start()

    def _restyle(self) -> None:
        super()._restyle()
        if hasattr(self, "field"):
            self._restyle_map()

    def _restyle_map(self) -> None:
        self.field.setPen(pg.mkPen((255, 255, 255, 170), width=1.2))
        self.start.setPen(pg.mkPen("black", width=1.5))
        self.start.setBrush(pg.mkBrush("white"))
        self.start.setHoverPen(pg.mkPen("black", width=2.5))
        self.start.setHoverBrush(pg.mkBrush("#ffe680"))
