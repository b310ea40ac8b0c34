"""Choosing an experiment to map: the run's that is shown, or one of the gallery."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QComboBox, QLabel, QWidget

from workbench import Experiment, Run, gallery
from workbench.errors import BadValue, WorkbenchError

SHOWN = "from the run page"


class ExperimentCombo(QComboBox):
    """``extra`` entries of its owner's come first. ``chosen`` follows every choice."""

    chosen = pyqtSignal()

    def __init__(
        self,
        run: Callable[[], Run | None],
        extra: Sequence[str] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._run = run
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.addItems([*extra, SHOWN, *gallery()])
        self.setObjectName("maps.experiment")
        self.setToolTip(
            "what is trained: the experiment of the page of runs, or one of the gallery"
        )
        self.textActivated.connect(lambda _: self.chosen.emit())

    def run(self) -> Run | None:
        """The run that is shown, where its experiment is chosen."""
        return self._run() if self.currentText() == SHOWN else None

    def told(self, message: QLabel) -> Experiment | None:
        """The experiment chosen, or None where there is none yet, which ``message`` then says."""
        try:
            return self.experiment()
        except WorkbenchError as error:
            message.setText(str(error))
            return None

    def experiment(self) -> Experiment:
        """The experiment chosen. Raises BadValue where there is no run yet."""
        text = self.currentText()
        if text != SHOWN:
            return Experiment.preset(text)
        run = self._run()
        if run is None:
            raise BadValue("experiment", "needs a run on the page of runs", "none yet", "tutorial")
        return run.experiment
