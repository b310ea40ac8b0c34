"""Jobs: what comes is the newest there is, in order, even while the next state takes long."""

from __future__ import annotations

import threading

import pytest

from ui.job import Job
from workbench import WorkbenchError


@pytest.fixture
def job(qtbot):
    made = Job("job-test")
    made.states, made.said = [], []
    made.came.connect(made.states.append)
    made.ended.connect(made.said.append)
    yield made
    made.close()


def test_a_state_is_shown_while_the_next_is_worked_out(job, qtbot):
    release = threading.Event()

    def states(told, cancelled):
        yield from range(5)
        release.wait(30)
        yield 5

    job.start(states)
    qtbot.waitUntil(lambda: 4 in job.states)
    assert job.running
    release.set()
    qtbot.waitUntil(lambda: bool(job.said))
    assert job.states == sorted(job.states)
    assert job.states[-1] == 5
    assert job.said == [""]


def test_many_states_come_in_order_and_the_last_is_among_them(job, qtbot):
    job.start(lambda told, cancelled: iter(range(200_000)))
    qtbot.waitUntil(lambda: bool(job.said))
    assert job.states == sorted(job.states)
    assert job.states[-1] == 199_999
    assert len(job.states) < 1000


def test_the_newest_computation_counts_and_errors_are_one_line(job, qtbot):
    stopped = threading.Event()

    def first(told, cancelled):
        while not cancelled():
            yield "first"
        stopped.set()

    def second(told, cancelled):
        yield "second"
        raise WorkbenchError("wrong")

    job.start(first)
    qtbot.waitUntil(lambda: bool(job.states))
    job.start(second)
    qtbot.waitUntil(lambda: bool(job.said))
    assert job.said == ["wrong"]
    assert job.states[-1] == "second"
    assert not job.running
