"""The list of a session's runs."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QListWidget, QWidget

from ui.experiment_form import brief
from workbench import Run


class RunList(QListWidget):
    """``chosen(run)`` follows the user's choice."""

    chosen = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs: Sequence[Run] = ()
        self.setMaximumHeight(96)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.currentRowChanged.connect(self._row_changed)

    def show_runs(self, runs: Sequence[Run], shown: Run) -> None:
        """List ``runs``, with the one that is ``shown`` marked."""
        self.blockSignals(True)
        self._runs = tuple(runs)
        self.clear()
        for k, run in enumerate(runs):
            self.addItem(f"{k + 1}  {brief(run.experiment)}")
            item = self.item(k)
            assert item is not None
            item.setToolTip(f"{brief(run.experiment)}: {run.steps} steps, click to show it")
        self.setCurrentRow(self._runs.index(shown))
        self.blockSignals(False)

    def _row_changed(self, row: int) -> None:
        if 0 <= row < len(self._runs):
            self.chosen.emit(self._runs[row])
