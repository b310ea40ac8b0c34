"""A two-dimensional test surface: click a start and watch the optimizer go downhill from there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import QPointF, Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from kernels import optimizers, surfaces
from kernels.catalog import BadHyper
from kernels.descent import descend
from kernels.optimizers import new_memory
from kernels.schedules import new_schedule_memory
from kernels.schedules.constant import Constant
from kernels.training import NOT_FINITE
from ui.analyst import contour_lines
from ui.heightmap import HeightMap
from ui.number_edit import NumberEdit
from ui.theme import themes

STEPS = 1000
_RESOLUTION = 181
_FRAMES = 45
_FRAME_MS = 25
_NEAR = 0.05  # of the domain's width: closer than this counts as a known minimum


@dataclass(frozen=True)
class Heights:
    """A surface's map: coordinates, colours' scale log(1 + f - lowest), contour lines."""

    name: str
    x: np.ndarray
    y: np.ndarray
    colour: np.ndarray
    contours: np.ndarray


@dataclass(frozen=True)
class Descent:
    """``path`` (m, 5): x, y, value, df/dx, df/dy; ``asked`` is the number of the click."""

    name: str
    asked: int
    path: np.ndarray
    left: bool


class SurfaceView(QWidget):
    """Surface, optimizer and learning rate are chosen above the map; a click starts a descent."""

    descended = pyqtSignal(object)
    _mapped = pyqtSignal(object)
    _walked = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel("Surface")
        title.setObjectName("viewTitle")
        self.surface, self.optimizer = QComboBox(), QComboBox()
        self.surface.addItems(surfaces.catalog.names())
        self.optimizer.addItems(optimizers.catalog.names())
        self.surface.setCurrentText("himmelblau")
        self.optimizer.setCurrentText("sgd")
        self.rate = NumberEdit(0.01)
        self.rate.setFixedWidth(60)
        for combo, width in ((self.surface, 9), (self.optimizer, 7)):
            combo.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            combo.setMinimumContentsLength(width)
        self.rate.setToolTip("learning rate; the arrow keys double or halve it")
        self.note = QLabel("click a starting point")
        self.note.setObjectName("viewNote")
        self.note.setWordWrap(True)
        self.note.setMinimumHeight(2 * self.note.fontMetrics().lineSpacing())
        self.map = HeightMap()
        self.map.setToolTip("colour: log(1 + f − lowest)")
        self._minima = pg.ScatterPlotItem(symbol="x", size=9)
        self.map.plot.addItem(self._minima)
        self.start: tuple[float, float] | None = None
        self.descent: Descent | None = None
        self._clicks = 0
        self._frame = 0

        head = QHBoxLayout()
        head.addWidget(title)
        head.addWidget(self.surface, 3)
        head.addWidget(self.optimizer, 2)
        head.addWidget(self.rate)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 4, 6, 4)
        layout.addLayout(head)
        layout.addWidget(self.map, 1)
        layout.addWidget(self.note)

        self._pool = ThreadPoolExecutor(1, "surface")
        self._film = QTimer(self)
        self._film.setInterval(_FRAME_MS)
        self._film.timeout.connect(self._next_frame)
        self._mapped.connect(self._show_map)
        self._walked.connect(self._show_descent)
        self.surface.currentTextChanged.connect(self._choose_surface)
        self.optimizer.currentTextChanged.connect(self._choose_optimizer)
        self.rate.committed.connect(lambda _: self._again())
        self.map.plot.scene().sigMouseClicked.connect(self._clicked)
        themes.changed.connect(self._restyle)
        self._restyle()
        self._choose_surface(self.surface.currentText())

    def close_threads(self) -> None:
        """Wait for what is being computed; nothing is started any more."""
        self._film.stop()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _choose_surface(self, name: str) -> None:
        entry = surfaces.catalog.get(name)
        self.start = self.descent = None
        self._film.stop()
        self.map.clear()
        self._minima.setData([], [])
        self.surface.setToolTip(f"f = {entry.facts['formula']}\n{entry.facts['source']}")
        self.note.setText("compiling…")
        self._pool.submit(self._make_map, name)

    def _choose_optimizer(self, name: str) -> None:
        rate = next(h for h in optimizers.catalog.get(name).hypers if h.name == "learning_rate")
        self.rate.set_value(rate.default)
        self._again()

    def _make_map(self, name: str) -> None:
        entry = surfaces.catalog.get(name)
        low_x, high_x, low_y, high_y = entry.facts["domain"]
        x = np.linspace(low_x, high_x, _RESOLUTION)
        y = np.linspace(low_y, high_y, _RESOLUTION)
        height = np.empty((y.size, x.size))
        surfaces.heights(entry.make(), x, y, height)
        colour = np.log1p(height - height.min())
        self._mapped.emit(Heights(name, x, y, colour, contour_lines(x, y, colour)))

    def _show_map(self, made: Heights) -> None:
        if made.name != self.surface.currentText():
            return
        self.map.show_heights(made.x, made.y, made.colour, made.contours)
        minima = surfaces.catalog.get(made.name).facts["minima"]
        self._minima.setData(
            pos=np.array([m[:2] for m in minima]).reshape(-1, 2),
            symbol=["star" if m[3] else "x" for m in minima],
        )
        self.note.setText("click a starting point (☆ global, × local minima)")

    def _clicked(self, event: Any) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        box = self.map.plot.getPlotItem().vb
        if box.sceneBoundingRect().contains(event.scenePos()):
            at: QPointF = box.mapSceneToView(event.scenePos())
            self.descend_from(at.x(), at.y())

    def descend_from(self, x: float, y: float) -> None:
        """Start a descent at (x, y); its start is marked at once."""
        self.start = (x, y)
        self._film.stop()
        self.map.show_path(np.array([[x, y]]))
        self._again()

    def _again(self) -> None:
        if self.start is None:
            return
        entry = optimizers.catalog.get(self.optimizer.currentText())
        try:
            optimizer = entry.make({"learning_rate": self.rate.value()})
        except BadHyper as error:
            self.note.setText(f"learning rate {error.rule}; nearest valid: {error.nearest}")
            return
        self._clicks += 1
        self.note.setText("descending…")
        surface = self.surface.currentText()
        self._pool.submit(self._walk, surface, optimizer, self.start, self._clicks)

    def _walk(self, name: str, optimizer: Any, start: tuple[float, float], asked: int) -> None:
        path = np.empty((STEPS + 1, 5))
        position = np.array(start)
        memory = new_memory(optimizer, 2, np.float64)
        seen = new_schedule_memory(Constant())
        surface = surfaces.catalog.get(name).make()
        filled, code = descend(surface, optimizer, Constant(), position, memory, seen, 0, path)
        self._walked.emit(Descent(name, asked, path[:filled], code == NOT_FINITE))

    def _show_descent(self, made: Descent) -> None:
        if made.asked != self._clicks or made.name != self.surface.currentText():
            return
        self.descent = made
        self._frame = 0
        self.note.setText(self._verdict(made))
        self._next_frame()
        self._film.start()
        self.descended.emit(made)

    def _next_frame(self) -> None:
        """Let the path grow: early steps, which go far, one by one, later ones in strides."""
        if self.descent is None:
            self._film.stop()
            return
        path = self.descent.path
        self._frame += 1
        share = self._frame / _FRAMES
        shown = max(2, int(len(path) ** share)) if share < 1.0 else len(path)
        self.map.show_path(path[:shown, :2])
        if share >= 1.0:
            self._film.stop()

    def _verdict(self, made: Descent) -> str:
        if not len(made.path):
            return "the surface is not finite there"
        x, y, value, gx, gy = made.path[-1]
        if made.left or not abs(value) < 1e12:
            return f"diverged after {len(made.path) - 1} steps: a smaller learning rate may help"
        text = f"{len(made.path) - 1} steps to ({x:.4g}, {y:.4g}): f = {value:.4g}"
        facts = surfaces.catalog.get(made.name).facts
        reach = _NEAR * (facts["domain"][1] - facts["domain"][0])
        near = [m for m in facts["minima"] if np.hypot(x - m[0], y - m[1]) < reach]
        slope = float(np.hypot(gx, gy))
        if near and slope < 1e-3:
            kind = "global" if near[0][3] else "local"
            alike = sum(m[3] == near[0][3] for m in facts["minima"])
            return f"{text}, {'a' if alike > 1 else 'the'} {kind} minimum"
        return f"{text}, slope {slope:.2g}"

    def _restyle(self) -> None:
        self._minima.setBrush(pg.mkBrush("white"))
        self._minima.setPen(pg.mkPen("black"))
