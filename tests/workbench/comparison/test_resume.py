"""A comparison that is killed, or stopped, carries on and ends with the same bytes."""

from __future__ import annotations

import signal
import time

import pytest

import workbench as wb
from workbench.comparison.comparison import Comparison
from workbench.comparison.folder import claim
from workbench.comparison.plan import Plan
from workbench.comparison.runner import carry_out

PARTS = 150


@pytest.fixture
def long(make_plan):
    """Two cases of so many parts that a process can be stopped in between."""
    return make_plan(starts=16 * PARTS, part=16, changes={"stop.steps": 40})


def wait_for_parts(folder, count, process):
    """Look at a growing comparison until ``count`` files are there; all of them can be read."""
    comparison, seen = Comparison(folder), 0
    give_up = time.monotonic() + 90
    while seen < count and time.monotonic() < give_up and process.poll() is None:
        there = [comparison.ends(case, ["start", "loss"]) for case in comparison.cases]
        for ends in there:
            assert len(ends["start"]) % 16 == 0
            assert len(ends["loss"]) == len(ends["start"])
        seen = sum(len(ends["start"]) for ends in there) // 16
        time.sleep(0.002)
    assert seen >= count, process.communicate()


def parts_of(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("part-*.parquet")}


def test_a_killed_comparison_ends_like_one_that_was_not(long, tmp_path, starting, bytes_of, capfd):
    whole = claim(tmp_path / "whole", long)
    list(carry_out(whole, 0, threads=2))
    folder = claim(tmp_path / "killed", long)
    command = ("-m", "workbench", "compare", "--resume", str(folder), "--polish", "0")

    killed = starting(*command, "--threads", "1")
    wait_for_parts(folder, 3, killed)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    first = parts_of(folder)
    assert 3 <= len(first) < 2 * PARTS
    # As where the process was killed while writing.
    torn = next(iter(first)).with_name(".writing-1-part-000099.parquet")
    torn.write_bytes(b"PAR1")

    stopped = starting(*command)
    wait_for_parts(folder, len(first) + 3, stopped)
    stopped.send_signal(signal.SIGINT)
    _, said = stopped.communicate(timeout=60)
    assert stopped.returncode == 130
    assert (
        said.splitlines()[-1] == f"interrupted; carry on with: workbench compare --resume {folder}"
    )
    assert not torn.exists()
    second = parts_of(folder)
    assert len(first) + 3 <= len(second) < 2 * PARTS
    assert not wb.load_comparison(folder).finished

    states = list(carry_out(folder, 0, threads=1))
    assert states[0].found == 16 * len(second)
    third = parts_of(folder)
    assert {path: third[path] for path in second} == second
    assert {path: second[path] for path in first} == first
    assert bytes_of(folder) == bytes_of(whole)
    assert list(carry_out(folder, 0)) == []


def test_a_folder_keeps_the_cuts_it_was_begun_with(full_batch, tmp_path, bytes_of):
    e = full_batch.replace(stop={"steps": 3})
    vary = {"initializer": ["he_normal", "glorot_normal"]}
    small = Plan.of(e, vary, 70, part=32)
    assert small.part != Plan.of(e, vary, 70).part
    begun, whole = claim(tmp_path / "begun", small), claim(tmp_path / "whole", small)
    list(carry_out(begun, 0, cancelled=lambda: bool(parts_of(begun))))
    assert 0 < len(parts_of(begun)) < 6
    assert wb.compare(e, vary, 70, begun, polish=0).finished
    list(carry_out(whole, 0))
    assert len(parts_of(whole)) == 6
    assert bytes_of(begun) == bytes_of(whole)
