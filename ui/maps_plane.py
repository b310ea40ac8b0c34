"""Basin maps on a plane through a network's parameter space: one whole training a pixel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from PyQt6.QtWidgets import QWidget

from ui.item_editor import form_group
from ui.maps_basins import BasinStudy, Shown, painted
from ui.maps_sources import ExperimentCombo
from ui.maps_study import hint, number
from workbench import Experiment, Run, WorkbenchError
from workbench.fields import integer, within
from workbench.landscape import Plane
from workbench.maps.basin_map import BasinMap
from workbench.maps.basins_plane import TOLERANCE, plane_about, plane_states
from workbench.maps.pixels import Window
from workbench.multistart import train_starts

_MOST_STEPS = 10_000  # of a training, which is not cut short when its map is cancelled
_DEFAULT_STEPS = 500
_STEPS_AT_ONCE = 200  # of the run whose path lays the plane, between two looks at cancelling
_ON_PATH = 40


class PlaneBasins(BasinStudy):
    """Basins around the path of the run that is shown, or of a run of the gallery's experiment."""

    title = "Basins of a network"
    table_name = "The ends as CSV…"
    heads = ("end", "loss", "area")

    def __init__(self, run: Callable[[], Run | None], parent: QWidget | None = None) -> None:
        super().__init__("maps-plane", parent)
        self.map.set_labels("first main direction of the path", "second main direction")
        self.source = ExperimentCombo(run)
        self.source.setCurrentText("tutorial")
        self.steps = number(
            "maps.steps", _DEFAULT_STEPS, "steps of each training at most", self._anew
        )
        self.tolerance = number(
            "maps.tolerance", TOLERANCE, "ends this near, of their length, are alike", self.compute
        )
        self.resolution = number(
            "maps.resolution", 64, "pixels a side, a training each", self.compute
        )
        # What the present map is of: the plane lies through one path, however one zooms.
        self._plane: tuple[Plane, Window] | None = None
        self._experiment: Experiment | None = None
        self.lay_out(
            [
                form_group("Trainings", [("experiment", self.source), ("steps", self.steps)]),
                form_group("Map", [("resolution", self.resolution), ("tolerance", self.tolerance)]),
                hint(
                    "Equal colours: ends that have both converged, or both not; whose losses "
                    "differ by less than half a decade; and whose parameters, after permuting and "
                    "rescaling units, differ by at most the tolerance times their length. Of ends "
                    "that have not converged they say that two trainings are near each other at "
                    "their last step, not that they would arrive at one minimum."
                ),
            ],
            self.map,
            self.right,
        )
        self.source.chosen.connect(self._other)
        self.pictures = [("the basin map", self.map), ("the basins page", self.whole)]

    def _other(self) -> None:
        found = self.source.told(self.message)
        if found is None:
            return
        self.steps.set_value(min(found.stop.steps, _DEFAULT_STEPS))
        self._anew()

    def _anew(self) -> None:
        self._plane = None
        self.forget_map()
        self.forget_windows()
        self.compute()

    def whole_window(self) -> Window | None:
        """The square about the path."""
        return self._plane[1] if self._plane is not None else None

    def compute(self) -> None:
        """Train from every pixel, as the form says."""
        try:
            steps = integer("steps", self.steps.value(), 1, _MOST_STEPS)
            size = integer("resolution", self.resolution.value(), 8, 1024)
            tolerance = within("tolerance", self.tolerance.value(), "(0, 1]")
            experiment = self.source.experiment().replace(stop={"steps": steps})
        except WorkbenchError as error:
            self.message.setText(str(error))
            return
        run, window, held = self.source.run(), self.window_wanted, self._plane

        def states(progress: Any, cancelled: Any) -> Iterator[Shown]:
            laid = held or _lay(experiment, run, cancelled)
            if laid is None:
                return
            made = plane_states(
                experiment, plane=laid[0], window=window or laid[1], resolution=size,
                tolerance=tolerance, progress=progress, cancelled=cancelled,
            )  # fmt: skip
            for shown in painted(made):
                self._plane, self._experiment = laid, experiment
                yield shown

        self.heading.setText(f"Basins of {experiment.title or 'the experiment'}")
        if held is None:
            self.note.setText("laying the plane through the run's path…")
        self.start(states)

    def describe(self, made: BasinMap) -> None:
        """The note of a map."""
        whole = made.about["converged"] == 1.0
        kind = "equal colours: one minimum" if whole else "equal colours: ends near each other"
        self.note.setText(
            f"each pixel is trained for at most {made.about['steps']:,} steps; "
            f"{made.about['converged']:.1%} have converged (gradient norm at most "
            f"{made.about['gradient_norm']:.1g}); {kind}; click for a path"
        )

    def marks_wanted(self, made: BasinMap) -> list[dict[str, Any]]:
        """None: ends lie beside the plane."""
        return []

    def named(self, row: dict[str, Any]) -> tuple[str, str]:
        """A label's number; ends of networks have no names."""
        return f"end {row['label']}", ""

    def end_name(self, label: int) -> str:
        """A label's number and its loss."""
        assert self.shown is not None
        return f"end {label}, loss {self.shown.made.minima[label].value:.4g},"

    def path_from(self, place: tuple[float, float]) -> Callable[[], np.ndarray]:
        """The training that the pixel stands for, at some of its steps, projected to the plane."""
        laid, experiment = self._plane, self._experiment
        assert laid is not None
        assert experiment is not None
        plane, _ = laid

        def compute() -> np.ndarray:
            point = plane.origin + np.array(place) @ plane.directions
            start = point[None].astype(experiment.numpy_dtype)
            rows = [point]
            last = experiment.stop.steps
            for steps in np.unique(np.geomspace(1, last, _ON_PATH).astype(int)):
                part = experiment.replace(stop={"steps": int(steps)})
                [block] = train_starts(part, 1, points=start, threads=1)
                rows.append(block.parameters[0].astype(np.float64))
                if block.steps[0] < steps:
                    break
            path = np.array(rows)
            return np.asarray(plane.project(path[np.isfinite(path).all(1)]))

        return compute


def _lay(
    experiment: Experiment, run: Run | None, cancelled: Callable[[], bool]
) -> tuple[Plane, Window] | None:
    """The plane of the path of ``run``, or of a new run where it has none; None if cancelled."""
    if run is None or run.steps < 2:
        run = Run(experiment)
        while run.step(_STEPS_AT_ONCE):
            if cancelled():
                return None
    return plane_about(run)
