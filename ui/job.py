"""A computation that shows itself as it goes: the newest one only, and with a way to stop it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from PyQt6.QtCore import QObject, Qt, QTimer, pyqtSignal

from workbench import WorkbenchError

_PAUSE = 0.05  # seconds between two states that are passed on: the eye follows no more
_POLL_MS = 100

Told = Callable[[float], None]
Asked = Callable[[], bool]
States = Callable[[Told, Asked], Iterator[Any]]


class _Task:
    """One computation, and what it says of itself."""

    def __init__(self, number: int, states: States) -> None:
        self.number, self.states = number, states
        self.share = 0.0
        self.held: Any = None  # the newest state, unless it was passed on
        self.stopped = threading.Event()
        self.thread: threading.Thread | None = None

    def told(self, share: float) -> None:
        self.share = share


class Job(QObject):
    """``start`` replaces what is being computed. All signals are of the newest computation:
    ``came(state)`` as its iterator yields, ``advanced(share)`` some ten times a second, and in the
    end ``ended(text)``: empty, ``cancelled``, or in one line what went wrong."""

    came = pyqtSignal(object)
    advanced = pyqtSignal(float)
    ended = pyqtSignal(str)
    _passed = pyqtSignal(int, object)
    _left = pyqtSignal(int, str)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._task: _Task | None = None
        self._count = 0
        self._closed = False
        self._passing = threading.Lock()
        self._poll = QTimer(self)
        self._poll.setInterval(_POLL_MS)
        self._poll.timeout.connect(self._tell)
        # Queued from the window's thread too, so that states keep their order.
        self._passed.connect(self._deliver, Qt.ConnectionType.QueuedConnection)  # type: ignore[call-arg]
        self._left.connect(self._end)
        self.running = False

    def start(self, states: States) -> None:
        """Carry out ``states(progress, cancelled)``, an iterator, on a thread; what went on before
        is told to stop, and this begins once it has."""
        former = self._task
        if former is not None:
            former.stopped.set()
        self._count += 1
        task = self._task = _Task(self._count, states)
        task.thread = threading.Thread(
            target=self._work, args=(task, former), name=self._name, daemon=True
        )
        self.running = True
        self._poll.start()
        self.advanced.emit(0.0)
        task.thread.start()

    def cancel(self) -> None:
        """Have it stop at its next chance; what it has yielded stays."""
        if self._task is not None:
            self._task.stopped.set()

    def close(self) -> None:
        """Stop, and wait until the thread has ended; no signal follows."""
        self._closed = True
        self._poll.stop()
        self.cancel()
        if self._task is not None and self._task.thread is not None:
            self._task.thread.join()

    def _work(self, task: _Task, former: _Task | None) -> None:
        if former is not None and former.thread is not None:
            former.thread.join()
        said, passed = "", 0.0
        try:
            if not task.stopped.is_set():
                for state in task.states(task.told, task.stopped.is_set):
                    task.held = state
                    if time.monotonic() - passed >= _PAUSE:
                        self._pass(task)
                        passed = time.monotonic()
                    if task.stopped.is_set():
                        break
        except WorkbenchError as error:
            said = str(error)
        except Exception as error:
            said = f"{type(error).__name__}: {error}".splitlines()[0]
        self._pass(task)
        self._left.emit(task.number, said or ("cancelled" if task.stopped.is_set() else ""))

    def _pass(self, task: _Task) -> None:
        with self._passing:
            held, task.held = task.held, None
            if held is not None:
                self._passed.emit(task.number, held)

    def _current(self, number: int) -> bool:
        return not self._closed and number == self._count

    def _deliver(self, number: int, state: Any) -> None:
        if self._current(number):
            self.came.emit(state)

    def _end(self, number: int, said: str) -> None:
        if self._current(number):
            self.running = False
            self._poll.stop()
            self.ended.emit(said)

    def _tell(self) -> None:
        if self._task is not None:
            self._pass(self._task)
            self.advanced.emit(self._task.share)
