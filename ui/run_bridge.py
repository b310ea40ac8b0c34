"""Between runs and widgets: one timer pulls snapshots, one thread carries out commands.

Nothing that may compile or wait for a chunk happens on the window's thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from kernels import compiling
from workbench import Experiment, Run, Snapshot
from workbench.ahead import abandon

INTERVAL_MS = 25


class RunBridge(QObject):
    """The runs of this session and the one that is shown.

    Signals, all on the window's thread: ``opened(run)`` when another run is shown,
    ``updated(snapshot)`` when it has changed, ``failed(text)`` when a command went wrong,
    ``said(text)`` when one has something to tell, ``compiles(text)`` while kernels are being
    compiled, whoever asked for them, and with no text afterwards. Methods return at once; what
    they ask for is done in order, on a thread of the bridge.
    """

    opened = pyqtSignal(object)
    updated = pyqtSignal(object)
    failed = pyqtSignal(str)
    said = pyqtSignal(str)
    compiles = pyqtSignal(str)
    _made = pyqtSignal(object, bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.run: Run | None = None
        self.runs: list[Run] = []
        self.pace: float | None = None
        self.preparing = False
        self._sequence = -1
        self._seen: tuple[int, str, float] | None = None
        self._compiling = ""
        self._wanted = 0
        self._commands = ThreadPoolExecutor(1, "commands")
        self._closing = threading.Event()
        self._saves: set[Future[object]] = set()
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.refresh)
        self._made.connect(self._attach)

    def open(self, experiment: Experiment, play: bool, made: Future[Run] | None = None) -> None:
        """Make a run of ``experiment`` and show it; the run shown until now stops and is kept.

        ``made`` is that run where it has been begun already (workbench.ahead).
        """
        former = self.run
        if former is not None:
            former.pause(wait=False)
        self._wanted += 1
        ticket = self._wanted
        self.preparing = True
        self._timer.start()

        def make() -> None:
            if former is not None:
                former.pause()
            if ticket != self._wanted or self._closing.is_set():  # the form has moved on
                if made is not None:
                    abandon(made)
                return
            run = Run(experiment) if made is None else made.result()
            if self._closing.is_set():
                run.pause()
            run.pace = self.pace
            if not play:
                run.measure()
            self._made.emit(run, play)

        self.do(make)

    def show(self, run: Run) -> None:
        """Show a run of this session again; the one shown until now stops and is kept."""
        self._wanted += 1
        self.pause()
        self._attach(run, False)

    def _attach(self, run: Run, play: bool) -> None:
        if self._closing.is_set():
            return
        self.preparing = False
        former = self.run
        if former is not None and former is not run and former.steps == 0:
            self.runs = [kept for kept in self.runs if kept is not former]
        if run not in self.runs:
            self.runs.append(run)
        self.run = run
        self._sequence, self._seen = -1, None
        self.opened.emit(run)
        if play:
            self.play()
        self.refresh()

    def play(self) -> None:
        """Train until the stop rule or ``pause``."""
        run = self.run
        if run is not None:
            self.do(run.resume)

    def pause(self) -> None:
        """Stop after the chunk under way."""
        run = self.run
        if run is not None:
            run.pause(wait=False)
            self.do(run.pause)

    def step(self, n: int = 1) -> None:
        """Make ``n`` steps, or go back where ``n`` is negative; pauses first."""
        run = self.run
        if run is not None:
            self.pause()
            self.do(lambda: run.step(n) if n > 0 else run.back(-n))

    def reset(self) -> None:
        """Go back to the start; pauses first."""
        run = self.run
        if run is not None:
            self.pause()
            self.do(run.reset)

    def set_pace(self, pace: float | None) -> None:
        """Steps per second at most; None for full speed."""
        self.pace = pace
        if self.run is not None:
            self.run.pace = pace

    def refresh(self) -> None:
        """Pull a snapshot and pass it on if anything changed."""
        moment = compiling.now()
        text = str(moment) if moment else ""
        if text != self._compiling:
            self._compiling = text
            self.compiles.emit(text)
        run = self.run
        if run is None:
            return
        shown = run.snapshot(self._sequence)
        seen = (shown.step, shown.status, shown["step"])
        # NaN, the step of a run without figures, differs from itself: no matter, it is brief.
        if seen == self._seen and not len(shown.rows.rows) and not shown.rows.restarted:
            return
        self._sequence, self._seen = shown.rows.sequence, seen
        self.updated.emit(shown)

    def close(self) -> None:
        """Stop training and both threads; returns when they have ended. What is being saved, or
        waits for it, is saved."""
        self._closing.set()
        self._wanted += 1
        self._timer.stop()
        if self.run is not None:
            self.run.pause(wait=False)
        self._commands.shutdown(wait=True, cancel_futures=not self.saving)
        if self.run is not None:
            self.run.pause()

    def do(self, command: Callable[[], object], told: str = "") -> None:
        """Carry out ``command`` after those before it; ``told`` is said once it is done, of a
        command that saves something."""
        if self._closing.is_set():
            return

        def done(future: Future[object]) -> None:
            self._saves.discard(future)
            error = None if future.cancelled() else future.exception()
            if self._closing.is_set():
                return
            if error is not None:
                self.failed.emit(f"{type(error).__name__}: {error}")
            elif told:
                self.said.emit(told)

        made = self._commands.submit(command)
        if told:
            self._saves.add(made)
        made.add_done_callback(done)

    @property
    def saving(self) -> bool:
        """Whether something is being saved, or waits for it."""
        return bool(self._saves)


def is_running(shown: Snapshot) -> bool:
    """Whether a snapshot was taken while training."""
    return shown.status in ("running", "compiling")
