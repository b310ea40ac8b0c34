"""Opens the window: ``python -m ui``, or ``main`` from the command line of the workbench."""

from __future__ import annotations

import signal
import sys

import pyqtgraph as pg
from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QApplication

from workbench import Experiment


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


def main(experiment: Experiment | None = None, until_first_step: bool = False) -> int:
    """Show ``experiment`` (the tutorial's without one) learning; returns when the window closes.

    With ``until_first_step`` it closes by itself once it has shown a training step.
    """
    application = prepare()
    from ui.main_window import MainWindow

    window = MainWindow(experiment or Experiment.preset("tutorial"))
    window.show()
    if until_first_step:
        window.run_page.bridge.updated.connect(
            lambda shown: shown.step and QTimer.singleShot(0, window.close)
        )
    # Python sees Ctrl+C in the terminal only when it gets to run.
    signal.signal(signal.SIGINT, lambda *_: window.close())
    waker = QTimer()
    waker.timeout.connect(lambda: None)
    waker.start(200)
    return application.exec()


if __name__ == "__main__":
    sys.exit(main(until_first_step="--until-first-step" in sys.argv[1:]))
