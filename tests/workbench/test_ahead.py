"""Runs that begin before there is a window to show them."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import workbench as wb
from kernels import cache
from kernels.jit import kernel
from workbench import ahead, moments


def test_a_run_begun_ahead_is_the_run_itself(tutorial):
    experiment = tutorial.replace(stop={"steps": 40})
    run = ahead.begin(experiment).result(timeout=120)
    assert run.wait(timeout=60)
    assert run.steps == 40
    np.testing.assert_array_equal(run.parameters, wb.run(experiment).parameters)


def test_nothing_compiles_while_modules_are_imported():
    """A kernel of another thread waits: what it needs may not have been registered yet."""

    @kernel
    def half(x):
        return x / 2.0

    half._cache.flush()  # what an earlier test run compiled would be loaded at once
    found = []
    thread = threading.Thread(target=lambda: found.append(half(3.0)))
    with cache.importing():
        thread.start()
        thread.join(0.3)
        assert thread.is_alive()
        assert found == []
    thread.join(60)
    assert found == [1.5]


@pytest.mark.compiled
def test_a_cold_window_trains(python, tmp_path):
    """Training compiles on its thread while the window's modules are being imported."""
    written = tmp_path / "moments"
    places = {"NUMBA_CACHE_DIR": str(tmp_path / "cache"), moments.VARIABLE: str(written)}
    code, _, told = python(
        "-m", "workbench", "window", "xor", QT_QPA_PLATFORM="offscreen", **places
    )
    assert code == 0, told
    assert set(moments.read(written)) == {moments.FIRST_STEP, moments.SHOWN}


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
