"""The page of runs: the form, the views of the run shown, and the bar that trains it."""

from __future__ import annotations

from concurrent.futures import Future

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSplitter,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from ui import run_files
from ui.analyst import Analysis, Analyst, Request
from ui.experiment_form import ExperimentForm
from ui.landscape_view import LandscapeView
from ui.loss_view import LossView
from ui.network_view import NetworkView
from ui.page import Page
from ui.run_bridge import RunBridge, is_running
from ui.run_list import RunList
from ui.weights_view import WeightsView
from workbench import Experiment, Run, Snapshot

_PACES = {"full speed": None, "1000 steps/s": 1000.0, "100 steps/s": 100.0, "10 steps/s": 10.0}


class RunPage(Page):
    """Shows one run; what it tells is the state of that run."""

    title = "Run"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bridge = RunBridge(self)
        self.analyst = Analyst(self)
        self.form = ExperimentForm()
        self.loss, self.network, self.weights = LossView(), NetworkView(), WeightsView()
        self.landscape = LandscapeView()
        self.runs = RunList()
        self.updates = 0
        self._shown: Snapshot | None = None
        self._figures: dict[str, QLabel] = {}
        self._make_actions()
        self._make_layout()
        self._make_figures()
        self._connect()

    # -- building ------------------------------------------------------------------------------

    def _make_actions(self) -> None:
        pixmap = QStyle.StandardPixmap
        add = self.add_action
        self.play = add("Play", pixmap.SP_MediaPlay, "Space", "train until the stop rule")
        self.pause = add("Pause", pixmap.SP_MediaPause, "Space", "stop training")
        self.back = add("Step back", pixmap.SP_MediaSkipBackward, "Ctrl+Left", "one step")
        self.step = add("Step", pixmap.SP_MediaSkipForward, "Ctrl+Right", "one step")
        self.reset = add("Reset", pixmap.SP_BrowserReload, "Ctrl+R", "back to the start")
        self.pause.setVisible(False)
        self.pace = QComboBox()
        self.pace.addItems(list(_PACES))
        self.pace.setToolTip("how fast to train; the result does not depend on it")
        self.bar.addWidget(self.pace)
        self.add_file_action("&Open experiment…", "Ctrl+O", lambda: run_files.open_experiment(self))
        self.add_file_action("&Save experiment…", "Ctrl+S", lambda: run_files.save_experiment(self))
        self.add_file_action("Save &run folder…", "Ctrl+Shift+S", lambda: run_files.save_run(self))

    def _make_layout(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.form, 1)
        self.form.message.setContentsMargins(8, 2, 8, 2)
        column.addWidget(self.form.message)
        heading = QLabel("Runs of this session")
        heading.setObjectName("viewTitle")
        heading.setContentsMargins(8, 2, 8, 0)
        column.addWidget(heading)
        column.addWidget(self.runs)
        left.setMinimumWidth(250)
        left.setMaximumWidth(340)

        right = QSplitter(Qt.Orientation.Vertical)
        upper, lower = QSplitter(), QSplitter()
        for splitter, views, shares in (
            (upper, (self.loss, self.network), (10, 11)),
            (lower, (self.weights, self.landscape), (10, 11)),
        ):
            for view, share in zip(views, shares, strict=True):
                view.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
                splitter.addWidget(view)
                splitter.setStretchFactor(splitter.count() - 1, share)
            splitter.setSizes([100 * share for share in shares])
            splitter.setChildrenCollapsible(False)
            right.addWidget(splitter)
        right.setSizes([400, 430])
        right.setChildrenCollapsible(False)

        whole = QSplitter()
        whole.addWidget(left)
        whole.addWidget(right)
        whole.setStretchFactor(1, 1)
        whole.setChildrenCollapsible(False)
        whole.setSizes([296, 1144])
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(whole)
        for name, view in (
            ("the loss", self.loss),
            ("the network", self.network),
            ("the weights", self.weights),
            ("the plane", self.landscape),
            ("the run page", right),
        ):
            self.add_picture(name, view)

    def _make_figures(self) -> None:
        row = QHBoxLayout(self.figures)
        row.setContentsMargins(0, 0, 0, 0)
        for name in ("step", "loss", "accuracy", "gradient norm", "steps/s", "dead units"):
            label = QLabel(f"{name} –")
            label.setObjectName(name)
            label.setContentsMargins(6, 0, 10, 0)
            row.addWidget(label)
            self._figures[name] = label
        row.addStretch(1)

    def _connect(self) -> None:
        bridge = self.bridge
        self.play.triggered.connect(bridge.play)
        self.pause.triggered.connect(bridge.pause)
        self.step.triggered.connect(lambda: bridge.step(1))
        self.back.triggered.connect(lambda: bridge.step(-1))
        self.reset.triggered.connect(bridge.reset)
        self.pace.textActivated.connect(lambda text: bridge.set_pace(_PACES[text]))
        bridge.opened.connect(self._opened)
        bridge.updated.connect(self._updated)
        bridge.failed.connect(self.say)
        bridge.said.connect(self.told)
        self.analyst.analysed.connect(self._analysed)
        self.network.sample_changed.connect(lambda _: self._ask())
        self.form.changed.connect(self._experiment_changed)
        self.form.preset_chosen.connect(self._open_preset)
        self.runs.chosen.connect(self._show_run)

    # -- what the user does --------------------------------------------------------------------

    def open_experiment(
        self, experiment: Experiment, play: bool = True, made: Future[Run] | None = None
    ) -> None:
        """Show ``experiment`` in the form and in a run of its own."""
        self.form.show_experiment(experiment)
        self.told.emit("preparing…")
        self.bridge.open(experiment, play, made)

    def _experiment_changed(self, experiment: Experiment) -> None:
        shown = self._shown
        at_rest = shown is not None and shown.status in ("ready", "paused")
        self.told.emit("preparing…")
        self.bridge.open(experiment, play=not at_rest)

    def _open_preset(self, name: str) -> None:
        self.open_experiment(Experiment.preset(name))

    def _show_run(self, run: Run) -> None:
        if run is not self.bridge.run:
            self.form.show_experiment(run.experiment)
            self.bridge.show(run)

    def close_page(self) -> None:
        """Stop training and all threads."""
        self.bridge.close()
        self.analyst.close()
        self.landscape.close_view()

    # -- what runs tell ------------------------------------------------------------------------

    def _opened(self, run: Run) -> None:
        self._shown = None
        earlier = [kept for kept in self.bridge.runs if kept is not run]
        self.loss.open(run, earlier)
        self.network.open(run)
        self.weights.open(run)
        self.landscape.open(run, self.bridge.runs)
        self.runs.show_runs(self.bridge.runs, run)

    def _updated(self, shown: Snapshot) -> None:
        self._shown = shown
        self.updates += 1
        running = is_running(shown)
        ended = shown.status in ("finished", "diverged")
        self.play.setVisible(not running)
        self.pause.setVisible(running)
        self.play.setEnabled(not ended)
        self.step.setEnabled(not ended)
        self.back.setEnabled(shown.step > 0)
        self.reset.setEnabled(shown.step > 0)
        self.told.emit(_state_text(shown))
        self.loss.update_from(shown)
        # While training runs these two take turns: both at every update cost training its speed.
        if not running or self.updates % 2:
            self.weights.maps.set_vector("weights", shown.parameters)
        if not running or not self.updates % 2:
            self.network.diagram.set_values(shown.parameters, None)
        self.landscape.update_from(shown)
        self._show_figures(shown)
        self._ask()

    def _show_figures(self, shown: Snapshot) -> None:
        rate = f"{shown.steps_per_second:,.0f}" if shown.steps_per_second else "–"
        for name, text in (
            ("step", f"{shown.step:,}"),
            ("loss", _figure(shown["loss"], ".5g")),
            ("accuracy", _figure(shown["accuracy_train"], ".4f")),
            ("gradient norm", _figure(shown["gradient_norm"], ".3e")),
            ("steps/s", rate),
        ):
            self._figures[name].setText(f"{name} {text}")

    def _ask(self) -> None:
        run, shown = self.bridge.run, self._shown
        # Kernels are compiled one at a time: those that training waits for come first.
        if run is not None and shown is not None and shown.status != "compiling":
            sample = self.network.sample.value()
            running = is_running(shown)
            self.analyst.ask(Request(run, shown.step, shown.parameters, sample, running))

    def _analysed(self, found: Analysis) -> None:
        if found.request.run is not self.bridge.run:
            return
        # While training runs they are painted with the next update anyway.
        paint = not found.request.running
        self.weights.maps.set_vector("gradient", found.gradient, paint)
        self.network.diagram.set_values(None, found.units, paint)
        layers = " + ".join(map(str, found.dead)) or "0"
        self._figures["dead units"].setText(f"dead units {layers}")

    def say(self, text: str) -> None:
        """Tell below the form what went wrong."""
        self.form.message.setText(text)


def _state_text(shown: Snapshot) -> str:
    if shown.status == "compiling":
        return "compiling…"
    told = shown.reason.startswith(shown.status)
    return shown.reason if told else ": ".join(filter(None, (shown.status, shown.reason)))


def _figure(value: float, form: str) -> str:
    return format(value, form) if np.isfinite(value) else "–"
