"""The loss over a plane through parameter space, with the run's path on it."""

from __future__ import annotations

import time

import numpy as np
from PyQt6.QtWidgets import QLabel, QVBoxLayout, QWidget

from ui.analyst import PlaneView
from ui.heightmap import HeightMap
from workbench import Run, Snapshot

_INTERVAL = 0.1  # seconds between two drawings of the growing path: the eye follows the rest


class LandscapeView(QWidget):
    """The latest plane that the analyst made; between two, the path grows on the plane shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel("Training loss around the path")
        title.setObjectName("viewTitle")
        self.note = QLabel("")
        self.note.setObjectName("viewNote")
        self.note.setWordWrap(True)
        self.note.setMinimumHeight(2 * self.note.fontMetrics().lineSpacing())
        self.map = HeightMap()
        self.map.plot.setLabel("bottom", "1st principal direction of the path")
        self.map.plot.setLabel("left", "2nd")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 4, 6, 4)
        layout.addWidget(title)
        layout.addWidget(self.map, 1)
        layout.addWidget(self.note)
        self._run: Run | None = None
        self.view: PlaneView | None = None
        self._points = np.empty((0, 2))
        self._next = 0.0

    def open(self, run: Run) -> None:
        """Forget the former run's plane."""
        self._run = run
        self.view = None
        self.map.clear()
        self.note.setText("the plane appears with the first steps")

    def show_plane(self, view: PlaneView) -> None:
        """Take over a plane made for the shown run."""
        if view.run is not self._run:
            return
        self.view = view
        grid = view.grid
        self.map.show_heights(grid.along, grid.across, grid.values, view.contours)
        self._points = grid.path
        self.map.show_path(self._points)
        off = grid.fit.distance.max()
        self.note.setText(
            grid.warning
            or f"shows {100 * grid.fit.explained:.1f} % of the path's variance; "
            f"the path leaves the plane by up to {off:.2g}"
        )

    def update_from(self, shown: Snapshot) -> None:
        """Let the path grow to where the run is now."""
        if self.view is None or time.perf_counter() < self._next:
            return
        self._next = time.perf_counter() + _INTERVAL
        if shown.step < self.view.step:
            return  # stepped back: the next plane is on its way
        here = self.view.grid.plane.project(shown.parameters[None])
        self._points = np.vstack([self._points, here])
        if len(self._points) > 2000:
            self._points = np.vstack([self._points[:1000], self._points[1000::2]])
        self.map.show_path(self._points)
