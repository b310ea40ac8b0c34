"""The doctor: every section filled in, problems told, start-up times measured for real."""

from __future__ import annotations

import json

import numpy as np
import pytest

from kernels import cache
from workbench import cli, doctor, machine, startup

SECTIONS = {
    "versions",
    "processor",
    "threads",
    "linear algebra",
    "cache",
    "gpu",
    "window",
    "self-test",
}


def test_tells_all_and_finds_no_problem(capsys):
    assert cli.main(["doctor", "--no-timing", "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert told.pop("problems") == []
    assert set(told) == SECTIONS
    assert all(str(value) for section in told.values() for value in section.values())
    assert told["versions"]["numpy"] == np.__version__
    assert told["cache"]["folder"] == str(cache.FOLDER)
    assert told["cache"]["digest"] == cache.source_digest()
    assert cli.main(["doctor", "--no-timing"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert set(lines) >= SECTIONS


def test_start_up_times_are_part_of_it(monkeypatch):
    cold = {"terminal": startup.Start(9.0, 9.1), "window": startup.Start(11.0, 12.0)}
    warm = iter([9.0, 0.7, 0.5, 0.6])
    monkeypatch.setattr(startup, "cold", cold.__getitem__)
    monkeypatch.setattr(startup, "terminal", lambda: startup.Start(next(warm), 9.9))

    def no_window():
        raise startup.StartupFailed("no window today")

    monkeypatch.setattr(startup, "window", no_window)
    examination, said = doctor.Examination(), []
    examination.examine(say=said.append)
    found = examination.sections["start-up"]
    assert (found["terminal cold"], found["terminal warm"]) == (9.0, 0.5)
    assert (found["window cold"], found["window cold, shown"]) == (11.0, 12.0)
    assert found["window"] == "failed: no window today"
    assert examination.problems == []
    assert len(said) == 4


def test_a_broken_kernel_is_a_problem(monkeypatch, capsys):
    from kernels import random

    monkeypatch.setattr(random, "philox4x32", lambda *words: (0, 0, 0, 0))
    assert cli.main(["doctor", "--no-timing"]) == 1
    assert "problem: random numbers: wrong result" in capsys.readouterr().out.splitlines()


def test_a_warm_start_is_timed_and_a_failing_one_told(tmp_path):
    first_step, shown = startup.terminal()
    assert 0.1 < first_step <= shown < 60.0
    with pytest.raises(startup.StartupFailed, match="No module named no_such_module"):
        startup._timed(["-m", "no_such_module"], None)
    with pytest.raises(startup.StartupFailed, match="ended without: first step, shown"):
        startup._timed(["-c", "0"], None)


def test_the_machine_is_that_of_the_system():
    import os

    count, usable = machine.cores()
    assert count == os.cpu_count()
    assert 1 <= usable <= count
    assert machine.vector_bits() in (128, 256, 512)
    assert machine.version("numpy") == np.__version__
    assert machine.version("no-such-package") is None
    assert machine.blas("no_such_package").startswith("none")
