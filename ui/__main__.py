"""Opens the window: ``python -m ui``, or ``main`` from the command line of the workbench."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from concurrent.futures import Future

import pyqtgraph as pg
from PyQt6.QtCore import QEvent, Qt, QTimer
from PyQt6.QtWidgets import QApplication

from kernels import compiling
from ui.main_window import MainWindow
from ui.theme import Outlined
from workbench import Experiment, Run, moments

_PATIENCE = 0.3  # seconds


def prepare() -> QApplication:
    """The application object, and what must be set before any widget is made."""
    # The interpreter hands over between threads every 5 ms by default: training would wait that
    # long after each of its chunks.
    sys.setswitchinterval(0.0005)
    pg.setConfigOptions(antialias=False, imageAxisOrder="row-major")
    if QApplication.instance() is None:
        # pyqtgraph keeps one set of shaders for all views in 3-D: these must share what they hold.
        QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("Descent Workbench")
    application.setOrganizationName("descent-workbench")
    application.setStyle(Outlined())
    return application


def main(experiment: Experiment | None = None, made: Future[Run] | None = None) -> int:
    """Show ``experiment`` (the tutorial's without one) learning; returns when the window closes.

    ``made`` is its run where that has been begun already (workbench.ahead). Where its start is
    timed (workbench.moments), the window closes by itself once it has shown a training step.
    """
    application = prepare()
    window = MainWindow(experiment or Experiment.preset("tutorial"), made=made)
    window.show()
    window.leaving.connect(lambda: _end_without(window))

    def shown() -> None:
        moments.reached(moments.SHOWN)
        window.close()

    def failed(text: str) -> None:
        print(text, file=sys.stderr)
        application.exit(1)

    if moments.watched():
        bridge = window.run_page.bridge
        bridge.failed.connect(failed)
        bridge.updated.connect(lambda it: it.step and QTimer.singleShot(0, shown))
    # Python sees Ctrl+C in the terminal only when it gets to run.
    signal.signal(signal.SIGINT, lambda *_: window.close())
    waker = QTimer()
    waker.timeout.connect(lambda: None)
    waker.start(200)
    code = application.exec()
    # Left to the end of the interpreter, widgets go in an order that Qt does not always survive.
    waker.stop()
    window.deleteLater()
    application.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return code


def _end_without(window: MainWindow) -> None:
    """End the process where only a kernel that is being compiled keeps the threads from ending: the
    compiler cannot be stopped, and files of kernels are whole or not there at all."""

    def watch() -> None:
        while True:
            time.sleep(_PATIENCE)
            writing = any(thread.name == "film" for thread in threading.enumerate())
            if compiling.now() and not writing and not window.run_page.bridge.saving:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(0)

    threading.Thread(target=watch, name="leaving", daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
