"""The thread of newest requests."""

from __future__ import annotations

import threading

import pytest

from ui.worker import Worker
from workbench import WorkbenchError


@pytest.fixture
def worker(qapp):
    made = Worker("tested")
    yield made
    made.close()


def test_the_newest_request_wins(worker, qtbot):
    gate, begun, done, shown = threading.Event(), threading.Event(), [], []

    def slow():
        begun.set()
        gate.wait(10)
        return 0

    worker.ask("a", slow, shown.append)
    assert begun.wait(10)
    for k in range(1, 6):
        worker.ask("a", lambda k=k: done.append(k) or k, shown.append)
    worker.ask("b", lambda: "other", shown.append)
    gate.set()
    qtbot.waitUntil(lambda: len(shown) == 3)
    assert done == [5]
    assert shown == [0, 5, "other"]


def test_what_is_forgotten_is_not_shown(worker, qtbot):
    gate, begun, shown = threading.Event(), threading.Event(), []

    def slow():
        begun.set()
        return gate.wait(10)

    worker.ask("a", slow, shown.append)
    assert begun.wait(10)
    worker.forget("a")
    worker.ask("a", lambda: "new", shown.append)
    gate.set()
    qtbot.waitUntil(lambda: bool(shown))
    qtbot.waitUntil(lambda: worker.idle)
    assert shown == ["new"]


def test_what_goes_wrong_is_told_in_a_line(worker, qtbot):
    told = []
    worker.failed.connect(told.append)

    def bad():
        raise WorkbenchError("start: must be elsewhere")

    worker.ask("a", bad, told.append)
    qtbot.waitUntil(lambda: told == ["start: must be elsewhere"])
    worker.ask("a", lambda: 1 / 0, told.append)
    qtbot.waitUntil(lambda: len(told) == 2)
    assert told[1] == "ZeroDivisionError: division by zero"


def test_closing_ends_the_thread(qapp):
    made = Worker("closed soon")
    made.close()
    assert "closed soon" not in {thread.name for thread in threading.enumerate()}
