"""The page of comparisons: initializers from many starts, their ends, and the minima there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QStackedWidget,
    QStyle,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from ui.compare_distributions import DistributionsView
from ui.compare_exports import tables_of
from ui.compare_form import CompareForm
from ui.compare_minima import MinimaView
from ui.compare_minimum import MinimumView
from ui.compare_replay import ReplayNote
from ui.export import Picture
from ui.job import Job
from ui.page import Page
from workbench import Run, WorkbenchError
from workbench.census.census import Census, DistinctMinimum
from workbench.comparison.plan import Case
from workbench.comparison.watch import Watched, look, watch
from workbench.fields import integer

_PERMILLE = 1000
_EMPTY = (
    "Check the initializers to compare and press Start (F5).\nTheir distributions fill up here "
    "while they are trained.\n\nA comparison made before is opened with Ctrl+O."
)


class ComparePage(Page):
    """Composition. ``run()`` gives the run that the page of runs shows, None without one;
    ``replayed(experiment)`` asks it to carry out one start."""

    title = "Compare"
    replayed = pyqtSignal(object)

    def __init__(self, run: Callable[[], Run | None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shown: Watched | None = None
        self.job, self.note = Job("compare", self), ReplayNote(run)
        self.form = CompareForm(run)
        self.distributions, self.minima = DistributionsView(), MinimaView()
        self.minimum = MinimumView()
        self.heading = QLabel("Compare initializers")
        self._make_bar()
        self._lay_out()
        self._connect()

    # -- building ------------------------------------------------------------------------------

    def _make_bar(self) -> None:
        pixmap = QStyle.StandardPixmap
        add = self.add_action
        self.start = add("Start", pixmap.SP_MediaPlay, "F5", "compare, as the form says")
        self.stop = add("Stop", pixmap.SP_BrowserStop, "Esc", "keep what is written")
        self.resume = add("Resume", pixmap.SP_MediaSeekForward, "F6", "carry on with what is shown")
        self.add_file_action("&Open comparison…", "Ctrl+O", self._open_folder)
        self.how_far, self.progress = self.add_progress(_PERMILLE)

    def _lay_out(self) -> None:
        self.heading.setObjectName("viewTitle")
        self.heading.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.tabs = QTabBar()
        self.tabs.setExpanding(False)
        self.tabs.setDocumentMode(True)
        self.tabs.setDrawBase(False)
        both = QSplitter(Qt.Orientation.Vertical)
        both.addWidget(self.minima)
        both.addWidget(self.minimum)
        both.setChildrenCollapsible(False)
        both.setSizes([240, 360])
        both.setStretchFactor(1, 1)
        empty = QLabel(_EMPTY)
        empty.setObjectName("viewNote")
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stack = QStackedWidget()
        for title in ("Distributions", "Minima"):
            self.tabs.addTab(title)
        for page in (self.distributions, both, empty):
            self.stack.addWidget(page)
        self.stack.setCurrentWidget(empty)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(2)
        self.heading.setContentsMargins(6, 0, 6, 0)
        column.addWidget(self.heading)
        column.addWidget(self.tabs)
        column.addWidget(self.stack, 1)
        column.addWidget(self.note)
        whole = QSplitter()
        whole.addWidget(self.form)
        whole.addWidget(right)
        whole.setStretchFactor(1, 1)
        whole.setChildrenCollapsible(False)
        whole.setSizes([280, 1000])
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(whole)
        for name, view in (
            *self.distributions.panels.items(),
            ("the distributions", self.distributions),
            ("the minimum's weights", self.minimum.weights),
            ("the loss around the minimum", self.minimum.heights),
            ("the basins of minima", self.minimum.map),
            ("the minima", both),
            ("the comparison page", right),
        ):
            self.add_picture(name, view)
        self._all_pictures = list(self.pictures)

    def _connect(self) -> None:
        self.start.triggered.connect(self.begin)
        self.stop.triggered.connect(self.job.cancel)
        self.resume.triggered.connect(self.carry_on)
        self.tabs.currentChanged.connect(lambda _: self._show_tab())
        self.job.came.connect(self._came)
        self.job.ended.connect(self._ended)
        self.note.reader.failed.connect(self._say)
        self.distributions.replayed.connect(self.replay)
        self.minima.chosen.connect(self._choose)
        self.minima.entered.connect(self._replay_example)
        self.minima.switched.connect(self.minimum.forget)
        self.minimum.replayed.connect(self._replay_example)
        self._show_tab()
        self._show_buttons()

    # -- what the user does --------------------------------------------------------------------

    def begin(self) -> None:
        """Start the comparison that the form says, unless one is being made."""
        if self._is_free() and (order := self.form.order()) is not None:
            self._carry_out(*order)

    def _is_free(self) -> bool:
        """Whether nothing is being made; says so otherwise."""
        if self.job.running:
            self._say("a comparison is being made or read; Stop (Esc) ends that")
        return not self.job.running

    def carry_on(self) -> None:
        """Carry on with the comparison that is shown, where it is not finished."""
        if self.shown is None or self.job.running:
            return
        comparison = self.shown.comparison
        try:
            polish = self.form.polish_of(comparison.plan)
        except WorkbenchError as error:
            self._say(str(error))
            return
        self._carry_out(comparison.folder, polish)

    def open_comparison(self, folder: str | Path) -> None:
        """Show what there is in a folder, finished or not, unless one is being made."""
        if not self._is_free():
            return
        self._begin(lambda _, cancelled: look(Path(folder), cancelled), "reading…")

    def _open_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Open the folder of a comparison", "runs")
        if name:
            self.open_comparison(name)

    def _carry_out(self, folder: Path, polish: int) -> None:
        self._begin(lambda _, cancelled: watch(folder, polish, None, cancelled), "preparing…")

    def _begin(self, states: Callable[[Any, Any], Iterator[Watched]], text: str) -> None:
        self.form.message.setText("")
        self.job.start(states)
        self.told.emit(text)
        self._show_buttons()

    def open(self) -> None:
        """Say how a replayed run has ended, now that the page is looked at again."""
        self._show_buttons()
        self.note.refresh()

    def close_page(self) -> None:
        """Stop all that runs."""
        self.job.cancel()
        self.minimum.close_view()
        self.job.close()
        self.note.close_note()

    # -- what comes ----------------------------------------------------------------------------

    def _came(self, watched: Watched) -> None:
        former, self.shown = self.shown, watched
        if former is None or former.comparison is not watched.comparison:
            self._open_shown(watched)
        else:
            self.distributions.update_from(watched)
        if former is None or former.censuses is not watched.censuses:
            self._show_censuses(watched)
        self.progress.setValue(round(_PERMILLE * watched.share))
        self.how_far.setText(watched.text)
        self._show_tab()

    def _show_censuses(self, watched: Watched) -> None:
        self.minima.show_censuses(watched.censuses)
        census, chosen, held = self.minima.census, self.minima.minimum, self.minimum.minimum
        if census is None or chosen is None:
            self.minimum.forget()
        elif held is None or watched.ended or held.id != chosen.id:
            self._choose(census, chosen)

    def _open_shown(self, watched: Watched) -> None:
        comparison = watched.comparison
        plan = comparison.plan
        self.note.forget()
        self.heading.setText(
            f"{plan.experiment.title or 'Comparison'}: {len(plan.cases)} × {plan.starts:,} starts"
        )
        self.heading.setToolTip(str(comparison.folder))
        self.distributions.open(watched)
        self.told.emit("under way")

    def _ended(self, text: str) -> None:
        finished = self.shown is not None and self.shown.finished
        if text and text != "cancelled":
            self._say(text)
        elif self.shown is not None:
            said = "finished" if finished else "stopped; Resume (F6) carries on"
            self.told.emit(f"{said}: {_short(self.shown.comparison.folder)}")
        if self.shown is not None and not self.shown.comparison.finished:
            self.how_far.setText(_there(self.shown))
        self._show_buttons()

    def _choose(self, census: Census, minimum: DistinctMinimum) -> None:
        case = self._case_of(census, minimum)
        if case is not None:
            self.minimum.open(census, minimum, case.experiment)

    def _case_of(self, census: Census, minimum: DistinctMinimum) -> Case | None:
        """The case whose start is the minimum's example."""
        if self.shown is None:
            return None
        return self.shown.comparison.case(census.groups[minimum.example_group])

    # -- replaying -----------------------------------------------------------------------------

    def _replay_example(self, census: Census, minimum: DistinctMinimum) -> None:
        case = self._case_of(census, minimum)
        if case is not None:
            self.replay(case.index, minimum.example_start)

    def replay(self, case: int, start: object) -> None:
        """Have a start's run carried out on the page of runs."""
        if self.shown is None:
            return
        comparison = self.shown.comparison
        try:
            index = integer("start", start, 0, comparison.plan.starts - 1)
        except WorkbenchError as error:
            self._say(str(error))
            return
        chosen = comparison.cases[case]
        self._say("")
        self.note.ask(comparison, chosen, index)
        self.replayed.emit(chosen.experiment.replace(start=index))

    # -- what is shown -------------------------------------------------------------------------

    def _show_tab(self) -> None:
        self.stack.setCurrentIndex(self.tabs.currentIndex() if self.shown is not None else 2)
        self.pictures: list[Picture] = [p for p in self._all_pictures if p.widget.isVisibleTo(self)]

    def _show_buttons(self) -> None:
        running = self.job.running
        self.start.setEnabled(not running)
        self.stop.setEnabled(running)
        self.progress.setVisible(running)
        resumable = self.shown is not None and not self.shown.comparison.finished
        self.resume.setEnabled(resumable and not running)

    def _say(self, text: str) -> None:
        self.form.message.setText(text)
        if text:
            self.told.emit("")

    def exports(self) -> list[tuple[str, Callable[[], None]]]:
        """Distributions, minima and verdicts as tables."""
        return tables_of(self, self.distributions.csv(), self.minima.census)


def _there(watched: Watched) -> str:
    """How much of an unfinished comparison has been counted."""
    there = sum(tally.starts for tally in watched.tallies)
    total = watched.comparison.plan.starts * len(watched.tallies)
    return f"{there} of {total} networks are there"


def _short(folder: Path) -> str:
    """A folder as people write it: from the present one where it is below."""
    try:
        return str(folder.relative_to(Path.cwd()))
    except ValueError:
        return str(folder)
