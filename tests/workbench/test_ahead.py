"""Runs that begin before there is a window to show them."""

from __future__ import annotations

import numpy as np
import pytest

import workbench as wb
from workbench import ahead


def test_a_run_begun_ahead_is_the_run_itself(tutorial):
    experiment = tutorial.replace(stop={"steps": 40})
    run = ahead.begin(experiment).result(timeout=120)
    assert run.wait(timeout=60)
    assert run.steps == 40
    np.testing.assert_array_equal(run.parameters, wb.run(experiment).parameters)


def test_what_making_it_raises_is_kept(tutorial, monkeypatch):
    def broken(experiment):
        raise ValueError("no such thing")

    monkeypatch.setattr(ahead, "Run", broken)
    made = ahead.begin(tutorial)
    ahead.abandon(made)
    with pytest.raises(ValueError, match="no such thing"):
        made.result(timeout=60)


def test_an_abandoned_run_pauses(tutorial):
    made = ahead.begin(tutorial.replace(stop={"steps": 10**9}))
    ahead.abandon(made)
    assert made.result(timeout=120).wait(timeout=120)  # for what it compiles
    assert made.result().status in ("ready", "paused")
