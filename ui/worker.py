"""A thread for work that the newest request makes obsolete: grids, descents, pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal

from ui.background import Background
from workbench import WorkbenchError

_Request = tuple[int, Callable[[], Any], Callable[[Any], None]]  # ticket, compute, show


class Worker(Background):
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
        self._waiting: dict[str, _Request] = {}
        self._ticket = 0
        self._shown: dict[str, int] = {}
        self._busy = False
        self._done.connect(self._deliver)
        self.begin(name)

    @property
    def idle(self) -> bool:
        """Whether nothing waits or is being worked out."""
        with self.wake:
            return not self._waiting and not self._busy

    def ask(self, channel: str, compute: Callable[[], Any], show: Callable[[Any], None]) -> None:
        """Have ``compute()`` done on the thread, and ``show(result)`` on the window's."""
        with self.wake:
            self._ticket += 1
            self._waiting[channel] = (self._ticket, compute, show)
            self.wake.notify()

    def forget(self, channel: str) -> None:
        """Show nothing of ``channel`` that was asked for until now."""
        with self.wake:
            self._waiting.pop(channel, None)
            self._shown[channel] = self._ticket

    def take(self) -> tuple[str, _Request] | None:
        """The request that has waited longest, and its channel."""
        self._busy = bool(self._waiting)
        if not self._busy:
            return None
        channel = next(iter(self._waiting))
        return channel, self._waiting.pop(channel)

    def carry_out(self, work: tuple[str, _Request]) -> None:
        """Compute, and send the result to the window's thread."""
        channel, (ticket, compute, show) = work
        try:
            result: Any = compute()
        except WorkbenchError as error:
            self._done.emit(channel, ticket, str(error), self.failed.emit)
        except Exception as error:
            self.failed.emit(f"{type(error).__name__}: {error}")
        else:
            self._done.emit(channel, ticket, result, show)

    def _deliver(self, channel: str, ticket: int, result: Any, show: Any) -> None:
        if not self.closed and ticket > self._shown.get(channel, 0):
            self._shown[channel] = ticket
            show(result)
