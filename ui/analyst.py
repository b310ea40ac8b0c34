"""A thread that works out what the views show beyond a snapshot: gradients, activations, planes.

It takes the latest request only, and rests between two while training runs, so that training keeps
its speed on a machine with two cores.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

import contourpy
import numpy as np
from PyQt6.QtCore import QObject, pyqtSignal

from workbench import Run
from workbench.landscape import Landscape, grid_around

_SHARE = 0.06  # of one core, for all that is worked out while training runs
_REST_BUDGET, _BUSY_BUDGET = 0.7, 0.08  # seconds for one plane
_FINEST, _COARSEST = 81, 9


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


@dataclass(frozen=True)
class PlaneView:
    """A loss grid around a run's path until ``step``, with contour lines (NaN between lines)."""

    run: Run
    step: int
    grid: Landscape
    contours: np.ndarray


class Analyst(QObject):
    """Ask it with ``ask``; it answers by signals on the window's thread."""

    analysed = pyqtSignal(object)
    plane_made = pyqtSignal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._request: Request | None = None
        self._wake = threading.Condition()
        self._closed = False
        self._plane_key: tuple[Run, int, bool] | None = None
        self._last: tuple[Landscape, float] | None = None
        self._thread = threading.Thread(target=self._work, name="analyst", daemon=True)
        self._thread.start()

    def ask(self, request: Request) -> None:
        """Replace the waiting request; returns at once."""
        with self._wake:
            self._request = request
            self._wake.notify()

    def close(self) -> None:
        """End the thread after what it is doing."""
        with self._wake:
            self._closed = True
            self._wake.notify()
        self._thread.join()

    def _work(self) -> None:
        while True:
            with self._wake:
                while self._request is None and not self._closed:
                    self._wake.wait()
                if self._closed:
                    return
                request, self._request = self._request, None
            assert request is not None
            begun = time.perf_counter()
            self._analyse(request)
            spent = time.perf_counter() - begun
            if request.running:
                self._sleep(max(spent / _SHARE - spent, 0.03), request.run)
            self._plane(request)

    def _sleep(self, seconds: float, run: Run) -> None:
        """Rest, but not longer than training runs."""
        end = time.perf_counter() + seconds
        while not self._closed and (left := end - time.perf_counter()) > 0:
            time.sleep(min(left, 0.02))
            if run.status not in ("running", "compiling"):
                return

    def _analyse(self, request: Request) -> None:
        model = request.run.model
        _, gradient = model.loss_and_gradient(request.parameters)
        inputs = model.data.train.inputs
        units = model.units(request.parameters, inputs[request.sample % len(inputs)])
        self.analysed.emit(Analysis(request, gradient, units, model.dead_units(request.parameters)))

    def _plane(self, request: Request) -> None:
        key = (request.run, request.step, request.running)
        if self._closed or key == self._plane_key or not self._due(request):
            return
        begun = time.perf_counter()
        with self._wake:
            if self._request is not None and not self._request.running and request.running:
                return  # training has ended meanwhile; the finer plane is next
        model = request.run.model
        model.measures(request.parameters, model.train)
        cost = time.perf_counter() - begun
        budget = _BUSY_BUDGET if request.running else _REST_BUDGET
        size = int(np.clip(np.sqrt(budget / max(cost, 1e-9)), _COARSEST, _FINEST))
        steps, trail = request.run.trail()
        grid = grid_around(model, trail, size, steps=steps)
        self.plane_made.emit(PlaneView(request.run, int(steps[-1]), grid, _contours(grid)))
        self._plane_key = key
        self._last = grid, time.perf_counter()

    def _due(self, request: Request) -> bool:
        """At rest always; while training once in a while, sooner where the path left the grid."""
        if not request.running or self._last is None:
            return True
        if self._plane_key and self._plane_key[0] is not request.run:
            return True
        grid, made = self._last
        x, y = grid.plane.project(request.parameters[None])[0]
        inside = grid.along[0] < x < grid.along[-1] and grid.across[0] < y < grid.across[-1]
        return time.perf_counter() - made > (_BUSY_BUDGET / _SHARE if inside else 0.3)


def _contours(grid: Landscape) -> np.ndarray:
    return contour_lines(grid.along, grid.across, grid.values)


def contour_lines(x: np.ndarray, y: np.ndarray, height: np.ndarray, count: int = 14) -> np.ndarray:
    """Contour lines of ``height`` (len(y), len(x)): points (m, 2), a row of NaN after each line."""
    finite = height[np.isfinite(height)]
    if not finite.size or finite.min() == finite.max():
        return np.empty((0, 2))
    masked = np.ma.masked_invalid(height)
    generator = contourpy.contour_generator(x, y, masked)
    found: list[np.ndarray] = []
    gap = np.full((1, 2), np.nan)
    for level in np.linspace(finite.min(), finite.max(), count + 2)[1:-1]:
        for line in generator.lines(level):
            found += [np.asarray(line), gap]
    return np.concatenate(found) if found else np.empty((0, 2))
