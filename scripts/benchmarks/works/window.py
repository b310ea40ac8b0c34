"""The window's cost: the tutorial trains without a step limit, headless and in the window in turn.

Beside the training speed in both: the window's updates per second, and the time from a click (on a
button of the tool bar, and on the test surface) until the answer is painted. Needs a display;
`xvfb-run -s "-screen 0 1600x900x24" scripts/bench --only window` brings one.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

from benchmarks.harness import Options, empty_row, environment, summary

ENDLESS = {"stop": {"steps": 10**9}}


def headless(seconds: float) -> dict[str, Any]:
    """Steps per second without a window."""
    import workbench as wb

    run = wb.Run(wb.Experiment.preset("tutorial").replace(**ENDLESS))
    run.resume()
    while run.steps < 100:  # it compiles, the first time
        time.sleep(0.05)
    time.sleep(2.0)
    first, begun = run.steps, time.perf_counter()
    time.sleep(seconds)
    speed = (run.steps - first) / (time.perf_counter() - begun)
    run.pause()
    return {"steps_per_second": speed}


def window(seconds: float) -> dict[str, Any]:
    """Steps and updates per second, and milliseconds from click to paint, in the window.

    Widgets are touched on the window's own thread alone; only the clicks come from another one, as
    a user's do, at moments that the window does not choose.
    """
    import pyqtgraph as pg
    from PyQt6.QtCore import QEvent, QObject, QPointF, Qt, QTimer
    from PyQt6.QtGui import QMouseEvent
    from PyQt6.QtWidgets import QApplication

    import workbench as wb
    from ui.__main__ import prepare
    from ui.main_window import MainWindow

    application = prepare()
    shown = MainWindow(wb.Experiment.preset("tutorial").replace(**ENDLESS))
    shown.resize(1600, 900)
    shown.show()
    result: dict[str, Any] = {"clicks": []}

    class Watch(QObject):
        """Notes when the first paint after a click has ended."""

        def __init__(self, widget: Any) -> None:
            super().__init__()
            self.widget, self.clicked = widget, False
            self.begun = self.ended = 0.0
            widget.installEventFilter(self)

        def eventFilter(self, watched: Any, event: Any) -> bool:
            if event.type() == QEvent.Type.MouseButtonRelease:
                self.clicked = True
            elif event.type() == QEvent.Type.Paint and self.clicked:
                self.clicked = False
                # The paint itself follows this filter; its end is seen by the next event.
                QTimer.singleShot(0, self.finish)
            return False

        def finish(self) -> None:
            self.ended = time.perf_counter()
            self.widget.removeEventFilter(self)

    def click(watch: Watch, events: list[QMouseEvent]) -> None:
        watch.begun = time.perf_counter()
        for event in events:
            QApplication.postEvent(watch.widget, event)

    def mouse(widget: Any, place: Any) -> list[QMouseEvent]:
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        kinds = ((QEvent.Type.MouseButtonPress, left), (QEvent.Type.MouseButtonRelease, none))
        at, outside = QPointF(place), QPointF(widget.mapToGlobal(place))
        plain = Qt.KeyboardModifier.NoModifier
        return [QMouseEvent(kind, at, outside, left, held, plain) for kind, held in kinds]

    def act() -> Iterator[float]:
        """What the user does; yields the seconds until the next act."""
        page, surfaces = shown.run_page, shown.surface_page
        while page.bridge.run is None or page.bridge.run.steps < 100:
            yield 0.05
        yield 2.5
        run = page.bridge.run
        first, updates, begun = run.steps, page.updates, time.perf_counter()
        yield seconds
        spent = time.perf_counter() - begun
        result["steps_per_second"] = (run.steps - first) / spent
        result["updates_per_second"] = (page.updates - updates) / spent
        button = page.bar.widgetForAction(page.step)
        surface = surfaces.map.plot.viewport()
        shown.show_page(surfaces)
        while not surfaces.scene.traces or surfaces.scene.grid is None:
            yield 0.05
        yield 1.0
        centre = surface.rect().center()
        places = [(surface, centre + pg.QtCore.QPoint(7 * (k % 9) - 30, k)) for k in range(40)]
        for widget, place in places + [(button, button.rect().center())] * 20:
            if widget is button:
                shown.show_page(page)
            yield 0.1
            watch = Watch(widget)
            threading.Timer(0.013, click, (watch, mouse(widget, place))).start()
            limit = time.perf_counter() + 5.0
            while not watch.ended and time.perf_counter() < limit:
                yield 0.005
            spent = watch.ended - watch.begun if watch.ended else float("inf")
            result["clicks"].append(1000 * spent)
        shown.close()

    acts = act()

    def go_on() -> None:
        pause = next(acts, None)
        if pause is not None:
            QTimer.singleShot(round(1000 * pause), go_on)

    go_on()
    application.exec()
    return result


def _in_its_own_process(which: str, seconds: float, threads: int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", __name__, which, str(seconds)],
        stdout=subprocess.PIPE,
        check=True,
        env=environment(threads),
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure(name: str, options: Options, say: Any) -> dict[str, Any]:
    """The row: seconds per step in the window beside seconds per step headless."""
    row = empty_row(name, "the tutorial trains in the window, and headless", "step", options)
    if not any(os.environ.get(k) for k in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")):
        row["missing"]["ours"] = "no display (xvfb-run brings one)"
        return row
    seconds = 2.0 if options.quick else 6.0
    pairs = []
    for turn in range(min(options.rounds, 3)):
        say(f"{name}: round {turn + 1}")
        try:
            pairs.append(
                [_in_its_own_process(w, seconds, options.threads) for w in ("headless", "window")]
            )
        except subprocess.CalledProcessError as error:
            row["failed"]["window"] = f"ended with code {error.returncode}"
            return row
    spent = {
        "ours": [1.0 / window["steps_per_second"] for _, window in pairs],
        "headless": [1.0 / headless["steps_per_second"] for headless, _ in pairs],
    }
    clicks = sorted(c for _, w in pairs for c in w["clicks"])
    row["seconds"] = {engine: summary(values) for engine, values in spent.items()}
    row["ours_s"] = statistics.median(spent["ours"])
    row["peers_s"]["headless"] = statistics.median(spent["headless"])
    row["ratios"]["headless"] = summary(
        [b / a for a, b in zip(spent["ours"], spent["headless"], strict=True)]
    )
    updates = statistics.median(w["updates_per_second"] for _, w in pairs)
    middle, late = statistics.median(clicks), clicks[int(0.95 * (len(clicks) - 1))]
    row["figures"] = {
        "updates_per_second": updates,
        "click_ms_median": middle,
        "click_ms_p95": late,
    }
    row["notes"]["ours"] = (
        f"{updates:.1f} updates a second; click to paint {middle:.1f} ms, 95 % within {late:.1f} ms"
    )
    row["agree"] = True
    return row


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]](float(sys.argv[2]))))
