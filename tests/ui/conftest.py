"""A window to act on, and what a user does with it."""

from __future__ import annotations

import threading

import pytest
from PyQt6.QtCore import QPoint, QSettings, Qt
from PyQt6.QtTest import QTest

import workbench as wb
from ui.__main__ import prepare
from ui.main_window import MainWindow
from ui.theme import LIGHT, themes

ENDLESS = wb.Experiment.preset("tutorial").replace(stop={"steps": 10**9})


class User:
    """Acts on a window by mouse and keyboard, and waits for what it shows."""

    def __init__(self, qtbot, window):
        self.bot, self.window = qtbot, window
        self.page = window.run_page

    def until(self, condition, timeout=60_000):
        self.bot.waitUntil(lambda: bool(condition()), timeout=timeout)

    def press(self, name):
        """Click a tool bar button by the attribute name of its action."""
        action = getattr(self.page, name)
        self.until(lambda: action.isEnabled() and action.isVisible())
        button = self.page.bar.widgetForAction(action)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def enter(self, field, text):
        """Type over a field and press Enter."""
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Return)

    def pick(self, combo, text):
        """Choose an entry of a combo box by the keyboard."""
        combo.setFocus()
        row = combo.findText(text)
        assert row >= 0
        while combo.currentIndex() != row:
            down = combo.currentIndex() < row
            QTest.keyClick(combo, Qt.Key.Key_Down if down else Qt.Key.Key_Up)

    def click(self, widget, x, y):
        """Left click at pixel (x, y) of a widget."""
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))

    @property
    def run(self):
        return self.page.bridge.run

    def figure(self, name):
        """A figure of the status bar as text."""
        return self.page._figures[name].text().removeprefix(f"{name} ")

    def rest(self):
        """Pause, and wait until all views show the paused state."""
        if self.page.pause.isVisible():
            self.press("pause")
        self.settled()

    def settled(self):
        """Wait until what is shown is the run's present state, gradient and activations too."""
        seen = []
        self.page.analyst.analysed.connect(seen.append)

        def shows():
            run, shown = self.run, self.page._shown
            at_rest = run.status in ("ready", "paused", "finished", "diverged")
            return at_rest and shown is not None and shown.status == run.status

        self.until(shows)
        self.page._ask()
        self.until(lambda: any(s.request.step == self.run.steps for s in seen))


@pytest.fixture
def make_user(qapp, qtbot, tmp_path, monkeypatch):
    """Opens windows; ``make_user(experiment, play)`` gives a User of one."""
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    prepare()
    themes.use(LIGHT)
    windows = []

    def make(experiment=ENDLESS, play=True):
        window = MainWindow(experiment, play)
        windows.append(window)
        window.resize(1280, 720)
        window.show()
        user = User(qtbot, window)
        user.until(lambda: user.run is not None and user.page._shown is not None)
        return user

    yield make
    for window in windows:
        window.close()
        window.deleteLater()
    left = {thread.name for thread in threading.enumerate()} & {
        "training",
        "analyst",
        "planes",
        "surface-map",
        "surface-descent",
        "film",
        "maps-surface",
        "maps-plane",
        "maps-trainability",
        "maps-sharpness",
        "maps-path",
        "compare",
        "compare-reader",
        "compare-minimum",
        "compare-basins",
    }
    assert not left


@pytest.fixture
def user(make_user):
    """A user of a window in which the tutorial's network trains without end."""
    return make_user()
