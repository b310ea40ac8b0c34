"""The loss over steps: training and test, earlier runs faded behind them."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from kernels.training import COLUMNS
from ui.theme import style_plot, themes
from workbench import Run, Snapshot

_STEP, _LOSS, _TEST = (COLUMNS.index(c) for c in ("step", "loss", "loss_test"))
_EARLIER = 8


class LossView(QWidget):
    """Live curves of the shown run; ``log`` is the check box for a logarithmic axis."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel("Loss")
        self.title.setObjectName("viewTitle")
        self.log = QCheckBox("log scale")
        self.log.setChecked(True)
        self.plot = pg.PlotWidget()
        self.plot.setLabel("bottom", "step")
        self.plot.addLegend(offset=(-8, 8))
        self.plot.showGrid(x=True, y=True, alpha=0.15)
        item = self.plot.getPlotItem()
        item.setDownsampling(auto=True, mode="peak")
        item.setClipToView(True)
        item.setMenuEnabled(False)
        item.getAxis("bottom").enableAutoSIPrefix(False)
        self._earlier: list[pg.PlotDataItem] = []
        self.train = self.plot.plot([], [], name="training")
        self.test = self.plot.plot([], [], name="test")
        self._rows = np.empty((0, len(COLUMNS)))
        self._count = 0
        self._pending: np.ndarray | None = None

        head = QHBoxLayout()
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(self.log)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 4, 6, 4)
        layout.addLayout(head)
        layout.addWidget(self.plot, 1)
        self.log.toggled.connect(self._set_log)
        self._set_log(True)
        themes.changed.connect(self._restyle)
        self._restyle()

    def open(self, run: Run, earlier: list[Run]) -> None:
        """Show ``run``; the curves of ``earlier`` runs stay behind it, faded."""
        name = run.experiment.network.loss.name.replace("_", " ")
        self.title.setText(f"Loss: {name}")
        self._count = 0
        self.train.setData([], [])
        self.test.setData([], [])
        for curve in self._earlier:
            self.plot.removeItem(curve)
        self._earlier = []
        for former in earlier[-_EARLIER:]:
            history = former.history
            curve = self.plot.plot(history["step"], history["loss"])
            curve.setZValue(-1)
            self._earlier.append(curve)
        self._restyle()
        self.plot.enableAutoRange()

    def update_from(self, shown: Snapshot) -> None:
        """Take in a snapshot's new rows and redraw."""
        if shown.rows.restarted:
            self._count = 0
        new = shown.rows.rows
        needed = self._count + len(new) + 1
        if needed > len(self._rows):
            larger = np.empty((max(2 * needed, 4096), len(COLUMNS)))
            larger[: self._count] = self._rows[: self._count]
            self._rows = larger
        self._rows[self._count : self._count + len(new)] = new
        self._count += len(new)
        rows = self._rows[: self._count]
        # At rest, or with rows an epoch apart, the present point is not among the rows yet.
        if not len(rows) or rows[-1, _STEP] < shown.row[_STEP]:
            self._rows[self._count] = shown.row
            rows = self._rows[: self._count + 1]
        mark = "o" if len(rows) < 2 else None
        for curve, column in ((self.train, _LOSS), (self.test, _TEST)):
            values = rows[:, column]
            good = np.isfinite(values)
            if good.all():
                curve.setData(rows[:, _STEP].copy(), values.copy(), symbol=mark, symbolSize=6)
            else:
                curve.setData(rows[good, _STEP], values[good], symbol=mark, symbolSize=6)

    def _set_log(self, on: bool) -> None:
        self.plot.setLogMode(y=on)
        self.plot.enableAutoRange()

    def _restyle(self) -> None:
        theme = themes.now
        style_plot(self.plot)
        for curve, colour in ((self.train, theme.train), (self.test, theme.test)):
            curve.setPen(pg.mkPen(colour, width=1))
            curve.setSymbolBrush(pg.mkBrush(colour))
            curve.setSymbolPen(None)
        faded = QColor(theme.faint)
        faded.setAlpha(110)
        for curve in self._earlier:
            curve.setPen(pg.mkPen(faded, width=1))
