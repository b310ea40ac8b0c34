"""One line on a start that is replayed: its end in the comparison, alone, and on the page of
runs."""

from __future__ import annotations

import math
from collections.abc import Callable

from PyQt6.QtWidgets import QLabel, QWidget

from ui.worker import Worker
from workbench import Run
from workbench.comparison.comparison import Comparison
from workbench.comparison.plan import Case
from workbench.comparison.replay import Replay, replay


class ReplayNote(QLabel):
    """Hidden while there is nothing to say. ``run()`` gives the run that the page of runs shows,
    None without one."""

    def __init__(self, run: Callable[[], Run | None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run = run
        self._found: Replay | None = None
        self.reader = Worker("compare-reader", self)
        self.setObjectName("viewNote")
        self.setContentsMargins(8, 0, 8, 2)
        self.hide()

    def ask(self, comparison: Comparison, case: Case, start: int) -> None:
        """Train a start alone, on another thread, and say how it ended."""
        self.forget()
        self.reader.ask("replay", lambda: replay(comparison, case, start), self._keep)

    def forget(self) -> None:
        """Say nothing of the start before."""
        self.reader.forget("replay")
        self._keep(None)

    def refresh(self) -> None:
        """Say how far the run on the page of runs is by now."""
        self.setText(self._words())
        self.setVisible(bool(self.text()))

    def close_note(self) -> None:
        """End the thread."""
        self.reader.close()

    def _keep(self, found: Replay | None) -> None:
        self._found = found
        self.refresh()

    def _words(self) -> str:
        found, run = self._found, self._run()
        if found is None or found.steps < 0:
            return ""
        text = f"{found.case.label}, start {found.start:,}: loss {found.loss:.6g}"
        text += f" after {found.steps:,} steps; trained alone: "
        text += "the same to the last bit" if found.same else "not the same, which is a fault"
        if run is None or run.experiment != found.case.experiment.replace(start=found.start):
            return text
        if run.steps != found.steps:
            return f"{text}; on the page of runs at step {run.steps:,}"
        apart = abs(float(run.loss[-1]) - found.loss)
        if not math.isfinite(apart):  # where one of them diverged there is no distance
            return text
        return f"{text}; on the page of runs {apart:.1g} apart by rounding"
