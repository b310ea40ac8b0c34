"""The reproduction of Safran & Shamir 2018: its figures, and how they are told."""

from __future__ import annotations

import csv
import json
from math import comb, isclose

import pytest

import workbench as wb
from workbench import cli
from workbench.reproductions import safran_shamir_2018

NAME = "safran-shamir-2018"


@pytest.fixture(scope="module")
def made():
    return wb.reproduce(NAME)


def test_the_published_share_is_found(made):
    facts = made.facts
    assert made.agrees
    assert facts["global"] + facts["local"] + facts["not_converged"] == 1000
    assert facts["not_converged"] == 0
    assert facts["published"] == 126
    assert 90 < facts["local"] < 165
    # The loss of zero and at least one other, whose Hessian shows it to be a minimum.
    assert facts["distinct_minima"] == len(facts["minima"]) >= 2
    zero, lowest, *_ = facts["minima"]
    assert abs(zero["loss"]) < 1e-12
    assert zero["starts"] == facts["global"]
    assert lowest["loss"] > 0.01
    assert min(m["smallest_eigenvalue"] for m in facts["minima"]) > 1e-3


def binomial(n, p):
    return [comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(n + 1)]


@pytest.mark.parametrize(("local", "starts"), [(1, 20), (5, 30)])
def test_p_values_add_up_what_is_no_likelier(local, starts):
    exact, two = safran_shamir_2018._p_values(local, starts, 126)
    chances = binomial(starts, 0.126)
    wanted = sum(c for c in chances if c <= chances[local] * (1 + 1e-9))
    assert isclose(exact, wanted, rel_tol=1e-9)
    ways = [comb(starts, i) * comb(1000, 126 + local - i) for i in range(min(starts, 126) + 1)]
    wanted = sum(w for w in ways if w <= ways[local]) / comb(starts + 1000, 126 + local)
    assert isclose(two, wanted, rel_tol=1e-9)


def test_another_share_differs_from_the_published_one(monkeypatch):
    monkeypatch.setitem(safran_shamir_2018.PUBLISHED, (6, 6), 700)
    made = wb.reproduce(NAME, n=6, k=6, starts=100)
    assert not made.agrees
    assert made.facts["p_value"] < 1e-6
    assert made.findings[0].p_value == made.facts["p_value_of_two_samples"] < 1e-6


def test_what_was_not_published_has_nothing_to_disagree_with(capsys, tmp_path):
    words = ["reproduce", NAME, "--n", "5", "--k", "4", "--starts", "12", "--json"]
    assert cli.main([*words, "--out", str(tmp_path / "made")]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["n"], told["k"], told["starts"], told["seed"]) == (5, 4, 12, 0)
    assert told["published"] is told["p_value"] is told["findings"][0]["p_value"] is None
    assert [finding["agrees"] for finding in told["findings"]] == [None, None]
    assert told["global"] + told["local"] + told["not_converged"] == 12
    with (tmp_path / "made" / "minima.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == told["distinct_minima"]
    assert sum(int(row["starts"]) for row in rows) == told["global"] + told["local"]
    with (tmp_path / "made" / "ends.csv").open(encoding="utf-8") as file:
        ends = list(csv.DictReader(file))
    assert sum(float(row["steps"]) for row in ends) == told["steps"]
    assert (tmp_path / "made" / "losses.svg").stat().st_size > 1000


def test_ends_that_are_no_minimum_are_told():
    made = wb.reproduce(NAME, n=1, k=1, starts=8)
    assert made.facts["not_converged"] > 0
    assert f"not so at {made.facts['not_converged']} ends" in made.findings[1].ours


def test_starts_that_come_to_no_rest_are_told(monkeypatch):
    monkeypatch.setattr("workbench.student_teacher.step_size", lambda n, k: 3.0)
    monkeypatch.setitem(safran_shamir_2018.PUBLISHED, (6, 6), 0)
    made = wb.reproduce(NAME, n=6, k=6, starts=4)
    assert not made.agrees
    assert "4 starts came to no rest" in made.findings[1].ours


def test_a_student_smaller_than_its_teacher_is_refused(capsys):
    assert cli.main(["reproduce", NAME, "--n", "3", "--k", "4"]) == 2
    assert "nearest valid: 4" in capsys.readouterr().err
