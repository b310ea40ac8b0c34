"""The page of maps: basins, trainability and sharpness, one study at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PyQt6.QtWidgets import (
    QStackedWidget,
    QStyle,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from ui.export import Picture, choose_and_save_table
from ui.page import Page
from workbench import Run

if TYPE_CHECKING:
    from ui.maps_study import Study

_PERMILLE = 1000


class MapsPage(Page):
    """Composition; studies are made when the page is shown for the first time, and compute when
    they are. ``run()`` gives the run that the page of runs shows, None without one."""

    title = "Maps"

    def __init__(self, run: Callable[[], Run | None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run = run
        self.studies: list[Study] = []
        self.tabs = QTabBar()
        self.tabs.setExpanding(False)
        self.tabs.setDocumentMode(True)
        self.tabs.setDrawBase(False)
        self._stack = QStackedWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self._stack, 1)
        self._make_bar()

    def _make_bar(self) -> None:
        pixmap = QStyle.StandardPixmap
        add = self.add_action
        self.compute = add("Compute", pixmap.SP_BrowserReload, "F5", "anew, as the form says")
        self.cancel = add("Cancel", pixmap.SP_BrowserStop, "Esc", "keep what has been computed")
        self.back = add("Back", pixmap.SP_ArrowBack, "Alt+Left", "to the window before")
        self.forward = add("Forward", pixmap.SP_ArrowForward, "Alt+Right", "to the window after")
        self.all = add("Whole", pixmap.SP_ArrowUp, "Ctrl+0", "look at the whole map")
        self.compute.triggered.connect(lambda: self._have(lambda study: study.compute()))
        self.cancel.triggered.connect(lambda: self._have(lambda study: study.cancel()))
        self.back.triggered.connect(lambda: self._have(lambda study: study.step_history(-1)))
        self.forward.triggered.connect(lambda: self._have(lambda study: study.step_history(1)))
        self.all.triggered.connect(lambda: self._have(lambda study: study.look(None)))
        self.here, self.progress = self.add_progress(_PERMILLE)

    def _make_studies(self) -> None:
        # Here, since the window starts with another page.
        from ui.maps_plane import PlaneBasins
        from ui.maps_sharpness import SharpnessStudy
        from ui.maps_surface import SurfaceBasins
        from ui.maps_trainability import TrainabilityStudy

        self.studies = [
            SurfaceBasins(),
            PlaneBasins(self._run),
            TrainabilityStudy(self._run),
            SharpnessStudy(self._run),
        ]
        for study in self.studies:
            self.tabs.addTab(study.title)
            self._stack.addWidget(study)
            study.told.connect(lambda text, study=study: self._tell(study, text))
            study.here.connect(self.here.setText)
            study.advanced.connect(lambda share, study=study: self._advance(study, share))
            study.changed.connect(self._show_buttons)
            for name, widget in study.pictures:
                self.add_picture(name, widget)
        self._all_pictures = list(self.pictures)
        self.tabs.currentChanged.connect(self._show)

    @property
    def study(self) -> Study | None:
        """The study that is shown; None before the page was."""
        return self.studies[self.tabs.currentIndex()] if self.studies else None

    def _have(self, act: Callable[[Study], None]) -> None:
        if self.study is not None:
            act(self.study)

    def open(self) -> None:
        """Make the studies, the first time that the page is shown."""
        if not self.studies:
            self._make_studies()
        self._show(self.tabs.currentIndex())

    def close_page(self) -> None:
        """Stop all that runs."""
        for study in self.studies:
            study.cancel()
        for study in self.studies:
            study.close_study()

    def exports(self) -> list[tuple[str, Callable[[], None]]]:
        """The shown study's table."""
        study = self.study
        if study is None or not study.csv():
            return []
        return [(study.table_name, lambda: self._save_table(study))]

    def _save_table(self, study: Study) -> None:
        said = choose_and_save_table(self, "the map", study.csv())
        if said:
            (self.told if said.saved else self.wrong).emit(said.text)

    # -- what the studies tell -----------------------------------------------------------------

    def _show(self, k: int) -> None:
        self._stack.setCurrentIndex(k)
        study = self.studies[k]
        shown = {id(widget) for _, widget in study.pictures}
        self.pictures: list[Picture] = [p for p in self._all_pictures if id(p.widget) in shown]
        self.here.setText("")
        self.told.emit("")
        study.open()
        self._show_buttons()

    def _tell(self, study: Study, text: str) -> None:
        if study is self.study:
            self.told.emit(text)

    def _advance(self, study: Study, share: float) -> None:
        if study is self.study:
            self.progress.setValue(round(_PERMILLE * share))

    def _show_buttons(self) -> None:
        study = self.study
        if study is None:
            return
        self.cancel.setEnabled(study.job.running)
        self.progress.setVisible(study.job.running)
        self.back.setEnabled(study.place > 0)
        self.forward.setEnabled(study.place + 1 < len(study.windows))
        self.all.setEnabled(study.window_wanted is not None)
