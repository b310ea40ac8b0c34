"""A thread of a widget that waits for something to do, and does it."""

from __future__ import annotations

import threading
from typing import Any

from PyQt6.QtCore import QObject


class Background(QObject):
    """Runs ``carry_out(take())`` off the window's thread, whenever ``take`` has something.

    Subclasses call ``begin`` once they are ready, and notify ``wake`` when there may be something
    to take. Both methods run on the thread, ``take`` with ``wake`` held.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.wake = threading.Condition()
        self.closed = False
        self._thread = threading.Thread(target=self._work, daemon=True)

    def begin(self, name: str) -> None:
        """Start the thread."""
        self._thread.name = name
        self._thread.start()

    def close(self) -> None:
        """End the thread after what it is doing; what waits is dropped."""
        with self.wake:
            self.closed = True
            self.wake.notify()
        self._thread.join()

    def take(self) -> Any:
        """What to do next; None where nothing is."""
        raise NotImplementedError

    def carry_out(self, work: Any) -> None:
        """Do what ``take`` gave."""
        raise NotImplementedError

    def _work(self) -> None:
        while True:
            with self.wake:
                while not self.closed and (work := self.take()) is None:
                    self.wake.wait()
                if self.closed:
                    return
            self.carry_out(work)
