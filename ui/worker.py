"""A thread for work that the newest request makes obsolete: grids, descents, pictures."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal

from workbench import WorkbenchError


class Worker(QObject):
    """Carries out the latest request of each channel, one after the other, off the window's thread.

    ``ask`` replaces what waits in its channel and returns at once. Every result that is newer than
    the last one shown is passed on, so that a picture follows the mouse even while each request
    overtakes the one before; ``failed(text)`` takes its place where bad input or a fault was met.
    ``forget`` makes all results asked for until now stale.
    """

    failed = pyqtSignal(str)
    _done = pyqtSignal(str, int, object, object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wake = threading.Condition()
        self._waiting: dict[str, tuple[int, Callable[[], Any], Callable[[Any], None]]] = {}
        self._ticket = 0
        self._shown: dict[str, int] = {}
        self._busy = False
        self._closed = False
        self._done.connect(self._deliver)
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    @property
    def idle(self) -> bool:
        """Whether nothing waits or is being worked out."""
        with self._wake:
            return not self._waiting and not self._busy

    def ask(self, channel: str, compute: Callable[[], Any], show: Callable[[Any], None]) -> None:
        """Have ``compute()`` done on the thread, and ``show(result)`` on the window's."""
        with self._wake:
            self._ticket += 1
            self._waiting[channel] = (self._ticket, compute, show)
            self._wake.notify()

    def forget(self, channel: str) -> None:
        """Show nothing of ``channel`` that was asked for until now."""
        with self._wake:
            self._waiting.pop(channel, None)
            self._shown[channel] = self._ticket

    def close(self) -> None:
        """End the thread after what it is doing; what waits is dropped."""
        with self._wake:
            self._closed = True
            self._waiting.clear()
            self._wake.notify()
        self._thread.join()

    def _work(self) -> None:
        while True:
            with self._wake:
                self._busy = False
                while not self._waiting and not self._closed:
                    self._wake.wait()
                if self._closed:
                    return
                channel = next(iter(self._waiting))
                ticket, compute, show = self._waiting.pop(channel)
                self._busy = True
            try:
                result: Any = compute()
            except WorkbenchError as error:
                self._done.emit(channel, ticket, str(error), self.failed.emit)
                continue
            except Exception as error:
                self.failed.emit(f"{type(error).__name__}: {error}")
                continue
            self._done.emit(channel, ticket, result, show)

    def _deliver(self, channel: str, ticket: int, result: Any, show: Any) -> None:
        if not self._closed and ticket > self._shown.get(channel, 0):
            self._shown[channel] = ticket
            show(result)
