"""One of the page's studies: a form on the left, what it computes on the right, and its job."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from ui.elided_label import ElidedLabel
from ui.job import Job
from ui.number_edit import NumberEdit
from workbench.maps.pixels import Window

Row = tuple[str, QWidget]


class Study(QWidget):
    """``told(text)`` says how far it is, ``here(text)`` what is under the mouse,
    ``advanced(share)`` follows the job, ``changed`` whatever decides about the page's buttons."""

    title = ""
    table_name = ""
    told = pyqtSignal(str)
    here = pyqtSignal(str)
    advanced = pyqtSignal(float)
    changed = pyqtSignal()

    def __init__(self, thread: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.job = Job(thread, self)
        self.job.came.connect(self._came)
        self.job.ended.connect(self._ended)
        self.job.advanced.connect(self._advanced)
        self.message = QLabel("")
        self.message.setObjectName("formMessage")
        self.message.setWordWrap(True)
        self.heading = ElidedLabel()
        self.heading.setObjectName("viewTitle")
        self.note = QLabel("")
        self.note.setObjectName("viewNote")
        self.note.setWordWrap(True)
        self.begun = False
        self.windows: list[Window | None] = [None]
        self.place = 0
        self.pictures: list[tuple[str, QWidget]] = []

    # -- what a study gives --------------------------------------------------------------------

    def compute(self) -> None:
        """Read the form and start the job; says what is wrong with the form."""
        raise NotImplementedError

    def show_state(self, state: Any) -> None:
        """Show what the job has yielded."""
        raise NotImplementedError

    def csv(self) -> bytes:
        """The table; empty without one."""
        raise NotImplementedError

    def reshown(self) -> None:
        """The window of the history has changed, or it begins anew."""

    # -- what the page does --------------------------------------------------------------------

    def open(self) -> None:
        """Compute, the first time that it is shown."""
        if not self.begun:
            self.begun = True
            self.compute()

    def cancel(self) -> None:
        """Stop the job."""
        self.job.cancel()

    def close_study(self) -> None:
        """Stop all that runs."""
        self.job.close()

    # -- windows -------------------------------------------------------------------------------

    @property
    def window_wanted(self) -> Window | None:
        """The window to compute; None for the whole."""
        return self.windows[self.place]

    def look(self, window: Window | None) -> None:
        """Compute another window, which the history keeps."""
        if window is None and self.window_wanted is None and self.job.running:
            return
        self.windows[self.place + 1 :] = [window]
        self.place += 1
        self._look_again()

    def step_history(self, by: int) -> None:
        """Go back or forward through the windows."""
        if 0 <= self.place + by < len(self.windows):
            self.place += by
            self._look_again()

    def forget_windows(self) -> None:
        """Begin anew with the whole: what the windows were of has changed."""
        self.windows, self.place = [None], 0
        self.reshown()

    def _look_again(self) -> None:
        self.reshown()
        self.compute()

    # -- the job -------------------------------------------------------------------------------

    def start(self, states: Callable[..., Any]) -> None:
        """Start the job on ``states(progress, cancelled)``."""
        self.message.setText("")
        self.told.emit("computing…")
        self.job.start(states)
        self.changed.emit()

    def _came(self, state: Any) -> None:
        self.show_state(state)
        self.changed.emit()

    def _advanced(self, share: float) -> None:
        self.advanced.emit(share)
        self.told.emit(f"computing, {share:.0%}")

    def _ended(self, text: str) -> None:
        wrong = text and text != "cancelled"
        self.message.setText(text if wrong else "")
        self.told.emit("" if wrong else text or "done")
        self.changed.emit()

    # -- building ------------------------------------------------------------------------------

    def lay_out(self, groups: list[QWidget], middle: QWidget, right: QWidget | None = None) -> None:
        """Forms on the left, then the picture with heading and note, then tables or plots."""
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(6, 6, 6, 6)
        column.setSpacing(6)
        for group in groups:
            column.addWidget(group)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(area, 1)
        self.message.setContentsMargins(8, 2, 8, 2)
        column.addWidget(self.message)
        left.setMinimumWidth(282)
        left.setMaximumWidth(340)

        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(6, 4, 6, 4)
        column.setSpacing(4)
        column.addWidget(self.heading)
        column.addWidget(middle, 1)
        column.addWidget(self.note)
        whole = QSplitter()
        parts = [left, centre] if right is None else [left, centre, right]
        for k, widget in enumerate(parts):
            whole.addWidget(widget)
            whole.setStretchFactor(k, (0, 5, 3)[k])
            whole.setCollapsible(k, False)
        whole.setSizes([290, 700, 430][: len(parts)])
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(whole)
        self.whole = whole


def number(name: str, value: float, tip: str, changed: Callable[[], None]) -> NumberEdit:
    """A field for a number that tells ``changed``."""
    field = NumberEdit(value, whole=isinstance(value, int))
    field.setObjectName(name)
    field.setToolTip(tip)
    field.committed.connect(lambda _: changed())
    return field


def hint(text: str) -> QLabel:
    """Some lines of faint text in a form."""
    label = QLabel(text)
    label.setObjectName("viewNote")
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignTop)
    return label
