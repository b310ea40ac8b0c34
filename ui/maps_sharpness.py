"""Sharpness along a run: the Hessian's largest eigenvalue beside 2 / learning rate."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QCheckBox, QLabel, QSplitter, QVBoxLayout, QWidget

from ui.item_editor import form_group
from ui.log_axis import LogAxis
from ui.maps_basins import table_csv
from ui.maps_sources import ExperimentCombo
from ui.maps_study import Study, hint, number
from ui.theme import style_plot, themes
from workbench import Run, WorkbenchError
from workbench.fields import integer
from workbench.sharpness_curve import Sharpness
from workbench.sharpness_curve import states as measure

_MOST_STEPS = 1_000_000


class SharpnessStudy(Study):
    """A run of its own, which is measured as it goes."""

    title = "Sharpness"
    table_name = "The sharpness as CSV…"

    def __init__(self, run: Callable[[], Run | None], parent: QWidget | None = None) -> None:
        super().__init__("maps-sharpness", parent)
        self.shown: Sharpness | None = None
        self.source = ExperimentCombo(run)
        self.source.setCurrentText("edge_of_stability")
        self.steps = number("maps.steps", 4000, "steps of the run", self.compute)
        self.every = number("maps.every", 20, "steps between two measurements", self.compute)
        self.log = QCheckBox("&log scale")
        self.log.setToolTip("sharpness on a logarithmic scale (Alt+L)")
        self.curves, self.losses = _plot("Hessian's largest eigenvalue"), _plot("training loss")
        self.curves.addLegend(offset=(-8, -8))
        self.losses.getPlotItem().setLogMode(y=True)
        self.losses.setLabel("bottom", "step")
        self.losses.setXLink(self.curves)
        self.sharp = self.curves.plot([], [], name="sharpness")
        self.edge = self.curves.plot([], [], name="2 / learning rate")
        self.loss = self.losses.plot([], [])
        both = QSplitter(Qt.Orientation.Vertical)
        both.addWidget(self.curves)
        both.addWidget(self.losses)
        both.setSizes([420, 240])
        both.setChildrenCollapsible(False)
        title = QLabel("What it says")
        title.setObjectName("viewTitle")
        self.figures = QLabel("")
        self.figures.setWordWrap(True)
        self.figures.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.figures.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(6, 4, 6, 4)
        column.addWidget(title)
        column.addWidget(self.figures, 1)
        right.setMinimumWidth(240)
        self.lay_out(
            [
                form_group(
                    "Run",
                    [("experiment", self.source), ("steps", self.steps), ("every", self.every)],
                ),
                form_group("Plot", [("", self.log)]),
                hint(
                    "Gradient descent on a quadratic diverges where the curvature is above 2 / "
                    "learning rate. The sharpness of a network's loss climbs to that edge and "
                    "hovers there while the loss keeps falling (Cohen et al. 2021, arXiv "
                    "2103.00065)."
                ),
            ],
            both,
            right,
        )
        self.source.chosen.connect(self._other)
        self.log.toggled.connect(self._set_log)
        themes.changed.connect(self._restyle)
        self._restyle()
        self.pictures = [("the sharpness", both), ("the sharpness page", self.whole)]

    def _other(self) -> None:
        found = self.source.told(self.message)
        if found is None:
            return
        self.steps.set_value(min(found.stop.steps, 4000))
        self.compute()

    def compute(self) -> None:
        """Train and measure, as the form says."""
        try:
            steps = integer("steps", self.steps.value(), 1, _MOST_STEPS)
            every = integer("every", self.every.value(), 1, steps)
            experiment = self.source.experiment().replace(stop={"steps": steps})
        except WorkbenchError as error:
            self.message.setText(str(error))
            return
        self.heading.setText(experiment.title or "Sharpness along the run")
        self.note.setText(f"measured every {every:,} steps; drag or scroll to look closer")

        def states(progress: Any, cancelled: Any) -> Iterator[Sharpness]:
            yield from measure(experiment, every, progress=progress, cancelled=cancelled)

        for plot in (self.curves, self.losses):
            plot.getPlotItem().enableAutoRange()
        self.curves.setXRange(0, steps, padding=0.02)
        self.start(states)

    def show_state(self, state: Sharpness) -> None:
        """Show what has been measured."""
        self.shown = state
        self._draw(state)
        s = state.summary()
        lines = [
            f"step {s['steps']:,}, {s['points']:,} measurements",
            f"sharpness {s['sharpness_initial']:.5g} → {s['sharpness_final']:.5g}, "
            f"at most {s['sharpness_largest']:.5g}",
        ]
        if s["edge"] is None:
            lines.append("no edge: this optimizer's steps are not linear in the gradient")
        else:
            reached = s["edge_reached_at"]
            when = "not reached" if reached is None else f"first reached at step {reached:,}"
            lines.append(f"edge {s['edge']:.5g}, {when}")
            if s["ratio_last_quarter"] is not None:
                lines.append(f"last quarter: on average {s['ratio_last_quarter']:.3f} of the edge")
        lines.append(f"loss {state.loss[0]:.5g} → {state.loss[-1]:.5g}")
        if state.diverged:
            lines.append("the run diverged")
        self.figures.setText("\n\n".join(lines))

    def _draw(self, made: Sharpness) -> None:
        positive = made.sharpness > 0 if self.log.isChecked() else np.full(len(made.step), True)
        mark = "o" if len(made.step) == 1 else None
        self.sharp.setData(made.step[positive], made.sharpness[positive], symbol=mark)
        known = np.isfinite(made.edge)
        self.edge.setData(made.step[known], made.edge[known])
        plain = bool(known.any()) and np.allclose((made.edge * made.rate)[known], 2.0)
        legend = self.curves.getPlotItem().legend
        legend.getLabel(self.edge).setText("2 / learning rate" if plain else "edge of stability")
        sound = np.isfinite(made.loss) & (made.loss > 0)
        self.loss.setData(made.step[sound], made.loss[sound], symbol=mark)

    def _set_log(self, on: bool) -> None:
        self.curves.getPlotItem().setLogMode(y=on)
        self.curves.getPlotItem().enableAutoRange(axis="y")
        if self.shown is not None:
            self._draw(self.shown)

    def csv(self) -> bytes:
        """The measurements; empty before there are any."""
        if self.shown is None:
            return b""
        m = self.shown
        names = ("step", "sharpness", "loss", "learning_rate", "edge")
        columns = (m.step, m.sharpness, m.loss, m.rate, m.edge)
        rows = [
            dict(zip(names, row, strict=True))
            for row in zip(*(c.tolist() for c in columns), strict=True)
        ]
        return table_csv(names, rows)

    def _restyle(self) -> None:
        for plot in (self.curves, self.losses):
            style_plot(plot)
        theme = themes.now
        self.sharp.setPen(pg.mkPen(theme.train, width=1.5))
        self.edge.setPen(pg.mkPen(theme.test, width=1.5, style=Qt.PenStyle.DashLine))
        self.loss.setPen(pg.mkPen(theme.train, width=1.5))
        for curve in (self.sharp, self.loss):
            curve.setSymbolBrush(pg.mkBrush(theme.train))
            curve.setSymbolPen(None)


def _plot(label: str) -> pg.PlotWidget:
    plot = pg.PlotWidget(axisItems={"left": LogAxis("left")})
    plot.setMinimumSize(220, 110)
    item = plot.getPlotItem()
    item.setMenuEnabled(False)
    item.hideButtons()
    item.showGrid(x=True, y=True, alpha=0.15)
    item.setLabel("left", label)
    item.getAxis("left").setWidth(64)
    for side in ("left", "bottom"):
        item.getAxis(side).enableAutoSIPrefix(False)
    return plot
