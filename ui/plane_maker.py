"""A thread that makes the plane's frames while a run trains, with a budget of its own."""

from __future__ import annotations

import time
from typing import NamedTuple

from PyQt6.QtCore import QObject, pyqtSignal

from ui.background import Background
from ui.plane_frame import Wish
from ui.plane_frames import Frames
from workbench import WorkbenchError

_INTERVAL = 0.15  # seconds from one frame to the next while training runs
_SHARE = 0.3  # of one processor, at most, while training runs
_SLOW = 0.25  # seconds from which on it says that it computes


class _Asked(NamedTuple):
    wish: Wish
    step: int
    running: bool


class PlaneMaker(Background):
    """``ask`` it with every update of the run. ``made(frame)``, ``failed(wish, text)`` and
    ``works(text)``, empty when it is done, come on the window's thread."""

    made = pyqtSignal(object)
    failed = pyqtSignal(object, str)
    works = pyqtSignal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._asked: _Asked | None = None
        self._done: _Asked | None = None
        self._took: tuple[Wish, float] | None = None
        self._frames = Frames()
        self.begin("planes")

    def ask(self, wish: Wish, step: int, running: bool) -> None:
        """What to show from now on, and where the run is; returns at once."""
        with self.wake:
            self._asked = _Asked(wish, step, running)
            self.wake.notify()

    def rest(self) -> None:
        """Make no more frames until the next ``ask``; what is under way is given up."""
        with self.wake:
            self._asked = None

    def take(self) -> _Asked | None:
        """What is asked for, unless it has been made."""
        return None if self._asked == self._done else self._asked

    def carry_out(self, asked: _Asked) -> None:
        """Make the frames, and rest afterwards while training runs."""
        begun, spent = time.perf_counter(), time.thread_time()
        self._make(asked)
        if asked.running:
            rest = max(_INTERVAL, (time.thread_time() - spent) / _SHARE)
            self._pause(asked, begun + rest)

    def _make(self, asked: _Asked) -> None:
        def cancelled() -> bool:
            now = self._asked
            if self.closed or now is None or now.wish != asked.wish:
                return True
            # A running run is always ahead of its frame; one at rest has to be shown as it is.
            return now.running != asked.running or not (now.running or now.step == asked.step)

        slow = self._took is None or not asked.wish.same_picture(self._took[0])
        slow = slow or (self._took is not None and self._took[1] > _SLOW)
        if slow:
            self.works.emit("computing…")
        begun = time.perf_counter()
        try:
            for frame in self._frames.make(asked.wish, asked.running, cancelled):
                self.made.emit(frame)
        except WorkbenchError as error:
            self.failed.emit(asked.wish, str(error))
        except Exception as error:
            self.failed.emit(asked.wish, f"{type(error).__name__}: {error}")
        if not cancelled():
            self._done = asked
            self._took = asked.wish, time.perf_counter() - begun
        if slow:
            self.works.emit("")

    def _pause(self, asked: _Asked, until: float) -> None:
        """Leave training its time, unless something else is asked for or it has ended."""
        with self.wake:
            while not self.closed and (left := until - time.perf_counter()) > 0:
                now = self._asked
                if now is None or now.wish != asked.wish or not now.running:
                    return
                self.wake.wait(min(left, 0.05))
