"""Opens the window: ``python -m ui``, or ``main`` from the command line of the workbench."""

from __future__ import annotations

import signal
import sys
from concurrent.futures import Future

import pyqtgraph as pg
from PyQt6.QtCore import QEvent, QTimer
from PyQt6.QtWidgets import QApplication

from ui.main_window import MainWindow
from workbench import Experiment, Run, moments


def prepare() -> QApplication:
    """The application object, and what must be set before any widget is made."""
    # The interpreter hands over between threads every 5 ms by default: training would wait that
    # long after each of its chunks.
    sys.setswitchinterval(0.0005)
    pg.setConfigOptions(antialias=False, imageAxisOrder="row-major")
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("Descent Workbench")
    application.setOrganizationName("descent-workbench")
    application.setStyle("Fusion")
    return application


def main(experiment: Experiment | None = None, made: Future[Run] | None = None) -> int:
    """Show ``experiment`` (the tutorial's without one) learning; returns when the window closes.

    ``made`` is its run where that has been begun already (workbench.ahead). Where its start is
    timed (workbench.moments), the window closes by itself once it has shown a training step.
    """
    application = prepare()
    window = MainWindow(experiment or Experiment.preset("tutorial"), made=made)
    window.show()

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


if __name__ == "__main__":
    sys.exit(main())
