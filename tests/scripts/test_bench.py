"""The harness of scripts/bench, on works that take no time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"

FAKE = """
import numpy as np
from benchmarks.work import Engine, Limit, Missing, Work

def adds(amount, units):
    def build(problem, threads):
        total = [0]
        def call():
            total[0] += 1
        return Engine(lambda: {"y": problem["x"] + amount}, call, units, "adds")
    return build

def absent(problem, threads):
    raise Missing("not on this machine")

def broken(problem, threads):
    raise ValueError("no luck")

def rate(problem, threads):
    return Engine(None, lambda: None, 1, "only a rate")

WORK = Work(
    title="adding one",
    unit="sum",
    make=lambda quick: {"x": np.arange(3.0 if quick else 5.0)},
    engines={"ours": adds(1.0, 1), "peer": adds(PEER, 10), "rate": rate, MORE},
    reference=lambda problem: {"y": problem["x"] + 1.0},
    tolerance=1e-6,
    limits={"peer": Limit(at_most=1e9), "rate": Limit(at_least=1e9)},
)
"""


@pytest.fixture
def bench(tmp_path):
    """Runs the benchmarks with a fake work: ``peer`` adds that much, ``more`` are engines."""
    folder = tmp_path / "benchmarks" / "works"
    folder.mkdir(parents=True)

    def run(peer, more, *arguments):
        (folder / "fake.py").write_text(FAKE.replace("PEER", peer).replace("MORE", more))
        path = os.pathsep.join([str(SCRIPTS), str(SCRIPTS.parent), str(tmp_path)])
        return subprocess.run(
            [sys.executable, "-m", "benchmarks", "--rounds", "2", "--turn", "0.001", *arguments],
            capture_output=True,
            text=True,
            env=os.environ | {"PYTHONPATH": path},
            check=False,
        )

    return run


def test_row_and_table_when_all_agree(bench):
    done = bench("1.0", '"absent": absent', "--only", "fake", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    (row,) = told["rows"]
    assert row["work"] == "fake"
    assert row["agree"] is True
    assert set(row["peers_s"]) == {"peer", "rate"}
    assert row["ours_s"] > 0
    assert row["errors"] == {"ours": 0.0, "peer": 0.0}
    assert row["missing"] == {"absent": "not on this machine"}
    assert row["limits"]["peer"]["reached"] is True
    assert row["limits"]["rate"]["reached"] is False
    for name in ("peer", "rate"):
        ratio = row["ratios"][name]
        assert ratio["low"] <= ratio["median"] <= ratio["high"]
    assert {"cpu", "cores", "versions", "busy"} <= set(told["machine"])
    # With --json the table goes to standard error.
    head = next(line for line in done.stderr.splitlines() if line.startswith("work "))
    cells = head.split()
    assert cells[0] == "work"
    assert cells[-1] == "agree"
    lines = {line.split()[1]: line for line in done.stderr.splitlines() if line[:5] == "fake "}
    assert lines["peer"].endswith("yes")
    assert "≤ 1e+09" in lines["peer"]
    assert "absent left out: not on this machine" in done.stderr


def test_seconds_are_per_unit(bench):
    done = bench("1.0", "", "--only", "fake", "--json")
    row = json.loads(done.stdout.splitlines()[-1])["rows"][0]
    # The same call counts for ten units in "peer".
    assert row["seconds"]["peer"]["low"] < row["seconds"]["ours"]["high"]


@pytest.mark.parametrize("peer", ["1.001", "np.nan", "np.arange(2.0)[:, None]"])
def test_results_that_differ_are_reported(bench, peer):
    done = bench(peer, "", "--only", "fake", "--quick")
    assert done.returncode == 1
    assert "peer DISAGREES" in done.stdout
    line = next(line for line in done.stdout.splitlines() if line.startswith("fake  peer"))
    assert line.endswith("NO")


def test_failing_engine_is_reported(bench):
    done = bench("1.0", '"broken": broken', "--only", "fake", "--json")
    assert done.returncode == 1
    row = json.loads(done.stdout.splitlines()[-1])["rows"][0]
    assert row["agree"] is False
    assert row["failed"] == {"broken": "ValueError: no luck"}
    assert "broken FAILED: ValueError: no luck" in done.stderr
    assert set(row["peers_s"]) == {"peer", "rate"}


def test_unknown_work_is_one_line(bench):
    done = bench("1.0", "", "--only", "ensembel-gd")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "nearest is 'ensemble-gd'" in done.stderr


def test_every_work_is_loadable_without_its_peers(monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPTS))
    from benchmarks.work import Work, load, names

    assert {"single-sgd", "ensemble-gd", "plane", "hessian", "descents", "mlp-128"} <= set(names())
    for name in names():
        work = load(name)
        if isinstance(work, Work):
            assert next(iter(work.engines)) == "ours"
            assert set(work.limits) <= set(work.engines)
        else:
            assert callable(work.measure)


def test_reference_gradient_is_the_slope_of_the_reference_loss(monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPTS))
    from benchmarks.works import _network

    from tests import naive

    rng = np.random.default_rng(3)
    p = _network.starts(2, seed=1).astype(np.float64)
    p += rng.normal(0.0, 0.1, p.shape)
    inputs, targets = rng.random((4, 16)), np.eye(2)[[0, 1, 1, 0]]
    losses, gradients = _network.loss_and_gradient(p, inputs, targets)

    def loss(q):
        layers = [("relu", {}), ("relu", {})]
        answers = naive.forward(q, (16, 6, 6, 2), layers, "softmax", inputs)[1][-1]
        return np.mean((answers - targets) ** 2)

    for k in range(2):
        assert losses[k] == pytest.approx(loss(p[k]), rel=1e-12)
        np.testing.assert_allclose(gradients[k], naive.slope(loss, p[k], 1e-4), atol=1e-8)
