"""The network drawn: units with their activations for one sample, weights as lines."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from ui.theme import diverging, shade, themes
from workbench import Run

_MOST_UNITS = 18
_MOST_LINES = 1200
_PENS = 8  # of each sign
_MOST_INPUT_VALUES = 8
_INPUT_VALUE = 44  # pixels for one, left of its unit
_ANSWER = 118  # pixels right of the outputs


def drawn_units(n: int) -> np.ndarray:
    """Which of a layer's ``n`` units are drawn: all, or some spread evenly over it."""
    return np.unique(np.linspace(0, n - 1, min(n, _MOST_UNITS)).round().astype(int))


class Diagram(QWidget):
    """Painted layers, inputs left. Line and unit colours share the diverging map."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(220, 150)
        self._run: Run | None = None
        self.parameters: np.ndarray | None = None
        self.units: np.ndarray | None = None
        self.inputs: np.ndarray | None = None
        self.targets: np.ndarray | None = None
        self.image: np.ndarray | None = None
        themes.changed.connect(self._restyle)
        self._restyle()

    def open(self, run: Run) -> None:
        """Show the network of ``run``, with no values yet."""
        self._run = run
        self.parameters = self.units = self.inputs = self.targets = self.image = None
        self.update()

    def set_sample(self, inputs: np.ndarray, targets: np.ndarray) -> None:
        """The sample to answer: inputs (n_in,) and targets (n_out,)."""
        shape = self._run.model.data.image_shape if self._run else None
        self.image = inputs.reshape(shape) if shape else None
        self.inputs, self.targets = inputs, targets
        self.update()

    def set_values(
        self, parameters: np.ndarray | None, units: np.ndarray | None, paint: bool = True
    ) -> None:
        """Parameters (n,), activations (n_units,); None leaves them. Shown now or when painted."""
        self.parameters = self.parameters if parameters is None else parameters
        self.units = self.units if units is None else units
        if paint:
            self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint picture, lines, units and answers."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(themes.now.base))
        if self._run is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        places = self._places()
        if self.parameters is not None:
            self._paint_lines(painter, places)
        self._paint_units(painter, places)
        self._paint_image(painter)
        self._paint_inputs(painter, places[0])
        self._paint_answers(painter, places[-1])

    def _sizes(self) -> tuple[int, ...]:
        assert self._run is not None
        return self._run.experiment.network.sizes

    def _places(self) -> list[list[QPointF]]:
        """Centres of the units that are drawn, by layer: at most some of each."""
        sizes = self._sizes()
        picture = self._picture_side()
        values = 0.0 if picture or sizes[0] > _MOST_INPUT_VALUES else _INPUT_VALUE
        left = 18.0 + values + (picture + 22.0 if picture else 0.0)
        right = self.width() - _ANSWER
        top, bottom = 12.0, self.height() - 22.0
        found = []
        for k, n in enumerate(sizes):
            x = left + (right - left) * k / (len(sizes) - 1)
            shown = min(n, _MOST_UNITS)
            gap = (bottom - top) / shown
            spread = min(gap, 46.0)
            first = (top + bottom) / 2 - spread * (shown - 1) / 2
            found.append([QPointF(x, first + spread * j) for j in range(shown)])
        return found

    def _radius(self, places: list[QPointF]) -> float:
        gap = places[1].y() - places[0].y() if len(places) > 1 else 40.0
        return max(3.0, min(0.38 * gap, 13.0))

    def _picture_side(self) -> float:
        has = self._run is not None and self._run.model.data.image_shape is not None
        return min(84.0, 0.2 * self.width(), 0.5 * self.height()) if has else 0.0

    def _paint_lines(self, painter: QPainter, places: list[list[QPointF]]) -> None:
        assert self._run is not None
        assert self.parameters is not None
        for k, layer in enumerate(self._run.model.layers):
            weights = self.parameters[layer.weights].reshape(layer.shape)
            b = len(places[k + 1])
            weights = weights[np.ix_(*(drawn_units(n) for n in layer.shape))]
            largest = float(np.abs(weights).max(initial=0.0))
            if not np.isfinite(largest) or largest == 0.0:
                continue
            # One pen for all lines of about one weight: a pen each would take the longest of all
            # that the window paints. Strong ones come last, on top; beyond some number the weak
            # ones only make a fog.
            level = np.rint(_PENS * weights.ravel() / largest).astype(int)
            order = np.argsort(np.abs(level), kind="stable")[-_MOST_LINES:]
            lines: dict[int, list[QLineF]] = {}
            for index in order.tolist():
                i, j = divmod(index, b)
                lines.setdefault(int(level[index]), []).append(
                    QLineF(places[k][i], places[k + 1][j])
                )
            for shared, drawn in lines.items():
                painter.setPen(self._pens[shared + _PENS])
                painter.drawLines(*drawn)

    def _paint_units(self, painter: QPainter, places: list[list[QPointF]]) -> None:
        sizes = self._sizes()
        offset = 0
        for k, centres in enumerate(places):
            radius = self._radius(centres)
            values = None
            if self.units is not None:
                layer = self.units[offset : offset + sizes[k]]
                values = layer[drawn_units(sizes[k])]
                limit = max(float(np.abs(layer).max(initial=0.0)), 1e-12)
                colours = shade(values, limit, self._table)
            for j, centre in enumerate(centres):
                dead = values is not None and 0 < k < len(sizes) - 1 and values[j] == 0.0
                pen = QPen(QColor(themes.now.faint if dead else themes.now.text))
                pen.setWidthF(1.0)
                if dead:
                    pen.setStyle(Qt.PenStyle.DotLine)
                painter.setPen(pen)
                colour = QColor(themes.now.zero)
                if values is not None:
                    colour = QColor(*colours[j].tolist())
                painter.setBrush(colour)
                painter.drawEllipse(centre, radius, radius)
            painter.setPen(QColor(themes.now.faint))
            label = f"{sizes[k]}"
            if len(centres) < sizes[k]:
                label = f"{len(centres)} of {sizes[k]}"
            box = QRectF(centres[0].x() - 40, self.height() - 19, 80, 17)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, label)
            offset += sizes[k]

    def _paint_image(self, painter: QPainter) -> None:
        if self.image is None:
            return
        side = self._picture_side()
        rows, columns = self.image.shape
        top = (self.height() - side) / 2 - 8
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        lowest = min(float(self.image.min()), 0.0)
        spread = float(self.image.max()) - lowest or 1.0
        ink, paper = QColor(themes.now.text), QColor(themes.now.zero)
        for i in range(rows):
            for j in range(columns):
                share = (float(self.image[i, j]) - lowest) / spread
                mixed = [
                    round(share * a + (1 - share) * b)
                    for a, b in zip(ink.getRgb()[:3], paper.getRgb()[:3], strict=True)
                    if a is not None and b is not None
                ]
                x, y = 8 + round(side * j / columns), round(top + side * i / rows)
                w = 8 + round(side * (j + 1) / columns) - x
                h = round(top + side * (i + 1) / rows) - y
                painter.fillRect(x, y, w, h, QColor(*mixed))
        painter.setPen(QColor(themes.now.faint))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(8, round(top), round(side), round(side)))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _paint_inputs(self, painter: QPainter, centres: list[QPointF]) -> None:
        """The values of a few inputs, as the data set has them, beside their units."""
        if self.inputs is None or self.image is not None or len(self.inputs) > _MOST_INPUT_VALUES:
            return
        line = painter.fontMetrics().height()
        painter.setPen(QColor(themes.now.text))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for value, centre in zip(self.inputs, centres, strict=True):
            end = centre.x() - self._radius(centres) - 6
            box = QRectF(0, centre.y() - line / 2, end, line)
            painter.drawText(box, right, f"{value:.3g}")

    def _paint_answers(self, painter: QPainter, centres: list[QPointF]) -> None:
        if self.units is None or self.targets is None or self._run is None:
            return
        n_out = self._sizes()[-1]
        shown = drawn_units(n_out)
        answers, targets = self.units[-n_out:][shown], self.targets[shown]
        names = self._run.model.data.class_names
        form = ".2f" if names else ".4g"
        metrics = painter.fontMetrics()
        few = len(centres) < 7
        for j, centre in enumerate(centres):
            x = centre.x() + self._radius(centres) + 6
            answer = f"{answers[j]:{form}}"
            if names:
                room = round(self.width() - x - metrics.horizontalAdvance(f": {answer}") - 4)
                name = names[shown[j]]
                answer = f"{metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)}: {answer}"
            painter.setPen(QColor(themes.now.text))
            painter.drawText(QPointF(x, centre.y() + 1), answer)
            painter.setPen(QColor(themes.now.faint))
            if few:
                wanted = f"wanted {targets[j]:{form}}"
                painter.drawText(QPointF(x, centre.y() + 1 + metrics.height()), wanted)
            elif names and targets[j] == 1.0:
                after = x + metrics.horizontalAdvance(f"{answer} ")
                painter.drawText(QPointF(after, centre.y() + 1), "wanted")

    def _restyle(self) -> None:
        self._table = diverging(themes.now)
        self._pens: list[QPen] = []
        for share in np.linspace(-1.0, 1.0, 2 * _PENS + 1):
            red, green, blue = shade(share, 1.0, self._table).tolist()
            pen = QPen(QColor(red, green, blue, 50 + int(200 * abs(share))))
            pen.setWidthF(1.0 + 2.0 * abs(share))
            self._pens.append(pen)
        self.update()


class NetworkView(QWidget):
    """The diagram with a choice of the training sample; ``sample_changed(index)`` tells it."""

    sample_changed = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel("Network")
        title.setObjectName("viewTitle")
        self.sample = QSpinBox()
        self.sample.setPrefix("training sample ")
        # Its own hint cuts the letters that reach below the line.
        self.sample.setMinimumHeight(self.sample.fontMetrics().height() + 8)
        self.sample.setWrapping(True)
        self.sample.setKeyboardTracking(False)
        self.diagram = Diagram()
        self._run: Run | None = None
        head = QHBoxLayout()
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self.sample)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 4, 6, 4)
        layout.addLayout(head)
        layout.addWidget(self.diagram, 1)
        self.sample.valueChanged.connect(self._choose)

    def open(self, run: Run) -> None:
        """Show the network of ``run``; the chosen sample stays where there are as many."""
        self._run = run
        self.diagram.open(run)
        self.sample.setMaximum(len(run.model.data.train.inputs) - 1)
        self._choose(self.sample.value())

    def _choose(self, index: int) -> None:
        if self._run is not None:
            train = self._run.model.data.train
            self.diagram.set_sample(train.inputs[index], train.targets[index])
            self.sample_changed.emit(index)
