"""The loss over steps: training and test, earlier runs faded behind them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QCheckBox, QGraphicsItem, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from kernels import penalties
from kernels.training import COLUMNS
from ui.curve import GrowingCurve
from ui.log_axis import LogAxis
from ui.theme import style_plot, themes
from workbench import Run, Snapshot

_SHOWN = [COLUMNS.index(c) for c in ("step", "loss", "loss_test")]
_EARLIER = 8


class LossView(QWidget):
    """Live curves of the shown run; ``log`` is the check box for a logarithmic axis."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel("Loss")
        self.title.setObjectName("viewTitle")
        self.log = QCheckBox("log scale")
        self.log.setChecked(True)
        self.plot = pg.PlotWidget(axisItems={"left": LogAxis("left")})
        self.plot.setLabel("bottom", "step")
        self.plot.addLegend(offset=(-8, 8))
        self.plot.showGrid(x=True, y=True, alpha=0.15)
        item = self.plot.getPlotItem()
        item.setDownsampling(auto=True, mode="peak")
        item.setClipToView(True)
        item.hideButtons()
        for side in ("left", "bottom"):
            # Painted anew only when the range changes, not with every point of the curve.
            item.getAxis(side).setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self._box = item.getViewBox()
        self._box.disableAutoRange()
        self._box.sigRangeChangedManually.connect(self._stop_following)
        self.plot.scene().sigMouseClicked.connect(self._maybe_follow)
        self.plot.setToolTip("drag or scroll to look closer; double-click to follow the run again")
        self._following = True
        self._range: tuple[float, float, float] | None = None
        item.setMenuEnabled(False)
        item.getAxis("bottom").enableAutoSIPrefix(False)
        self._earlier: list[pg.PlotDataItem] = []
        self.train = self.plot.plot([], [], name="training")
        self.test = self.plot.plot([], [], name="test")
        self.curve = GrowingCurve(2)
        self._present = np.empty((0, 3))

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
        penalty = run.experiment.penalty
        # The penalty is a part of the training loss only.
        free = penalties.catalog.get(penalty.name).facts.get("free")
        extra = "" if free else f"; training with {penalty.name} penalty"
        self.title.setText(f"Loss: {name}{extra}".replace("_", " "))
        self.curve.clear()
        self._present = np.empty((0, 3))
        self.train.setData([], [])
        self.test.setData([], [])
        for faded in self._earlier:
            self.plot.removeItem(faded)
        self._earlier = []
        for former in earlier[-_EARLIER:]:
            held = GrowingCurve(1)
            history = former.history
            held.append(np.column_stack([history["step"], history["loss"]]))
            faded = self.plot.plot(*held.thinned().T)
            faded.setZValue(-1)
            self._earlier.append(faded)
        self._restyle()
        self._range, self._following = None, True

    def update_from(self, shown: Snapshot) -> None:
        """Take in a snapshot's new rows and redraw."""
        if shown.rows.restarted:
            self.curve.clear()
        self.curve.append(shown.rows.rows[:, _SHOWN])
        # At rest, or with rows an epoch apart, the present point is not among the rows yet.
        rows = self.curve.rows()
        new = np.isfinite(shown.row[0]) and (not len(rows) or rows[-1, 0] < shown.row[0])
        self._present = shown.row[None, _SHOWN] if new else np.empty((0, 3))
        self._draw()
        if self._following:
            self._follow()

    def displayed(self) -> np.ndarray:
        """Step, training loss and test loss (n, 3) as drawn: thinned, unless looked at closely."""
        rows = self.curve.thinned() if self._following else self.curve.rows()
        return np.concatenate([rows, self._present])

    def _draw(self) -> None:
        rows = self.displayed()
        mark = "o" if len(rows) == 1 else None
        for curve, values in ((self.train, rows[:, 1]), (self.test, rows[:, 2])):
            good = np.isfinite(values)
            curve.setData(rows[good, 0], values[good], symbol=mark, symbolSize=6)

    def _follow(self) -> None:
        """Keep the curves in view, in strides: a range that changes all the time costs much."""
        rows = self.displayed()
        values = rows[:, 1:].ravel()
        values = values[np.isfinite(values)]
        log = self.log.isChecked()
        if log:
            values = np.log10(values[values > 0])
        if not values.size:
            return
        last, low, high = float(rows[-1, 0]), float(values.min()), float(values.max())
        old = self._range
        if old and 0.5 * old[0] < last <= old[0] and low >= old[1] and high <= old[2]:
            return
        margin = 0.12 * (high - low) or 0.1
        bottom = low - margin if log else min(low - margin, 0.0)
        self._range = (max(1.25 * last, 10.0), bottom, high + 0.3 * margin)
        self._box.setRange(xRange=(0.0, self._range[0]), yRange=self._range[1:], padding=0.02)

    def _stop_following(self) -> None:
        self._following = False
        self._draw()

    def _maybe_follow(self, event: Any) -> None:
        if event.double():
            self._range, self._following = None, True
            self._draw()
            self._follow()

    def _set_log(self, on: bool) -> None:
        self.plot.setLogMode(y=on)
        self._range = None
        if len(self.displayed()):
            self._follow()

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
