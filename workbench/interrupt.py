"""Ctrl-C in the terminal: the first one asks, the second one ends the process."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.run import Run, Snapshot


class Interrupt:
    """While it is entered, a first Ctrl-C is only noted, so that what a run has is kept.

    A second one ends the process after calling ``clear``. It raises no exception: that would be
    lost wherever it hits one of the compiler's callbacks.
    """

    def __init__(self, clear: Callable[[], None]) -> None:
        self.pressed = False
        self._clear = clear
        self._in_main = threading.current_thread() is threading.main_thread()
        self._former: Any = None

    def __enter__(self) -> Interrupt:
        if self._in_main:
            self._former = signal.signal(signal.SIGINT, self._press)
        return self

    def __exit__(self, *_: object) -> None:
        if self._in_main:
            signal.signal(signal.SIGINT, self._former)

    def _press(self, *_: object) -> None:
        if self.pressed:
            self._clear()
            # Not through the stream, in the middle of whose own work this may be.
            with contextlib.suppress(OSError):
                os.write(2, b"workbench: interrupted\n")
            os._exit(130)
        self.pressed = True

    def pausing(self, run: Run, show: Callable[[Snapshot], None]) -> Callable[[Snapshot], None]:
        """``show``, and then a pause of ``run`` once Ctrl-C was pressed."""

        def shown(snapshot: Snapshot) -> None:
            show(snapshot)
            if self.pressed:
                run.pause()

        return shown
