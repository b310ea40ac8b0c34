"""Weights and gradients as heat maps, a pair per layer; rows are inputs, the last one the bias."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QEvent, QPoint, QRect, Qt
from PyQt6.QtGui import QColor, QHelpEvent, QImage, QPainter, QPaintEvent
from PyQt6.QtWidgets import QLabel, QToolTip, QVBoxLayout, QWidget

from ui.log_axis import short
from ui.theme import diverging, shade, themes
from workbench import Run
from workbench.model import Layer

_GAP, _BAR, _LABEL = 10, 10, 58


@dataclass
class _Cell:
    """A drawn matrix: what it shows and where."""

    layer: Layer
    values: np.ndarray
    kind: str
    place: QRect


def matrix(layer: Layer, vector: np.ndarray) -> np.ndarray:
    """One layer of a flat vector as (n_in + 1, n_out), the bias as the last row."""
    return np.vstack([vector[layer.weights].reshape(layer.shape), vector[layer.bias]])


class HeatMaps(QWidget):
    """Painted matrices side by side; each kind has one colour scale, centred on zero."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(220, 150)
        self._layers: list[Layer] = []
        self._vectors: dict[str, np.ndarray] = {}
        self.limits: dict[str, float] = {}
        self._cells: list[_Cell] = []
        self._table = diverging(themes.now)
        themes.changed.connect(self._restyle)

    def set_layers(self, layers: list[Layer]) -> None:
        """Show a network's layers, with no values yet."""
        self._layers = layers
        self._vectors.clear()
        self.limits.clear()
        self.update()

    def set_vector(self, kind: str, vector: np.ndarray, paint: bool = True) -> None:
        """Show a flat vector (n,) as ``kind``: ``weights`` or ``gradient``, now or when painted."""
        self._vectors[kind] = vector
        largest = float(np.abs(vector).max(initial=0.0))
        self.limits[kind] = largest if np.isfinite(largest) else 1.0
        if paint:
            self.update()

    def displayed(self, kind: str, k: int) -> np.ndarray:
        """The values (n_in + 1, n_out) now shown for layer ``k``."""
        return matrix(self._layers[k], self._vectors[kind])

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint all matrices of both kinds."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(themes.now.base))
        self._cells = []
        if not self._layers:
            return
        height = self.height() // 2
        for row, kind in enumerate(("weights", "gradient")):
            area = QRect(0, row * height, self.width(), height)
            self._paint_row(painter, kind, area)

    def _paint_row(self, painter: QPainter, kind: str, area: QRect) -> None:
        text = QColor(themes.now.text)
        line = painter.fontMetrics().height()
        legend = _BAR + _LABEL + 12
        left, top = area.left() + 8, area.top() + line + 4
        width = area.width() - legend - 16
        height = area.height() - line - 10
        # Wide layers take more room, but a narrow one must stay readable.
        shares = np.sqrt([layer.shape[1] for layer in self._layers])
        shares = shares / shares.sum()
        for layer, share in zip(self._layers, shares, strict=True):
            w = int(share * width) - _GAP
            place = QRect(left, top, max(w, 4), max(height, 4))
            left += int(share * width)
            painter.setPen(text)
            header = QRect(place.left(), area.top() + 2, place.width() + _GAP, line)
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            shown = painter.fontMetrics().elidedText(
                layer.name, Qt.TextElideMode.ElideRight, header.width()
            )
            painter.drawText(header, flags, shown)
            vector = self._vectors.get(kind)
            if vector is None:
                continue
            values = matrix(layer, vector)
            self._paint_matrix(painter, values, self.limits[kind], place)
            self._cells.append(_Cell(layer, values, kind, place))
        bar = QRect(area.right() - legend, top, _BAR, max(height, 4))
        self._paint_scale(painter, self.limits.get(kind), bar)

    def _paint_matrix(
        self, painter: QPainter, values: np.ndarray, limit: float, place: QRect
    ) -> None:
        painter.drawImage(place, _image(shade(values, limit, self._table)))
        pen = QColor(themes.now.faint)
        painter.setPen(pen)
        painter.drawRect(place.adjusted(0, 0, -1, -1))
        bias = place.top() + round(place.height() * (len(values) - 1) / len(values))
        painter.drawLine(place.left(), bias, place.right(), bias)

    def _paint_scale(self, painter: QPainter, limit: float | None, bar: QRect) -> None:
        painter.drawImage(bar, _image(self._table[::-1][:, None, :]))
        if limit is None:
            return
        painter.setPen(QColor(themes.now.text))
        line = painter.fontMetrics().height()
        x = bar.right() + 5
        middle = bar.center().y() - line // 2
        for y, label in (
            (bar.top(), short(limit, 2)),
            (middle, "0"),
            (bar.bottom() - line, f"−{short(limit, 2)}"),
        ):
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRect(x, y, _LABEL + 8, line), flags, label)

    def value_at(self, point: QPoint) -> str | None:
        """What lies under a point of the widget, in words."""
        for cell in self._cells:
            if cell.place.contains(point):
                rows, columns = cell.values.shape
                i = (point.y() - cell.place.top()) * rows // cell.place.height()
                j = (point.x() - cell.place.left()) * columns // cell.place.width()
                value = cell.values[i, j]
                place = f"bias of unit {j}" if i == rows - 1 else f"from unit {i} to unit {j}"
                of = "" if cell.kind == "weights" else "gradient, "
                return f"{cell.layer.name}, {of}{place}: {value:.5g}"
        return None

    def event(self, event: QEvent | None) -> bool:
        """Show the value under the mouse as a tool tip."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.value_at(event.pos()) or "", self)
            return True
        return super().event(event)

    def _restyle(self) -> None:
        self._table = diverging(themes.now)
        self.update()


def _image(colours: np.ndarray) -> QImage:
    packed = np.ascontiguousarray(colours, np.uint8)
    height, width, _ = packed.shape
    image = QImage(packed.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
    return image.copy()


class WeightsView(QWidget):
    """The heat maps of the shown run with a title."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel("Weights, and below them their gradient")
        title.setObjectName("viewTitle")
        self.maps = HeatMaps()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 4, 6, 4)
        layout.addWidget(title)
        layout.addWidget(self.maps, 1)

    def open(self, run: Run) -> None:
        """Show the layers of ``run``."""
        self.maps.set_layers(run.model.layers)
