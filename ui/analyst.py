"""A thread that works out what the views show beyond a snapshot: gradients and activations.

It takes the latest request only, and rests between two while training runs, so that training keeps
its speed on a machine with two cores.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QObject, pyqtSignal

from ui.background import Background
from workbench import Run

_SHARE = 0.06  # of one core, while training runs


@dataclass(frozen=True)
class Request:
    """What to look at: ``parameters`` (n,) of ``run`` after ``step`` steps, and which sample."""

    run: Run
    step: int
    parameters: np.ndarray
    sample: int
    running: bool


@dataclass(frozen=True)
class Analysis:
    """Worked out for one request: the training set's ``gradient`` (n,), all ``units`` of the sample
    (n_units,), the number of dead units per hidden layer."""

    request: Request
    gradient: np.ndarray
    units: np.ndarray
    dead: list[int]


class Analyst(Background):
    """Ask it with ``ask``; it answers by signals on the window's thread."""

    analysed = pyqtSignal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._request: Request | None = None
        self.begin("analyst")

    def ask(self, request: Request) -> None:
        """Replace the waiting request; returns at once."""
        with self.wake:
            self._request = request
            self.wake.notify()

    def take(self) -> Request | None:
        """The waiting request."""
        request, self._request = self._request, None
        return request

    def carry_out(self, request: Request) -> None:
        """Analyse, and rest afterwards while training runs."""
        begun = time.perf_counter()
        self._analyse(request)
        spent = time.perf_counter() - begun
        if request.running:
            self._sleep(max(spent / _SHARE - spent, 0.03), request.run)

    def _sleep(self, seconds: float, run: Run) -> None:
        """Rest, but not longer than training runs."""
        end = time.perf_counter() + seconds
        while not self.closed and (left := end - time.perf_counter()) > 0:
            time.sleep(min(left, 0.02))
            if run.status not in ("running", "compiling"):
                return

    def _analyse(self, request: Request) -> None:
        model = request.run.model
        _, gradient = model.loss_and_gradient(request.parameters)
        inputs = model.data.train.inputs
        units = model.units(request.parameters, inputs[request.sample % len(inputs)])
        self.analysed.emit(Analysis(request, gradient, units, model.dead_units(request.parameters)))
