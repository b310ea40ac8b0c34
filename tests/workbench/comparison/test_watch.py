"""A comparison that is watched: the ends that are there, carried out, read or resumed."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import workbench as wb
from workbench.comparison.folder import claim, ends_of
from workbench.comparison.parts import path_of
from workbench.comparison.tally import LOSSES
from workbench.comparison.watch import in_small_parts, look, watch


@pytest.fixture(scope="module")
def seen(tmp_path_factory, full_batch):
    """What was seen of a small comparison with six polished ends, and its folder."""
    from workbench.comparison.plan import Plan

    e = full_batch.replace({"penalty.name": "l2", "penalty.strength": 0.02, "stop.steps": 60})
    vary = {"initializer": ["he_normal", "glorot_normal"]}
    plan = Plan.of(e, vary, 40, tolerances=[0.2], part=16)
    folder = claim(tmp_path_factory.mktemp("watched") / "made", plan)
    return list(watch(folder, 6, threads=2)), folder


def counts_of(comparison, case):
    loss = comparison.ends(case, ["loss"])["loss"]
    return np.histogram(loss, LOSSES.edges)[0]


def test_counts_grow_to_those_of_all_ends(seen):
    states, folder = seen
    comparison = wb.load_comparison(folder)
    starts = [sum(t.starts for t in s.tallies) for s in states]
    assert starts == sorted(starts)
    assert {16, 32, 80} <= set(starts)
    for k, tally in enumerate(states[-1].tallies):
        assert np.array_equal(tally.loss.inside, counts_of(comparison, k))
    assert [s.ended for s in states] == [False] * (len(states) - 1) + [True]
    assert states[-1].finished
    assert any("networks/s" in s.text for s in states)
    census = states[-1].censuses[0]
    assert census.to_dict() == comparison.census.to_dict()
    early = next(s for s in states if s.censuses)
    assert not early.ended
    assert sum(early.censuses[0].starts) == 6


def test_reading_gives_what_watching_gave(seen):
    states, folder = seen
    *_, last = look(folder)
    assert last.finished
    for a, b in zip(last.tallies, states[-1].tallies, strict=True):
        assert np.array_equal(a.loss.inside, b.loss.inside)
        assert np.array_equal(a.sample, b.sample)
    assert last.censuses[0].to_dict() == states[-1].censuses[0].to_dict()


def test_what_was_read_before_a_stop_is_not_called_the_whole(seen):
    _, folder = seen
    asked = []

    def after_two():
        asked.append(None)
        return len(asked) > 2

    states = list(look(folder, after_two))
    assert states
    assert not any(state.ended or state.finished for state in states)


def test_a_stopped_comparison_is_resumed_and_nothing_counts_twice(tmp_path, make_plan):
    plan = make_plan(starts=96, part=16)
    folder = claim(tmp_path / "made", plan)
    stop = threading.Event()
    for state in watch(folder, 0, threads=1, cancelled=stop.is_set):
        if sum(t.starts for t in state.tallies) >= 32:
            stop.set()
    assert state.ended
    assert not state.finished
    assert "of 192 networks" in state.text
    there = path_of(ends_of(folder, plan.cases[0]), 0)
    there.write_bytes(there.read_bytes()[:900])  # cut short: trained again
    *_, last = watch(folder, 0)
    assert last.finished
    assert [t.starts for t in last.tallies] == [96, 96]
    comparison = wb.load_comparison(folder)
    for k, tally in enumerate(last.tallies):
        assert np.array_equal(tally.loss.inside, counts_of(comparison, k))


def test_small_parts_come_often_and_are_not_too_many(make_plan):
    plan = make_plan(starts=10_000_000, part=1 << 20)
    small = in_small_parts(plan)
    assert small.hash == plan.hash
    assert small.parts <= 1024
    assert in_small_parts(make_plan(starts=5000, part=4096)).part == 128
    assert in_small_parts(make_plan(part=32)).part == 16
