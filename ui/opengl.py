"""Whether OpenGL can be had here: found out in a process of its own, which a driver may crash.

``python -m ui.opengl`` draws a small surface that is never shown and ends with 0 if it can be seen.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec

from PyQt6 import sip
from PyQt6.QtCore import QObject, QProcess, QTimer, pyqtSignal
from PyQt6.QtGui import QGuiApplication

_TIMEOUT_MS = 20_000
# Platforms of Qt without a display have no OpenGL.
_DISPLAYLESS = ("offscreen", "minimal", "vnc", "linuxfb")


class OpenGLProbe(QObject):
    """``answered(possible, reason)`` follows ``ask``, at once or when the process has ended."""

    answered = pyqtSignal(bool, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None

    def ask(self) -> None:
        """Find out; answers later, on the window's thread."""
        platform = QGuiApplication.platformName()
        if find_spec("OpenGL") is None:
            self._later("PyOpenGL is not installed")
        elif platform in _DISPLAYLESS:
            self._later(f"Qt's platform “{platform}” has none")
        else:
            self._process = QProcess(self)
            self._process.setProgram(sys.executable)
            self._process.setArguments(["-m", "ui.opengl"])
            self._process.finished.connect(self._ended)
            self._process.errorOccurred.connect(lambda _: self._ended(1))
            self._process.start()
            limit = QTimer(self._process)
            limit.setSingleShot(True)
            limit.timeout.connect(self._process.kill)
            limit.start(_TIMEOUT_MS)

    def close(self) -> None:
        """Stop asking."""
        if self._process is not None:
            self._process.blockSignals(True)
            self._process.kill()
            self._process.waitForFinished(2000)
            self._process = None

    def _later(self, reason: str) -> None:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(lambda: self.answered.emit(False, reason))
        timer.start(0)

    def _ended(self, code: int) -> None:
        if self._process is None or sip.isdeleted(self._process):
            return
        whole = self._process.exitStatus() == QProcess.ExitStatus.NormalExit
        self._process.blockSignals(True)
        self._process = None
        self.answered.emit(whole and code == 0, "" if whole and code == 0 else "its test failed")


def works() -> bool:
    """Draw something by OpenGL in this process, and look whether it is there."""
    from ui.__main__ import prepare

    application = prepare()
    import numpy as np

    from ui.camera import Camera
    from ui.relief import make_relief
    from ui.relief_gl import GLEngine
    from ui.surface_grid import Grid, Scale

    axis = np.linspace(-1.0, 1.0, 9)
    height = axis[:, None] ** 2 + axis[None] ** 2
    empty = np.empty((0, 2))
    grid = Grid(axis, axis, height, height / 2.0, Scale(0.0, 2.0), empty, empty)
    engine = GLEngine()
    picture = engine.picture(make_relief(grid, 9), Camera(), 120, 100, 1.0)
    colours = {picture.pixel(x, y) for x in range(0, 120, 4) for y in range(0, 100, 4)}
    engine.close()
    application.processEvents()
    return len(colours) > 10


if __name__ == "__main__":
    sys.exit(0 if works() else 1)
