"""The surface in 3-D: turned with the mouse or the arrow keys, by OpenGL or drawn."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
from PyQt6.QtCore import QPointF, Qt, QTimer
from PyQt6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PyQt6.QtWidgets import QWidget

from ui.camera import Camera
from ui.opengl import OpenGLProbe
from ui.relief import Line, Mark, Relief, make_relief, tangent_patch
from ui.relief_overlay import paint_floor, paint_labels, paint_marks
from ui.relief_painted import PaintedEngine
from ui.surface_grid import Grid
from ui.theme import themes

_FASTEST_MS = 40
_LONGEST = 0.1  # seconds that a picture is supposed to take at most
_SHARE = 0.3  # of the window's thread, at most, for 3-D pictures
_TURN = 0.5  # degrees a pixel
_KEYS = {
    Qt.Key.Key_Left: (-5.0, 0.0),
    Qt.Key.Key_Right: (5.0, 0.0),
    Qt.Key.Key_Up: (0.0, 5.0),
    Qt.Key.Key_Down: (0.0, -5.0),
}


class ReliefView(QWidget):
    """Asks once, when it is first seen, whether OpenGL can be had; until it knows, it draws."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(180, 130)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("surface in 3-D")
        self.camera = Camera()
        self.engine_name = "drawn"
        self.pictures = 0
        self._painted = PaintedEngine()
        self._gl: object | None = None
        self._grid: Grid | None = None
        self._reliefs: dict[int, Relief] = {}
        self._paths: list[tuple[np.ndarray, str]] = []
        self._points: list[tuple[np.ndarray, str, str, float]] = []
        self._tangent: tuple[float, float, float, tuple[float, float]] | None = None
        self._image: QImage | None = None
        self._held: QPointF | None = None
        self._last = self._cost = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._draw)
        self._probe: OpenGLProbe | None = None
        self._tell_tip("")
        themes.changed.connect(self.refresh)

    # -- what is shown -------------------------------------------------------------------------

    def show_grid(self, grid: Grid | None) -> None:
        """The surface over the grid's area; None shows nothing."""
        self._grid = grid
        self._reliefs.clear()
        self.refresh()

    def show_paths(self, paths: list[tuple[np.ndarray, str]]) -> None:
        """Paths, each as points x, y, f (m, 3) and a colour."""
        self._paths = paths
        self.refresh()

    def show_points(self, points: list[tuple[np.ndarray, str, str, float]]) -> None:
        """Marks: points x, y, f (m, 3), a colour, a symbol, a size."""
        self._points = points
        self.refresh()

    def show_tangent(self, at: tuple[float, float, float, tuple[float, float]] | None) -> None:
        """The tangent plane at x, y with the value and the gradient there; None hides it."""
        self._tangent = at
        self.refresh()

    def refresh(self) -> None:
        """Draw anew, soon: at a rate of its own, which leaves the window its time."""
        if self.isVisible() and not self._timer.isActive():
            # The first picture by OpenGL compiles, and says nothing about the next.
            cost = min(self._cost, _LONGEST)
            pause = max(cost * (1.0 / _SHARE - 1.0), _FASTEST_MS / 1000.0)
            left = self._last + pause - time.perf_counter()
            self._timer.start(max(0, round(1000 * left)))

    def draw_now(self) -> None:
        """Draw at once, for a film."""
        self._timer.stop()
        self._draw()

    def look_from(self, camera: Camera) -> None:
        """Turn to another camera."""
        self.camera = camera
        self.refresh()

    def close_engine(self) -> None:
        """Stop asking for OpenGL, and give back what it holds."""
        self._timer.stop()
        if self._probe is not None:
            self._probe.close()
        self._drop_gl()

    def use_opengl(self, wanted: bool) -> None:
        """Draw by OpenGL where it can be had, or never."""
        if wanted and self._gl is None:
            self._ask()
        elif not wanted:
            self._drop_gl()
            self._tell_tip("")
            self.refresh()

    # -- engines -------------------------------------------------------------------------------

    def _ask(self) -> None:
        if self._probe is None:
            self._probe = OpenGLProbe(self)
            self._probe.answered.connect(self._answered)
        self._probe.ask()

    def _answered(self, possible: bool, reason: str) -> None:
        if possible and self._gl is None:
            from ui.relief_gl import GLEngine

            self._gl = GLEngine()
            self.engine_name = "OpenGL"
        self._tell_tip(reason)
        self.refresh()

    def _drop_gl(self) -> None:
        if self._gl is not None:
            self._gl.close()  # type: ignore[attr-defined]
            self._gl = None
        self.engine_name = "drawn"

    def _tell_tip(self, reason: str) -> None:
        how = f"drawn without OpenGL ({reason})" if reason else f"by {self.engine_name}"
        self.setToolTip(
            "drag or use the arrow keys to turn, scroll or + and − to come nearer, "
            f"Home or double-click to go back; {how}"
        )

    def relief(self, most: int) -> Relief | None:
        """What is shown, with a mesh of at most ``most`` points a side."""
        if self._grid is None:
            return None
        if most not in self._reliefs:
            self._reliefs[most] = make_relief(self._grid, most)
        mesh = self._reliefs[most]
        lines = [Line(mesh.put(points), colour, 2.0) for points, colour in self._paths]
        patch = tangent_patch(mesh, *self._tangent) if self._tangent else None
        return replace(mesh, lines=lines, marks=self._marks(mesh), patch=patch)

    def _marks(self, mesh: Relief) -> list[Mark]:
        return [
            Mark(place, colour, symbol, size)
            for points, colour, symbol, size in self._points
            for place in mesh.put(points)
            if np.isfinite(place).all()
        ]

    def _draw(self) -> None:
        """Make the picture that is painted until the next one."""
        if self._grid is None or not self.isVisible():
            self._image = None
            self.update()
            return
        begun = time.perf_counter()
        ratio = self.devicePixelRatioF()
        if self._gl is not None:
            from ui.relief_gl import RESOLUTION

            relief = self.relief(RESOLUTION)
            assert relief is not None
            try:
                self._image = self._gl.picture(  # type: ignore[attr-defined]
                    relief, self.camera, self.width(), self.height(), ratio
                )
            except Exception as error:  # whatever a driver raises: the drawn picture remains
                self._drop_gl()
                self._tell_tip(f"{type(error).__name__}")
        if self._gl is None:
            image = QImage(
                round(self.width() * ratio),
                round(self.height() * ratio),
                QImage.Format.Format_RGB32,
            )
            image.setDevicePixelRatio(ratio)
            image.fill(QColor(themes.now.base))
            painter = QPainter(image)
            self._paint_scene(painter)
            painter.end()
            self._image = image
        self._last = time.perf_counter()
        self._cost = self._last - begun
        self.pictures += 1
        self.update()

    def _paint_scene(self, painter: QPainter) -> None:
        relief = self.relief(self._painted.resolution)
        if relief is not None:
            paint_floor(painter, relief, self.camera, self.width(), self.height())
            self._painted.paint(painter, relief, self.camera, self.width(), self.height())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Show the picture; onto a vector file it is drawn anew, as vectors."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(themes.now.base))
        if self._grid is None:
            return
        engine = painter.paintEngine()
        vectors = engine is not None and engine.type() == engine.Type.SVG
        if vectors or self._image is None:
            self._paint_scene(painter)
        else:
            painter.drawImage(QPointF(0, 0), self._image)
        relief = self.relief(self._painted.resolution)
        if relief is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for paint in (paint_marks, paint_labels):
                paint(painter, relief, self.camera, self.width(), self.height())

    # -- what the user does --------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Take hold of the surface."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._held = event.position()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Turn the surface."""
        if event is not None and self._held is not None:
            moved = event.position() - self._held
            self._held = event.position()
            self.look_from(self.camera.turned(_TURN * moved.x(), _TURN * moved.y()))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Let go."""
        self._held = None

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Back to the first camera."""
        self.look_from(Camera())

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Come nearer or go back."""
        if event is not None:
            self.look_from(self.camera.nearer(1.0015 ** event.angleDelta().y()))
            event.accept()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """The same by keyboard."""
        if event is None:
            return
        key = Qt.Key(event.key())
        if key in _KEYS:
            self.look_from(self.camera.turned(*_KEYS[key]))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.look_from(self.camera.nearer(1.15))
        elif key == Qt.Key.Key_Minus:
            self.look_from(self.camera.nearer(1.0 / 1.15))
        elif key == Qt.Key.Key_Home:
            self.look_from(Camera())
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Draw for the new size."""
        self._image = None
        self.refresh()

    def showEvent(self, event: QShowEvent | None) -> None:
        """Draw, and the first time find out about OpenGL."""
        if self._probe is None:
            self._ask()
        self.refresh()
