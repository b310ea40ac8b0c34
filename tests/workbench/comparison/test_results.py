"""What a comparison comes to: verdicts, census, statistics, report; the same bytes always."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

import workbench as wb
from workbench.census.ends import End, settle
from workbench.comparison.counting import best_reached, landscapes
from workbench.comparison.folder import claim, verdicts_of
from workbench.comparison.parts import path_of
from workbench.comparison.runner import carry_out
from workbench.comparison.verdicts import read_verdicts

# A penalty makes minima finite; so few starts and steps that all of it takes a moment.
PENALTY = {"penalty.name": "l2", "penalty.strength": 0.02, "stop.steps": 60}


@pytest.fixture(scope="module")
def counted(tmp_path_factory, full_batch):
    """A finished comparison of two initializers, six of 40 ends of each polished."""
    from workbench.comparison.plan import Plan

    vary = {"initializer": ["he_normal", "glorot_normal"]}
    plan = Plan.of(full_batch.replace(PENALTY), vary, 40, tolerances=[0.2], part=16)
    folder = claim(tmp_path_factory.mktemp("counted") / "made", plan)
    states = list(carry_out(folder, 6, threads=2))
    return wb.load_comparison(folder), states


def test_verdicts_are_those_on_the_ends(counted):
    comparison, _ = counted
    for case in comparison.cases:
        points = comparison.ends(case, ["parameters"])["parameters"][:6]
        wanted = [end for block in settle(case.experiment, points, threads=1) for end in block]
        found = read_verdicts(comparison.folder, case, 6)
        assert len(found) == 6
        for a, b in zip(found, wanted, strict=True):
            for name in End.__dataclass_fields__:
                assert np.array_equal(getattr(a, name), getattr(b, name)), name


def test_a_census_read_again_is_the_one_that_was_written(counted):
    comparison, _ = counted
    census = comparison.census
    assert census.groups == ("he_normal", "glorot_normal")
    assert census.starts == (6, 6)
    assert len(census.minima) > 0
    assert [census.to_dict()] == comparison.result["censuses"]
    ends = [e for case in comparison.cases for e in read_verdicts(comparison.folder, case, 6)]
    assert sum(sum(counts) for counts in census.kinds.values()) == 12
    assert sum(m.count for m in census.minima) == sum(end.is_minimum for end in ends)
    assert comparison.census is census  # counted once
    first = census.minima[0]
    case = comparison.cases[first.example_group]
    again = comparison.parameters(case, [first.example_start])
    ((end,),) = settle(case.experiment, again)
    assert np.array_equal(end.parameters, first.parameters)


def test_statistics_are_of_the_ends(counted):
    comparison, _ = counted
    result = comparison.result
    for k, case in enumerate(result["cases"]):
        ends = comparison.ends(k)
        assert case["loss"] == pytest.approx(np.quantile(ends["loss"], [0.25, 0.5, 0.75]).tolist())
        assert case["success"]["loss ≤ 0.2"]["hits"] == int((ends["loss"] <= 0.2).sum())
    a, b = (comparison.ends(k)["loss"] for k in range(2))
    (test,) = (t for t in result["tests"] if t["kind"] == "loss")
    assert (test["first_better"], test["second_better"]) == ((a < b).sum(), (a > b).sum())
    assert [c.name for c in comparison.statistics.cases] == ["he_normal", "glorot_normal"]


def test_the_folder_holds_what_it_should(counted):
    comparison, states = counted
    folder = comparison.folder
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "glorot_normal" in page
    assert comparison.plan.hash in page
    with (folder / "minima.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(comparison.census.minima)
    with (folder / "cases.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 2
    assert json.loads((folder / "timing.json").read_text())[0]["training"]["made"] == 80
    assert [s.done for s in states if s.stage == "polishing"][-1] == 12
    assert not list(folder.rglob(".writing-*"))


def test_the_command_of_the_report_makes_the_same_comparison(counted, tmp_path, monkeypatch):
    import shlex

    from workbench import commands
    from workbench.commands.compare import _plan
    from workbench.comparison.results import compared

    comparison, _ = counted
    meta = compared(comparison).meta
    monkeypatch.chdir(tmp_path)
    (tmp_path / "experiment.toml").write_text(meta["experiment"], encoding="utf-8")
    words = shlex.split(meta["command"])
    assert words[:2] == ["workbench", "compare"]
    plan = _plan(commands.parser("compare").parse_args(words[2:]))
    assert plan.hash == comparison.plan.hash


def test_threads_and_interruptions_change_no_byte(counted, tmp_path, bytes_of):
    comparison, _ = counted
    folder = claim(tmp_path / "again", comparison.plan)
    stop = []
    for state in carry_out(folder, 6, threads=1, cancelled=lambda: bool(stop)):
        if state.stage == "polishing" and state.part:
            stop.append(state)
    assert not wb.load_comparison(folder).finished
    growing = wb.load_comparison(folder)
    assert growing.census.starts == (6, 0)
    assert growing.statistics.cases[0].starts == 40
    first = path_of(verdicts_of(folder, comparison.cases[0]), 0).stat().st_mtime_ns
    list(carry_out(folder, 6, threads=3))
    assert path_of(verdicts_of(folder, comparison.cases[0]), 0).stat().st_mtime_ns == first
    assert bytes_of(folder) == bytes_of(comparison.folder)


def test_more_can_be_polished_later(counted, tmp_path):
    comparison, _ = counted
    folder = claim(tmp_path / "again", comparison.plan)
    list(carry_out(folder, 0))
    bare = wb.load_comparison(folder)
    assert bare.finished
    assert (bare.censuses, bare.census, bare.result["censuses"]) == ((), None, [])
    states = list(carry_out(folder, 2))
    assert states[0].found == states[0].total == 80
    assert bare.census.starts == (2, 2)
    assert bare.result["polished"] == 2


def test_other_networks_have_other_landscapes(make_plan):
    assert [len(g) for g in landscapes(make_plan())] == [2]
    assert [len(g) for g in landscapes(make_plan({"width": [3, 4]}))] == [1, 1]
    grid = make_plan({"width": [3, 4], "initializer": ["he_normal", "zeros"]})
    assert [[c.label for c in g] for g in landscapes(grid)] == [
        ["width=3, he_normal", "width=3, zeros"],
        ["width=4, he_normal", "width=4, zeros"],
    ]


class _Census:
    """As much of a census as success needs."""

    def __init__(self, losses, labels):
        self.minima = [type("Minimum", (), {"id": k, "loss": x}) for k, x in enumerate(losses)]
        self.labels = np.array(labels)


class _End:
    def __init__(self, loss, is_minimum=True):
        self.loss, self.is_minimum = loss, is_minimum


def test_the_best_is_the_lowest_with_its_equals_if_nothing_else_is_lower(make_plan):
    cases = make_plan().cases
    # Two minima of one loss, one higher; starts beyond those polished were not looked at.
    losses = [0.1, 0.1 + 1e-9, 0.3]
    ends = [[_End(0.1), _End(0.3)], [_End(0.5, False), _End(0.1 + 1e-9)]]
    found = [(list(cases), ends, _Census(losses, [0, 2, -1, 1]))]
    a, b = best_reached(cases, found, 4)
    assert a.tolist() == [1, 0, -1, -1]
    assert b.tolist() == [0, 1, -1, -1]
    ends[1][0].loss = 0.05  # such as an end on its way to infinity
    assert best_reached(cases, found, 4) is None
    assert best_reached(cases, [(list(cases), ends, _Census([], [-1] * 4))], 4) is None
    assert best_reached(cases, [], 4) is None


def test_figures_without_a_number_are_none_in_json():
    from workbench.comparison.results import sound

    given = {"a": np.float64("nan"), "b": [np.int64(3), float("inf"), 0.5], "c": (True, "x", None)}
    text = json.dumps(sound(given), allow_nan=False)
    assert json.loads(text) == {"a": None, "b": [3, None, 0.5], "c": [True, "x", None]}
