"""The proof: it passes, it notices what is broken, and it misses no item."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kernels import activations, batchings, initializers, optimizers, schedules, surfaces
from workbench import cli, proof
from workbench.errors import BadValue
from workbench.proof import (
    batch_references,
    initializer_references,
    philox,
    published,
    references,
    schedule_references,
    twins,
    whole_vector,
)
from workbench.proof.checks import gradients

ROOT = Path(__file__).parents[2]
# These compile one kernel for every item. `.ci/run` carries them out by the command.
MANY = {"activations", "chunks", "ensembles", "gradients", "hessians", "optimizers", "tiles"} | {
    "surfaces"
}


def failures(name):
    return [row for _, row in proof.carry_out([name]) if not row.passed]


@pytest.fixture
def few(monkeypatch):
    """Leave some items only in a catalogue, to be quick."""

    def leave(catalog, *names):
        monkeypatch.setattr(catalog, "_items", {name: catalog.get(name) for name in names})

    return leave


@pytest.mark.parametrize("name", sorted(set(proof.names()) - MANY))
def test_every_check_passes(name):
    found = [row for _, row in proof.carry_out([name])]
    assert len(found) > 3
    assert [row for row in found if not row.passed] == []


def test_a_gradient_passes():
    found = list(gradients.compare({}))
    assert len(found) == 3
    assert all(row.passed for row in found)


def test_a_row_passes_only_within_its_bound():
    assert proof.Row("", "", 1.0, 1.0).passed
    assert not proof.Row("", "", 1.1, 1.0).passed
    assert not proof.Row("", "", float("nan"), 1.0).passed


TABLES = {
    "activations": (activations.catalog, twins.ACTIVATIONS),
    "optimizers": (optimizers.catalog, references.REFERENCES | whole_vector.DIRECTIONS),
    "schedules": (schedules.catalog, schedule_references.REFERENCES),
    "surfaces": (surfaces.catalog, published.SURFACES),
    "initializers": (initializers.catalog, initializer_references.REFERENCES),
    "training": (batchings.catalog, batch_references.REFERENCES),
}


@pytest.mark.parametrize("kind", TABLES)
def test_every_item_has_a_reference(kind):
    catalog, table = TABLES[kind]
    drawn = [e.name for e in catalog if kind != "initializers" or e.cls in initializers.draw.bodies]
    assert sorted(set(drawn) - set(table)) == []


@pytest.mark.parametrize("check", TABLES)
def test_an_item_without_a_reference_fails(monkeypatch, few, check):
    catalog, table = TABLES[check]
    first = next(entry.name for entry in catalog if entry.name in table)
    few(catalog, first)
    for module in (twins, references, schedule_references, published, batch_references):
        for name in ("ACTIVATIONS", "REFERENCES", "SURFACES"):
            if first in getattr(module, name, {}):
                monkeypatch.delitem(getattr(module, name), first)
    if check == "initializers":
        monkeypatch.delitem(initializer_references.REFERENCES, first)
    (row,) = failures(check)
    assert row.subject == first
    assert "add one" in row.against


def test_surfaces_are_those_of_their_papers(few, monkeypatch):
    few(surfaces.catalog, "bukin_6", "bbob_11_discus", "saddle", "shubert")
    found = [row for _, row in proof.carry_out(["surfaces"])]
    assert len(found) > 15
    assert [row for row in found if not row.passed] == []
    known = published.SURFACES["saddle"]
    wrong = known._replace(formula=lambda x, y: known.formula(x, y) * (1 + 1e-9))
    monkeypatch.setitem(published.SURFACES, "saddle", wrong)
    assert {row.subject for row in failures("surfaces")} == {"saddle", "saddle, slopes"}


def test_paths_are_those_of_their_papers(few):
    few(optimizers.catalog, "adam", "conjugate_gradients")
    found = [row for _, row in proof.carry_out(["optimizers"])]
    assert len(found) == 6
    assert all(row.passed for row in found)


def test_wrong_references_fail(monkeypatch, few):
    """The comparisons bite: a reference that is wrong by little is told from a right one."""
    few(activations.catalog, "tanh")
    few(optimizers.catalog, "adam")
    monkeypatch.setitem(twins.ACTIVATIONS, "tanh", lambda z: np.tanh(z) * (1 + 1e-12))
    assert len(failures("activations")) == 2
    monkeypatch.setattr(references.Adam, "first", lambda self, t: self.mean(self.h.beta1))
    assert {"adam"} <= {row.subject for row in failures("optimizers")}
    monkeypatch.setitem(philox.__dict__, "KNOWN", (((0, 0, 0, 1), *philox.KNOWN[0][1:]),))
    assert len(failures("random")) == 1


def test_another_choice_of_inputs_fails(monkeypatch, few):
    few(initializers.catalog, "sparse")
    reference = initializer_references.REFERENCES["sparse"]

    def reversed_inputs(h, n_in, n_out, *place):
        weights, bias = reference(h, n_in, n_out, *place)
        return (weights if n_in == 20 else np.where(weights[::-1] == 0.0, 0.0, weights)), bias

    assert failures("initializers") == []
    monkeypatch.setitem(initializer_references.REFERENCES, "sparse", reversed_inputs)
    (row,) = failures("initializers")
    assert row.subject == "sparse"


def test_a_check_that_raises_is_a_row_that_fails(monkeypatch):
    def broken():
        yield proof.Row("first", "", 0.0, 1.0)
        raise ValueError("no such\nthing")

    monkeypatch.setattr(proof.load("random"), "rows", broken)
    first, second = (row for _, row in proof.carry_out(["random"]))
    assert first.passed
    assert not second.passed
    assert second.against == "ended with ValueError: no such"


def test_unknown_checks_are_told_with_the_nearest():
    assert proof.choose([]) == proof.names()
    with pytest.raises(BadValue, match="nearest valid: gradients"):
        proof.choose(["gradient"])


def test_complex_steps_and_differences_agree_with_calculus():
    x = np.array([0.3, -1.2, 2.0])
    wanted = np.array([np.exp(0.3) * -1.2, np.exp(0.3), 0.0]) + 2 * x

    def function(p):
        return np.exp(p[0]) * p[1] + np.sum(p * p)

    assert np.abs(twins.complex_gradient(function, x) - wanted).max() < 1e-15
    assert np.abs(twins.differences(function, x) - wanted).max() < 1e-10


def test_the_error_function_is_that_of_scipy():
    from scipy import special

    z = np.linspace(-4, 4, 81) + 1j * np.linspace(-0.5, 0.5, 81)
    assert np.abs(twins.erf(z) - special.erf(z)).max() < 1e-13


def test_the_command_prints_rows_and_counts_failures(capsys, monkeypatch):
    assert cli.main(["verify", "--only", "random"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith("pass  random ") for line in lines[:-1])
    assert lines[-1] == f"{len(lines) - 1} passed, 0 failed"
    monkeypatch.setattr(philox, "words", lambda *place: (0, 0))
    assert cli.main(["verify", "--only", "random", "--json"]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert set(told) == {"passed", "failed", "rows"}
    assert told["failed"] == sum(not row["passed"] for row in told["rows"]) > 3
    assert {"check", "subject", "against", "error", "bound", "passed"} == set(told["rows"][0])
    assert cli.main(["verify", "--list"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in listed] == proof.names()


def test_a_broken_kernel_is_noticed(tmp_path):
    for package in ("kernels", "workbench"):
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    path = tmp_path / "kernels" / "random.py"
    text = path.read_text(encoding="utf-8")
    assert text.count("0xCD9E8D57") == 1
    path.write_text(text.replace("0xCD9E8D57", "0xCD9E8D55"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "workbench", "verify", "--only", "random", "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1
    failed = [row["subject"] for row in json.loads(done.stdout)["rows"] if not row["passed"]]
    assert {"bits", "normal", "permutation of 100"} <= set(failed)
