"""A plane through parameter space that follows the run, and what it hides."""

from __future__ import annotations

import time
from html import escape

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from ui.plane_choice import PlaneChoice
from ui.plane_frame import SIDE, Frame, Wish
from ui.plane_maker import PlaneMaker
from ui.plane_map import FEATURES, LEGEND, PlaneMap
from ui.profile_view import ProfileView
from ui.relief_view import ReliefView
from ui.surface_grid import Area, Grid, thinned
from ui.theme import themes
from workbench import Run, Snapshot
from workbench.landscape import heights
from workbench.landscape.honesty import LEAST_EXPLAINED

_INTERVAL = 0.1  # seconds between two drawings of the growing path: the eye follows the rest
_RELIEF_INTERVAL = 0.5  # seconds between two reliefs while training runs
_ON_RELIEF = 400  # points of the path in 3-D
_HELP = "scroll or drag to look closer, double-click to follow the path again"


class LandscapeView(QWidget):
    """The latest frame of the plane maker; between two, the path grows on the plane shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.maker = PlaneMaker(self)
        self.choice = PlaneChoice()
        self.map, self.relief, self.profile = PlaneMap(), ReliefView(), ProfileView()
        self.map.plot.setToolTip(_HELP)
        self.stage = QStackedWidget()
        self.stage.addWidget(self.map)
        self.stage.addWidget(self.relief)
        self.title = QLabel("Plane through parameter space")
        self.title.setObjectName("viewTitle")
        self.busy = QLabel("")
        self.busy.setObjectName("viewNote")
        self.legend, self.note = QLabel(""), QLabel("")
        for label in (self.legend, self.note):
            label.setObjectName("viewNote")
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
        # Room for what it may say, so that the map keeps its size while the words change.
        self.note.setMinimumHeight(3 * self.note.fontMetrics().lineSpacing())
        head = QHBoxLayout()
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(self.busy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 4, 6, 4)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self.choice)
        row = QHBoxLayout()
        row.addWidget(self.stage, 3)
        row.addWidget(self.profile, 2)
        layout.addLayout(row, 1)
        layout.addWidget(self.legend)
        layout.addWidget(self.note)
        self.profile.hide()
        self._run: Run | None = None
        self._shown: tuple[int, bool] = (0, False)
        self._looked: Area | None = None
        self.view: Frame | None = None
        self.frames = 0
        self._points = np.empty((0, 2))
        self._next = self._relieved = 0.0
        self.maker.made.connect(self.show_frame)
        self.maker.failed.connect(self._failed)
        self.maker.works.connect(self.busy.setText)
        self.choice.changed.connect(self._chosen)
        self.choice.wrong.connect(self._say_wrong)
        self.map.looked.connect(self._look)
        self.map.fitted.connect(lambda: self._look(None))
        self.map.reshaped.connect(self._ask)
        themes.changed.connect(self._write)

    def open(self, run: Run, runs: list[Run] | None = None) -> None:
        """Forget the former run's plane; ``runs`` are those whose points may be chosen."""
        self._run = run
        self.view = None
        self._looked = None
        self._shown = (run.steps, False)
        self.map.clear()
        self.relief.show_grid(None)
        self.profile.show_profiles(())
        self.choice.open(run, runs or [run])
        self.legend.setText("")
        self.note.setText("computing the plane…")

    def close_view(self) -> None:
        """End the thread and what holds OpenGL."""
        self.maker.close()
        self.relief.close_engine()

    # -- what is asked for ---------------------------------------------------------------------

    @property
    def wish(self) -> Wish | None:
        """What to show now; None without a run."""
        if self._run is None:
            return None
        choice = self.choice
        return Wish(
            self._run,
            choice.choice,
            choice.spots,
            choice.heights.currentText(),
            choice.log.isChecked(),
            self._looked,
            self.map.ratio if self._looked is None else 1.0,
        )

    def _ask(self) -> None:
        wish = self.wish
        # Nobody looks at a hidden view: training keeps its speed.
        if wish is None or not self.isVisible():
            self.maker.rest()
            return
        self.maker.ask(wish, *self._shown)

    def _look(self, area: Area | None) -> None:
        self._looked = area
        if area is None and self.view is not None:
            self.map.show_frame(self.view, self.choice.marks.isChecked(), True)
        self._ask()

    def _chosen(self) -> None:
        self.stage.setCurrentIndex(int(self.choice.relief.isChecked()))
        wish, view = self.wish, self.view
        if view is not None and not view.wish.same_picture(wish):
            self._looked = None
        if view is not None and view.run is self._run:
            self.map.show_features(view.grid.features if self.choice.marks.isChecked() else ())
            self._relieved = 0.0
            self._show_relief(view)
            self._write()
        self._ask()

    def showEvent(self, event: object) -> None:
        """Catch up with what happened meanwhile."""
        self._ask()

    def hideEvent(self, event: object) -> None:
        """Compute nothing that nobody sees."""
        self.maker.rest()

    # -- what is shown -------------------------------------------------------------------------

    def show_frame(self, frame: Frame) -> None:
        """Take over a frame made for the shown run."""
        wish = self.wish
        if frame.run is not self._run or not frame.wish.same_picture(wish):
            return
        self.view = frame
        self.frames += 1
        self._points = frame.grid.path
        self.map.show_frame(frame, self.choice.marks.isChecked(), self._looked is None)
        self.profile.show_profiles(frame.grid.profiles)
        self._show_relief(frame)
        self._write()

    def update_from(self, shown: Snapshot) -> None:
        """Ask for the next frame, and let the path grow to where the run is now."""
        running = shown.status in ("running", "compiling")
        self._shown = (shown.step, running)
        self._ask()
        if self.view is None or time.perf_counter() < self._next or not self.map.isVisible():
            return
        self._next = time.perf_counter() + _INTERVAL
        if shown.step < self.view.step or self.view.grid.fit.path.name != "step":
            return  # stepped back, and the next plane is on its way; or no path of the run
        here = self.view.grid.plane.project(shown.parameters[None])
        self._points = np.vstack([self._points, here])
        if len(self._points) > 2000:
            self._points = np.vstack([self._points[:1000], self._points[1000::2]])
        self.map.show_path(self._points)

    def _show_relief(self, frame: Frame) -> None:
        now = time.perf_counter()
        if not self.relief.isVisible() and self.stage.currentWidget() is not self.relief:
            return
        if frame.running and now - self._relieved < _RELIEF_INTERVAL:
            return
        self._relieved = now
        grid, none = frame.grid, np.empty((0, 2))
        self.relief.show_grid(
            Grid(grid.along, grid.across, grid.values, frame.colour, frame.scale, none, none)
        )
        fit = grid.fit
        # On the surface, as the map has it: what it hides is told below.
        path = np.column_stack([fit.shown, fit.loss_plane])[thinned(len(fit.shown), _ON_RELIEF)]
        on_surface = frame.wish.height in ("loss", "loss_test")
        self.relief.show_paths([(path, themes.now.path)] if on_surface else [])
        marked = grid.features if self.choice.marks.isChecked() else ()
        points = [
            (np.array([[f.x, f.y, f.value]]), FEATURES[f.kind][2], FEATURES[f.kind][0], 10.0)
            for f in marked
        ]
        if on_surface:
            points.append((path[-1:], "#ffffff", "h", 12.0))
        self.relief.show_points(points)

    # -- words ---------------------------------------------------------------------------------

    def _failed(self, wish: Wish, text: str) -> None:
        if wish.run is self._run and wish.same_picture(self.wish):
            if self.view is not None and not self.view.wish.same_picture(wish):
                self.view = None  # what is shown is not what was asked for
                self.map.clear()
                self.relief.show_grid(None)
                self.profile.show_profiles(())
                self.legend.setText("")
            self._say_wrong(text)

    def _say_wrong(self, text: str) -> None:
        self.note.setText(f'<span style="color:{themes.now.error}">{escape(text)}</span>')

    def _write(self) -> None:
        """The words below the map: how far it can be trusted."""
        view = self.view
        if view is None:
            return
        fit, grid = view.grid.fit, view.grid
        words = []
        if grid.warning:
            colour = themes.now.warning
            words.append(f'<span style="color:{colour}">⚠ {escape(grid.warning)}</span>')
        if len(fit.shown) > 1:
            if fit.explained >= LEAST_EXPLAINED:  # else the warning says so
                words.append(
                    f"shows {100 * fit.explained:.1f} % of the path's variance; the path leaves it "
                    f"by up to {fit.distance.max():.2g}"
                )
            words.append(
                f"at {fit.path.name} {fit.path.places[-1]:,g} the loss is {fit.loss[-1]:.4g}, "
                f"in the plane {fit.loss_plane[-1]:.4g}"
            )
        for profile in grid.profiles:
            words.append(f"{profile.name}: barrier {profile.barrier:.3g}")
        size = f"{len(grid.along)}×{len(grid.across)}"
        if view.computed < 1.0:
            size += f", {100 * view.computed:.0f} % computed, the rest interpolated"
        elif len(grid.along) < SIDE:
            size += " (a larger network or height: coarser)"
        words.append(size)
        self.note.setText("; ".join(words))
        kinds = [f.kind for f in grid.features]
        minimised = heights.catalog.get(grid.height).facts.get("minimised", True)
        self.legend.setVisible(self.choice.marks.isChecked() and minimised)
        entries = [
            f"{look[3]} {LEGEND.get(kind, kind)} ({kinds.count(kind)})"
            for kind, look in FEATURES.items()
            if kind in kinds
        ]
        entries = entries or ["no minimum or saddle on this grid"]
        if fit.path.name == "step" and len(fit.shown) > 1:
            entries += ["● start", "⬢ end"]
        self.legend.setText("   ".join(entries))
