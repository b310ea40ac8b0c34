"""Says in the terminal what is being compiled, while it is."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from kernels import compiling


class CompileProgress:
    """While it is entered, ``say`` is told what is being compiled, from a thread of its own.

    ``live``: several times a second, as for a line that is rewritten; else after half a second and
    then at intervals that grow. Where nothing needs compiling, nothing is said.
    """

    def __init__(self, say: Callable[[str], None], live: bool = False) -> None:
        self._say, self._live = say, live
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="compile progress", daemon=True)

    def __enter__(self) -> CompileProgress:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        pause = 0.1 if self._live else 0.5
        due, interval = 0.0, 1.0
        while not self._ended.wait(pause):
            moment = compiling.now()
            if moment is None:
                due, interval = 0.0, 1.0
            elif self._live or time.monotonic() >= due:
                self._say(str(moment))
                due, interval = time.monotonic() + interval, min(1.5 * interval, 10.0)
