"""Films: pictures drawn one after the other on the window's thread, and written on another one."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from PyQt6.QtCore import QObject, QTimer, pyqtSignal
from PyQt6.QtGui import QImage

from ui.export import Said, replacing
from workbench import WorkbenchError
from workbench.films import Frame, write_film

_WAITING = 4  # pictures drawn ahead of the writer


class _Cancelled(Exception):
    pass


class Filming(QObject):
    """Draws ``draw(step)`` for each of ``steps`` and writes them to ``path``.

    ``advanced(count)`` follows every picture, ``ended(Said)`` the end of the file; after ``cancel``
    nothing is left of it, and what was at ``path`` before is still there.
    """

    advanced = pyqtSignal(int)
    ended = pyqtSignal(object)

    def __init__(
        self,
        path: Path,
        steps: Sequence[int],
        draw: Callable[[int], QImage],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._path, self._draw = path, draw
        # As write_film wants it: the last picture goes first.
        self._steps = [steps[-1], *steps]
        self._count = 0
        self._complete = False
        self._said = Said(False, "")
        self._frames: queue.Queue[Frame | None] = queue.Queue(_WAITING)
        self._cancelled = threading.Event()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._next)
        self._thread = threading.Thread(target=self._write, name="film", daemon=True)

    def start(self) -> None:
        """Begin; goes on while the event loop runs."""
        self._thread.start()
        self._timer.start(0)

    def cancel(self) -> None:
        """Stop soon, and leave no file."""
        self._cancelled.set()

    def wait(self) -> None:
        """Return when the thread has ended."""
        self._timer.stop()
        self._thread.join()

    def _next(self) -> None:
        if not self._thread.is_alive():
            self._timer.stop()
            self.ended.emit(self._said)
        elif self._frames.full() or self._cancelled.is_set() or self._complete:
            self._timer.setInterval(10)
        elif self._count < len(self._steps):
            self._timer.setInterval(0)
            self._count += 1
            self._frames.put(_frame(self._draw(self._steps[self._count - 1])))
            self.advanced.emit(self._count)
        else:
            self._complete = True
            self._frames.put(None)

    def _drawn(self) -> Iterator[Frame]:
        while True:
            try:
                frame = self._frames.get(timeout=0.05)
            except queue.Empty:
                if self._cancelled.is_set():
                    raise _Cancelled from None
                continue
            if self._cancelled.is_set():
                raise _Cancelled
            if frame is None:
                return
            yield frame

    def _write(self) -> None:
        try:
            with replacing(self._path) as unfinished:
                write_film(unfinished, self._drawn())
        except _Cancelled:
            self._said = Said(False, f"{self._path}: not written, it was cancelled")
        except WorkbenchError as error:
            self._said = Said(False, str(error))
        except Exception as error:  # of a library: the dialog must not wait for ever
            self._said = Said(False, f"{self._path}: {type(error).__name__}: {error}")
        else:
            self._said = Said(True, f"saved {self._path}")


def _frame(image: QImage) -> Frame:
    whole = image.convertToFormat(QImage.Format.Format_RGB32)
    held = whole.constBits()
    assert held is not None
    return Frame(whole.width(), whole.height(), held.asstring(whole.sizeInBytes()), blue_first=True)
