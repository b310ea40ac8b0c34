"""Films: pictures drawn one after the other on the window's thread, and written on another one.

GIF is written with Pillow, which Matplotlib brings along; MP4 by ffmpeg where there is one.
"""

from __future__ import annotations

import queue
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from PyQt6.QtCore import QObject, QTimer, pyqtSignal
from PyQt6.QtGui import QImage

from ui.export import Said, replacing
from workbench import WorkbenchError

RATE = 25  # pictures a second
_HOLD = 1.2  # seconds that the last one stays
_WAITING = 4  # pictures drawn ahead of the writer


class _Cancelled(Exception):
    pass


def kinds() -> list[str]:
    """The kinds of files that can be written here: ``gif``, and ``mp4`` where ffmpeg is found."""
    return ["gif", "mp4"] if shutil.which("ffmpeg") else ["gif"]


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
        # The last picture goes first: it has all colours, and a GIF has one table for all of them.
        self._steps = [steps[-1], *steps]
        self._count = 0
        self._complete = False
        self._said = Said(False, "")
        self._frames: queue.Queue[QImage | None] = queue.Queue(_WAITING)
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
            self._frames.put(self._draw(self._steps[self._count - 1]))
            self.advanced.emit(self._count)
        else:
            self._complete = True
            self._frames.put(None)

    def _drawn(self) -> Iterator[QImage]:
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
        write = _write_mp4 if self._path.suffix.lower() == ".mp4" else _write_gif
        try:
            with replacing(self._path) as unfinished:
                write(unfinished, self._drawn())
        except _Cancelled:
            self._said = Said(False, f"{self._path}: not written, it was cancelled")
        except WorkbenchError as error:
            self._said = Said(False, str(error))
        except Exception as error:  # of a library: the dialog must not wait for ever
            self._said = Said(False, f"{self._path}: {type(error).__name__}: {error}")
        else:
            self._said = Said(True, f"saved {self._path}")


def _pixels(frame: QImage) -> tuple[tuple[int, int], bytes]:
    """Width, height and the bytes of a picture: B, G, R and one unused a pixel."""
    whole = frame.convertToFormat(QImage.Format.Format_RGB32)
    held = whole.constBits()
    assert held is not None
    return (whole.width(), whole.height()), held.asstring(whole.sizeInBytes())


def _write_gif(path: Path, frames: Iterator[QImage]) -> None:
    from PIL import Image

    def taken(frame: QImage) -> Image.Image:
        size, content = _pixels(frame)
        return Image.frombuffer("RGB", size, content, "raw", "BGRX", 0, 1)

    table = taken(next(frames)).quantize(256, Image.Quantize.MEDIANCUT)
    pictures = (taken(frame).quantize(palette=table, dither=Image.Dither.NONE) for frame in frames)
    first = next(pictures)
    held = [first, *pictures]
    # The format counts in hundredths of a second.
    pause = [1000 // RATE] * (len(held) - 1) + [round(1000 * _HOLD)]
    first.save(
        path, "GIF", save_all=True, append_images=held[1:], duration=pause, loop=0, optimize=False
    )


def _write_mp4(path: Path, frames: Iterator[QImage]) -> None:
    (width, height), last = _pixels(next(frames))
    command = ["ffmpeg", "-y", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "bgr0"]
    command += ["-s", f"{width}x{height}", "-r", str(RATE), "-i", "-"]
    # Players want an even number of pixels and colours at half the resolution.
    command += ["-vf", "crop=trunc(iw/2)*2:trunc(ih/2)*2", "-pix_fmt", "yuv420p"]
    command += ["-movflags", "+faststart", "-f", "mp4", str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as encoder:
        assert encoder.stdin is not None
        assert encoder.stderr is not None
        try:
            for frame in frames:
                encoder.stdin.write(_pixels(frame)[1])
            for _ in range(round(RATE * _HOLD)):
                encoder.stdin.write(last)
            encoder.stdin.close()
        except _Cancelled:
            encoder.kill()
            raise
        except BrokenPipeError:
            pass  # it says why
        said = encoder.stderr.read().decode(errors="replace").strip()
        if encoder.wait() != 0:
            raise WorkbenchError(f"{path.name}: ffmpeg: {said.splitlines()[-1] if said else '?'}")
