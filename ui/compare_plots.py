"""Plots of a comparison's running counts, each case in its colour, on a logarithmic axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import QPointF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPen
from PyQt6.QtWidgets import QGraphicsItem, QToolTip, QWidget

from ui.log_axis import LogAxis
from ui.theme import style_plot, themes
from workbench.comparison.colours import COLOURS, colour_of
from workbench.comparison.tally import Counts, Histogram, Tally

_LINES = (
    Qt.PenStyle.SolidLine,
    Qt.PenStyle.DashLine,
    Qt.PenStyle.DotLine,
    Qt.PenStyle.DashDotLine,
)
_MOST_POINTS = 400  # of a curve: more than one a pixel shows nothing
_MOST_SPOTS = 3000  # of all cases together: what is painted anew while starts come in
_GOLDEN = 0.6180339887498949
_REACH = 8.0  # pixels from a spot within which a click means it


def pen_of(k: int) -> QPen:
    """The line of case ``k``: another colour, and after the last colour another dash."""
    style = _LINES[k // len(COLOURS) % len(_LINES)]
    return pg.mkPen(colour_of(k), width=1.8, style=style)


class CountsPlot(pg.PlotWidget):
    """A plot over a logarithmic axis with one curve a case."""

    headroom = 1.0  # how much higher than what there is the view is made

    def __init__(self, across: str, up: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, axisItems={"bottom": LogAxis("bottom")})
        self.setMinimumSize(200, 110)
        self.setAccessibleName(f"{up} over {across}")
        self.setToolTip("drag or scroll to look closer; double-click for all of it")
        item = self.getPlotItem()
        item.setMenuEnabled(False)
        item.hideButtons()
        item.setContentsMargins(0, 6, 10, 0)  # the outermost numbers stand half outside the axes
        item.showGrid(x=True, y=True, alpha=0.15)
        item.setLabel("bottom", across)
        item.setLabel("left", up)
        item.getAxis("left").setWidth(54)
        for side in ("left", "bottom"):
            item.getAxis(side).enableAutoSIPrefix(False)
            item.getAxis(side).setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        item.setLogMode(x=True)
        item.disableAutoRange()
        self.curves: list[Any] = []
        self._extent: tuple[float, float, float, float] | None = None
        self._view: tuple[float, float, float, float] | None = None
        self._following = True
        item.getViewBox().sigRangeChangedManually.connect(lambda _: self._follow(False))
        self.scene().sigMouseClicked.connect(self._maybe_all)
        themes.changed.connect(self.restyle)
        self.restyle()

    def set_cases(self, count: int) -> None:
        """Begin anew with so many cases."""
        for curve in self.curves:
            self.removeItem(curve)
        self.curves = []
        for k in range(count):
            curve = pg.PlotCurveItem(pen=pen_of(k), stepMode="right")
            self.addItem(curve)
            self.curves.append(curve)
        self._extent = self._view = None
        self._following = True

    def look_at(self, low: float, high: float, bottom: float, top: float) -> None:
        """What there is to see; it is kept in view unless the user looks at a part of it."""
        self._extent = low, high, bottom, top
        if self._following:
            self._follow(True)

    def _follow(self, follows: bool) -> None:
        """Look at all there is, in strides: axes whose range changes all the time cost much."""
        self._following = follows
        if not follows or self._extent is None:
            return
        low, high, bottom, top = self._extent
        old = self._view
        if old is not None:
            fits = old[0] <= low and high <= old[1] and high - low > 0.6 * (old[1] - old[0])
            if fits and old[2] == bottom and 0.6 * old[3] < self.headroom * top and top <= old[3]:
                return
        margin = max(0.06 * (high - low), 0.02)
        self._view = low - margin, high + margin, bottom, self.headroom * top
        box = self.getPlotItem().getViewBox()
        box.setRange(xRange=self._view[:2], yRange=self._view[2:], padding=0.03)

    def restyle(self) -> None:
        """Take over the theme's colours."""
        style_plot(self)

    def _maybe_all(self, event: Any) -> None:
        if event.double():
            self._view = None
            self._follow(True)


class BarsPlot(CountsPlot):
    """Histograms as outlines, faintly filled."""

    headroom = 1.15

    def set_cases(self, count: int) -> None:
        """Begin anew with so many cases."""
        super().set_cases(count)
        for k, curve in enumerate(self.curves):
            fill = QColor(colour_of(k))
            fill.setAlpha(40)
            curve.setFillLevel(0.0)
            curve.setBrush(fill)

    def show_bars(self, bars: Histogram) -> None:
        """Show shares of each case's values."""
        edges = np.log10(bars.edges) if len(bars.edges) else np.empty(0)
        for curve, shares in zip(self.curves, bars.shares, strict=True):
            if len(edges):
                curve.setData(edges, shares, stepMode="center")
            else:
                curve.setData([], [], stepMode="right")
        if len(edges):
            self.look_at(edges[0], edges[-1], 0.0, float(bars.shares.max()))


class DistributionPlot(CountsPlot):
    """Distribution functions: the share of starts below a value."""

    def __init__(self, across: str, up: str, parent: QWidget | None = None) -> None:
        super().__init__(across, up, parent)
        shares = np.linspace(0.0, 1.0, 5)
        self.getPlotItem().getAxis("left").setTicks([[(v, f"{v:g}") for v in shares.tolist()]])

    def show_counts(self, counts: Sequence[Counts]) -> None:
        """Show each case's distribution, on to the right end of all."""
        found = [c.distribution(_MOST_POINTS) for c in counts]
        ends = [(float(at[0]), float(at[-1])) for at, _ in found if len(at)]
        last = max((high for _, high in ends), default=1.0)
        for curve, (at, share) in zip(self.curves, found, strict=True):
            if len(at):
                curve.setData(np.log10(np.append(at, last)), np.append(share, share[-1]))
            else:
                curve.setData([], [])
        if ends:
            self.look_at(np.log10(min(low for low, _ in ends)), np.log10(last), 0.0, 1.0)


class SpotsPlot(CountsPlot):
    """Single starts, a row a case: ``chosen(case, start)`` follows a click on one of them."""

    chosen = pyqtSignal(int, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("final training loss", "", parent)
        self.setToolTip("")
        self.setAccessibleName("single starts by their final loss")
        self._labels: list[str] = []
        self._rows = np.empty((0, 4))
        self._drawn: tuple[int, ...] = ()
        box = self.getPlotItem().getViewBox()
        box.setMouseEnabled(y=False)
        box.invertY(True)
        self.scene().sigMouseClicked.connect(self._clicked)
        self.scene().sigMouseMoved.connect(self._hover)

    def name_cases(self, labels: Sequence[str]) -> None:
        """Begin anew with cases of these names."""
        self._labels, self._rows, self._drawn = list(labels), np.empty((0, 4)), ()
        self.set_cases(0)
        for k in range(len(labels)):
            spots = pg.ScatterPlotItem(size=5, pen=None, brush=pg.mkBrush(colour_of(k) + "b0"))
            self.addItem(spots)
            self.curves.append(spots)
        short = [text if len(text) <= 12 else f"{text[:11]}…" for text in labels]
        axis = self.getPlotItem().getAxis("left")
        axis.setTicks([list(enumerate(short))])
        axis.setWidth(92)

    def show_samples(self, tallies: Sequence[Tally]) -> None:
        """Show the starts that the tallies have kept, as many as can be painted while more come;
        those that diverged have no loss, and no place."""
        kept = tuple(len(t.sample) + t.stride for t in tallies)
        if kept == self._drawn:
            return
        self._drawn = kept
        most = max(_MOST_SPOTS // max(len(tallies), 1), 30)
        rows = []
        for k, (spots, tally) in enumerate(zip(self.curves, tallies, strict=True)):
            held = tally.sample[:: -(-len(tally.sample) // most) or 1]
            held = held[np.isfinite(held[:, 1]) & (held[:, 1] > 0)]
            # Rows a golden ratio apart spread any run of starts evenly.
            up = k + 0.7 * ((held[:, 0] * _GOLDEN) % 1.0 - 0.5)
            across = np.log10(held[:, 1])
            spots.setData(across, up)
            rows.append(np.column_stack([across, up, np.full(len(held), k), held[:, 0]]))
        self._rows = np.concatenate(rows) if rows else np.empty((0, 4))
        if len(self._rows):
            across = self._rows[:, 0]
            self.look_at(across.min(), across.max(), -0.6, len(tallies) - 0.4)

    def spot_at(self, place: QPointF) -> tuple[int, int] | None:
        """Case and start of the spot near a place of the scene; None where there is none."""
        box = self.getPlotItem().getViewBox()
        if not len(self._rows) or not box.sceneBoundingRect().contains(place):
            return None
        at = box.mapSceneToView(place)
        dx, dy = box.viewPixelSize()
        off = np.hypot((self._rows[:, 0] - at.x()) / dx, (self._rows[:, 1] - at.y()) / dy)
        k = int(off.argmin())
        return (int(self._rows[k, 2]), int(self._rows[k, 3])) if off[k] <= _REACH else None

    def place_of(self, case: int, start: int) -> QPointF | None:
        """Where in the scene a start is drawn; None where it is not."""
        found = np.flatnonzero((self._rows[:, 2] == case) & (self._rows[:, 3] == start))
        if not len(found):
            return None
        x, y = self._rows[found[0], :2]
        place: QPointF = self.getPlotItem().getViewBox().mapViewToScene(QPointF(x, y))
        return place

    def _clicked(self, event: Any) -> None:
        found = self.spot_at(event.scenePos())
        if found is not None and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(*found)

    def _hover(self, place: QPointF) -> None:
        found = self.spot_at(place)
        if found is None:
            QToolTip.hideText()
            return
        where = self.mapToGlobal(self.mapFromScene(place))
        case, start = found
        row = self._rows[(self._rows[:, 2] == case) & (self._rows[:, 3] == start)][0]
        text = f"{self._labels[case]}, start {start:,}: loss {10 ** row[0]:.5g}\nclick to replay it"
        QToolTip.showText(where, text, self)
