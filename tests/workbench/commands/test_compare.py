"""``workbench compare``: what it writes, what it says, and what it refuses."""

from __future__ import annotations

import json

import numpy as np
import pytest

import workbench as wb
from workbench.cli import main


def last_json(capsys):
    return json.loads(capsys.readouterr().out.strip().splitlines()[-1])


def test_a_comparison_from_the_command_line_is_that_of_a_script(tmp_path, capsys, full_batch):
    out = tmp_path / "made"
    base = tmp_path / "base.toml"
    full_batch.save(base)
    names = "he_normal,glorot_normal"
    arguments = ["compare", str(base), "--initializers", names, "--steps", "12", "--starts", "40"]
    arguments += ["--tolerance", "0.25", "--polish", "0", "--json"]
    assert main([*arguments, "--out", str(out)]) == 0
    result = last_json(capsys)
    assert result["folder"] == str(out)
    assert [case["name"] for case in result["cases"]] == ["he_normal", "glorot_normal"]
    assert result["networks_per_second"] > 0
    kept = json.loads((out / "result.json").read_text())
    assert {key: result[key] for key in kept} == kept
    script = wb.compare_initializers(
        full_batch.replace(stop={"steps": 12}),
        ["he_normal", "glorot_normal"],
        40,
        tmp_path / "script",
        tolerances=0.25,
        polish=0,
    )
    assert script.result == kept
    losses = script.ends("he_normal")["loss"]
    hits = int((losses <= 0.25).sum())
    assert kept["cases"][0]["success"]["loss ≤ 0.25"]["hits"] == hits
    assert kept["cases"][0]["loss"][1] == pytest.approx(np.median(losses))
    # The same command again finds all of it there.
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    assert main([*arguments, "--out", str(out)]) == 0
    again = last_json(capsys)
    assert {key: again[key] for key in kept} == kept
    assert main(["compare", "--resume", str(out), "--polish", "0"]) == 0
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert "he_normal" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "labels"),
    [
        (["--optimizers", "sgd,adam", "--learning-rates", "0.1,0.01"],
         ["sgd, learning_rate=0.1", "sgd, learning_rate=0.01", "adam, learning_rate=0.1",
          "adam, learning_rate=0.01"]),
        (["--batch-sizes", "4,full"], ["batch_size=4", "batch_size=full"]),
        (["--widths", "3,4"], ["width=3", "width=4"]),
        (["--vary", "initializer.deviation=0.1,.2", "--set", "initializer=normal"],
         ["deviation=0.1", "deviation=0.2"]),
        (["--vary", "network.sizes=[16,3,2],[16,4,2]"], ["sizes=16-3-2", "sizes=16-4-2"]),
        (["--initializers", "zeros,normal", "--set", "normal.deviation=0.2"], ["zeros", "normal"]),
        ([], ["he_normal"]),
    ],
)  # fmt: skip
def test_short_forms_are_read(arguments, labels):
    from workbench import commands
    from workbench.commands.compare import _plan

    # Whatever is not said stays as in the experiment, which must fit by itself.
    given = ["tutorial", "--set", "initializer=he_normal", *arguments]
    plan = _plan(commands.parser("compare").parse_args(given))
    assert [case.label for case in plan.cases] == labels
    assert all(case.experiment.seed == 0 for case in plan.cases)
    if "normal.deviation=0.2" in arguments:
        assert plan.cases[1].experiment.initializer.deviation == 0.2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--initializers", "he_norml"], "he_normal"),
        (["--initializers", ""], "initializer"),
        (["--starts", "0"], "starts"),
        (["--starts", "-3"], "starts"),
        (["--starts", "few"], "starts"),
        (["--threads", "0"], "--threads"),
        (["--polish", "-1"], "polish"),
        (["--polish", "most"], "polish"),
        (["--tolerance", "low"], "tolerance"),
        (["--every", "0"], "every"),
        (["--vary", "optimizer.learning_rate"], "--vary"),
        (["--vary", "optimizer.learning_rate="], "--vary"),
        (["--vary", "optimizer.learnin_rate=0.1"], "learning_rate"),
        (["--widths", "3", "--batch-sizes", "2", "--vary", "seed=1,2"], "two things"),
        (["--vary", "seed=1,2", "--vary", "seed=3,4"], "two different"),
        (["--out", ""], "--out"),
        (["--resume", "nowhere"], "holds no comparison"),
        (["--resume", ""], "--resume"),
        (["tutorial", "--resume", "nowhere"], "experiment"),
        (["--resume", "nowhere", "--starts", "5"], "--starts"),
        (["tutorail"], "tutorial"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(arguments, said, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["compare", *arguments]) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("workbench: ")
    assert said in lines[0]
    assert not list(tmp_path.iterdir())


def test_what_is_there_stays(tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("mine")
    assert main(["compare", "xor", "--out", str(tmp_path)]) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert "empty folder" in capsys.readouterr().err


def test_another_comparison_is_refused(tmp_path, capsys):
    from workbench.comparison.folder import claim
    from workbench.comparison.plan import Plan

    out = tmp_path / "made"
    claim(out, Plan.of(wb.Experiment.preset("xor"), {"initializer": ["he_normal"]}, 10))
    before = (out / "comparison.toml").read_bytes()
    assert main(["compare", "xor", "--starts", "11", "--out", str(out)]) == 2
    assert "another comparison (of he_normal; 10 starts" in capsys.readouterr().err
    assert (out / "comparison.toml").read_bytes() == before
    assert [path.name for path in out.iterdir()] == ["comparison.toml"]
