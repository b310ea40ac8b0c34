"""The page of surfaces: map, 3-D view, timeline and race of descents on one surface."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSplitter, QStyle, QVBoxLayout, QWidget

from ui.elided_label import ElidedLabel
from ui.film import Filming
from ui.page import Page
from ui.race_view import RaceView
from ui.racing import Racer, Trace, race, verdict
from ui.relief_view import ReliefView
from ui.surface_exports import choose_film, save_paths
from ui.surface_grid import Grid, make_grid
from ui.surface_map import SurfaceMap
from ui.surface_panel import SurfacePanel
from ui.surface_scene import SurfaceScene
from ui.theme import themes
from ui.timeline import Timeline
from ui.worker import Worker
from workbench.descents.surface import Surface


class SurfacePage(Page):
    """Composition; heights and descents are worked out on two threads, the newest first."""

    title = "Surfaces"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.panel = SurfacePanel()
        self.map = SurfaceMap()
        self.relief = ReliefView()
        self.race = RaceView()
        self.timeline = Timeline()
        self.log = QCheckBox("&log colours")
        self.log.setChecked(True)
        self.log.setToolTip("heights by their logarithm above the lowest (Alt+L), in 3-D too")
        self.arrows = QCheckBox("−&gradient")
        self.arrows.setToolTip("downhill; the length grows with the slope's cube root (Alt+G)")
        self.tangent = QCheckBox("tangent &plane")
        self.tangent.setToolTip("the surface's tangent plane at the step shown, in 3-D (Alt+P)")
        self.note = QLabel("")
        self.note.setObjectName("viewNote")
        self.note.setWordWrap(True)
        self.note.setMinimumHeight(2 * self.note.fontMetrics().lineSpacing())
        self.step_note = QLabel("")
        self.step_note.setWordWrap(True)
        self.step_note.setMinimumHeight(2 * self.step_note.fontMetrics().lineSpacing())
        self.scene = SurfaceScene(self.map, self.relief, self.race)
        self.descents = 0
        self._maps = Worker("surface-map", self)
        self._walks = Worker("surface-descent", self)
        self._opened = False
        self.filming: Filming | None = None
        self._said = ""
        self._make_layout()
        self._make_bar()
        self._connect()

    def _make_layout(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.panel, 1)
        self.panel.message.setContentsMargins(8, 2, 8, 2)
        column.addWidget(self.panel.message)
        left.setMinimumWidth(300)
        left.setMaximumWidth(340)

        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(6, 4, 6, 4)
        column.setSpacing(4)
        head = QHBoxLayout()
        self.heading = ElidedLabel("Surface")
        self.heading.setObjectName("viewTitle")
        head.addWidget(self.heading, 1)
        for box in (self.log, self.arrows, self.tangent):
            head.addWidget(box)
        column.addLayout(head)
        column.addWidget(self.map, 1)
        column.addWidget(self.note)
        column.addWidget(self.timeline)
        column.addWidget(self.step_note)

        right = QSplitter(Qt.Orientation.Vertical)
        right.addWidget(self.relief)
        right.addWidget(self.race)
        right.setSizes([420, 400])
        right.setChildrenCollapsible(False)

        whole = QSplitter()
        for k, (widget, stretch) in enumerate(((left, 0), (middle, 5), (right, 4))):
            whole.addWidget(widget)
            whole.setStretchFactor(k, stretch)
            whole.setCollapsible(k, False)
        whole.setSizes([300, 634, 492])
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(whole)
        self._whole = whole
        for name, view in (
            ("the map", self.map),
            ("the 3-D view", self.relief),
            ("the curves", self.race),
            ("the surfaces page", whole),
        ):
            self.add_picture(name, view)

    def _make_bar(self) -> None:
        pixmap = QStyle.StandardPixmap
        self.bar.addAction(self.timeline.action)
        self.whole = self.add_action(
            "Whole domain", pixmap.SP_BrowserReload, "Ctrl+0", "look at all of the surface"
        )
        self.whole.triggered.connect(self.map.show_all)
        row = QHBoxLayout(self.figures)
        row.setContentsMargins(0, 0, 0, 0)
        self.here = QLabel("")
        self.here.setContentsMargins(6, 0, 10, 0)
        row.addWidget(self.here)
        row.addStretch(1)
        self.map.hovered.connect(self._show_here)

    def _show_here(self, x: float, y: float) -> None:
        grid = self.scene.grid
        if grid is not None:
            value = float(grid.nearest(x, y))
            self.here.setText(f"under the mouse ({x:.5g}, {y:.5g}): f ≈ {value:.5g}")

    def exports(self) -> list[tuple[str, Callable[[], None]]]:
        """The paths, and the descent as a film."""
        if not self.scene.traces:
            return []
        return [
            ("The paths as CSV…", self._export_paths),
            ("The descent as a film of the map…", lambda: self._export_film(self.map)),
            ("The descent as a film of the page…", lambda: self._export_film(self._whole)),
        ]

    def _export_paths(self) -> None:
        said = save_paths(self)
        if said:
            (self.told if said.saved else self.wrong).emit(said.text)

    def _export_film(self, stage: QWidget) -> None:
        choose_film(self, stage)

    def _connect(self) -> None:
        self.panel.surface_changed.connect(self._surface_changed)
        self.panel.changed.connect(self._descend)
        self.panel.racers.chosen.connect(self._chosen_other)
        self.panel.formula_given.connect(self._compile)
        self.map.area_changed.connect(self._ask_grid)
        self.map.start_moved.connect(self._start_moved)
        self.log.toggled.connect(lambda _: self._ask_grid())
        self.arrows.toggled.connect(lambda _: self._ask_grid())
        self.tangent.toggled.connect(lambda _: self._show_step())
        self.timeline.moved.connect(lambda _: self._show_step())
        themes.changed.connect(self._show_step)
        for worker in (self._maps, self._walks):
            worker.failed.connect(self._wrong)

    def open(self) -> None:
        """Begin, the first time that the page is shown."""
        if not self._opened:
            self._opened = True
            self.panel.show_first("himmelblau", {"name": "sgd", "learning_rate": 0.01})

    def close_page(self) -> None:
        """End both threads, and what the 3-D view holds."""
        self.timeline.stop()
        if self.filming is not None:
            self.filming.cancel()
            self.filming.wait()
        self.relief.close_engine()
        self._maps.close()
        self._walks.close()

    @property
    def idle(self) -> bool:
        """Whether nothing is being worked out."""
        return self._maps.idle and self._walks.idle

    # -- the surface ---------------------------------------------------------------------------

    def _compile(self, formula: str, domain: list[float] | None) -> None:
        self.note.setText("compiling…")
        given = {"formula": formula}
        self._walks.ask("formula", lambda: Surface.of(given, domain), self.panel.show_surface)

    def _wrong(self, text: str) -> None:
        self._said = text
        self.panel.say(text)
        self._tell()

    def _surface_changed(self, shown: Surface) -> None:
        for worker, channel in ((self._maps, "grid"), (self._walks, "paths")):
            worker.forget(channel)
        self.heading.setText(shown.name.replace("_", " "))
        self.scene.show_surface(shown)
        self.note.setText("compiling…")
        self._ask_grid()
        self._descend()

    def _ask_grid(self) -> None:
        shown = self.scene.shown
        if shown is None:
            return
        area, shape, log = self.map.area(), self.map.shape(), self.log.isChecked()
        count = self.map.arrow_count() if self.arrows.isChecked() else None
        self._maps.ask("grid", lambda: make_grid(shown, area, shape, log, count), self._show_grid)

    def _show_grid(self, grid: Grid) -> None:
        self.scene.show_grid(grid)
        self._show_step()
        self._tell()

    # -- descents ------------------------------------------------------------------------------

    def _start_moved(self, x: float, y: float) -> None:
        self.panel.set_start(x, y)
        self._descend()

    def _descend(self) -> None:
        shown = self.scene.shown
        if shown is None:
            return
        self.map.set_start(*self.panel.field.start)
        racers: list[Racer] = list(self.panel.racers.racers)
        field = self.panel.field
        self._walks.ask("paths", lambda: race(shown, racers, field), self._show_traces)

    def _show_traces(self, traces: Sequence[Trace]) -> None:
        self.descents += 1
        if self._said and self.panel.message.text() == self._said:
            self.panel.say("")
        self.timeline.set_steps(max((len(t.path) - 1 for t in traces), default=0))
        self.scene.show_traces(traces)
        self._show_step()
        self._tell()

    def _chosen_other(self) -> None:
        self._show_step()
        self._tell()

    def _tell(self) -> None:
        shown, chosen = self.scene.shown, self.scene.trace(self.panel.racers.selected)
        if shown is None:
            return
        if chosen is None:
            self.note.setText("compiling…")
            return
        known = shown.minima
        legend = "☆ global, × local minima; " if known else ""
        who = f"{chosen.racer.label}: " if len(self.scene.traces) > 1 else ""
        self.note.setText(f"{who}{verdict(chosen)}; {legend}click or drag the start")

    def _show_step(self) -> None:
        row, tangent = self.panel.racers.selected, self.tangent.isChecked()
        self.step_note.setText(self.scene.show_step(self.timeline.step, row, tangent))
