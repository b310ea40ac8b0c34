"""``workbench surface`` and ``workbench race``: what they print, write and refuse."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

import workbench as wb
from workbench.cli import main


@pytest.fixture
def call(capsys):
    """Run a command; returns (exit code, the JSON object or text, standard error)."""

    def run(*arguments):
        code = main(list(arguments))
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return code, json.loads(out.splitlines()[-1]) if "--json" in arguments else out, err

    return run


def test_a_descent_is_told_in_json(call):
    code, found, _ = call(
        "surface", "himmelblau", "--optimizer", "sgd", "--set", "learning_rate=0.01",
        "--start", "3.3,1.8", "--steps", "300", "--json",
    )  # fmt: skip
    assert code == 0
    assert (found["start"], found["steps"], found["kind"]) == ([3.3, 1.8], 300, "minimum")
    assert found["end"] == pytest.approx([3.0, 2.0])
    assert found["value"] < 1e-12
    assert found["gradient_norm"] < 1e-5
    assert found["known_minimum"]["index"] == 0
    assert found["diverged"] is False


def test_what_begins_with_a_minus_is_a_value(call):
    code, found, _ = call(
        "surface", "-x^2 - .5*y", "--start", "-1,-.5", "--domain", "-4,4,-3,3", "--steps", "1",
        "--set", "learning_rate=.1", "--json",
    )  # fmt: skip
    assert code == 0
    assert found["formula"] == "-x^2 - .5*y"
    assert found["end"] == pytest.approx([-1.2, -0.45])
    assert call("surface", "x+y", "--start=-1e-3,+2", "--steps", "0", "--json")[1]["start"] == [
        -0.001,
        2.0,
    ]


def test_the_textbook_cases(call):
    rate = ("surface", "x^2+y^2", "--start", "1,1.5", "--json", "--set")
    code, found, _ = call(*rate, "learning_rate=0.5", "--steps", "1")
    assert (code, found["end"], found["kind"]) == (0, [0.0, 0.0], "minimum")
    code, found, _ = call(*rate, "learning_rate=1", "--steps", "100")
    assert (code, found["value"], found["diverged"]) == (0, 3.25, False)
    code, found, err = call(*rate, "learning_rate=1.1", "--steps", "100")
    assert (code, found["kind"], found["diverged"]) == (3, "diverged", True)
    assert "left the domain" in err or "far outside" in err


def test_a_folder_holds_path_pictures_and_the_experiment(call, tmp_path):
    folder = tmp_path / "out"
    arguments = ("--optimizer", "adam", "--steps", "20", "--noise", "0.1", "--seed", "4")
    code, found, _ = call("surface", "x^2+y^2", *arguments, "--json", "--out", str(folder))
    assert code == 0
    names = ["descent.json", "descent.png", "descent.svg", "descent.toml", "path.csv"]
    assert sorted(path.name for path in folder.iterdir()) == names
    assert json.loads((folder / "descent.json").read_text()) == found
    assert (folder / "descent.png").read_bytes()[:4] == b"\x89PNG"
    assert b"<svg" in (folder / "descent.svg").read_bytes()[:2000]
    rows = list(csv.reader((folder / "path.csv").read_text().splitlines()))
    assert rows[0] == ["step", "x", "y", "value", "df/dx", "df/dy"]
    wanted = wb.descend("x^2+y^2", optimizer="adam", steps=20, noise=0.1, seed=4).path
    assert np.array_equal(np.array(rows[1:], float), np.column_stack([range(21), wanted]))
    code, again, _ = call("surface", str(folder / "descent.toml"), "--json")
    assert (code, again["end"]) == (0, found["end"])
    code, more, _ = call("surface", str(folder / "descent.toml"), "--steps", "30", "--json")
    assert (code, more["steps"], more["seed"]) == (0, 30, 4)
    before = (folder / "path.csv").read_bytes()
    assert call("surface", "bowl", "--out", str(folder))[0] == 2
    assert (folder / "path.csv").read_bytes() == before


def test_a_path_that_leaves_is_drawn_too(call, tmp_path):
    arguments = ("--set", "learning_rate=1.1", "--steps", "5000", "--out", str(tmp_path / "out"))
    assert call("surface", "x^2+log(x+y)", "--start", "1,1", *arguments)[0] == 3
    assert (tmp_path / "out" / "descent.png").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["surface"], "surface"),
        (["surface", "rosenbrok"], "rosenbrock"),
        (["surface", "x + fooo(y)"], "character 5"),
        (["surface", "9^9^9^9^9 + x"], "character 1"),
        (["surface", "__import__('os')"], "character 1"),
        (["surface", "x + ｙ"], "character 5"),
        (["surface", "bowl", "--start", "1"], "start"),
        (["surface", "bowl", "--start", "a,b"], "--start"),
        (["surface", "bowl", "--steps", "many"], "descent.steps"),
        (["surface", "bowl", "--optimizer", "adm"], "adam"),
        (["surface", "bowl", "--set", "learning_rate"], "--set"),
        (["surface", "bowl", "--set", "learning_rat=1"], "learning_rate"),
        (["surface", "bowl", "--set", "surfac.x=1"], "surface"),
        (["surface", "none.toml"], "none.toml"),
        (["surface", "bowl", "--domain", "1,2,3"], "domain"),
        (["race", "bowl"], "--optimizers"),
        (["race", "bowl", "--optimizers", "sgd,adm"], "adam"),
        (["race", "bowl", "--optimizers", "sgd", "--set", "adam.beta1=1"], "sgd"),
        (["race", "bowl", "--optimizers", "sgd", "--rates", "0.1,x"], "--rates"),
        (["race", "bowl", "--optimizers", "sgd", "--tolerances", "0"], "tolerances"),
    ],
)
def test_bad_input_is_one_line(call, arguments, said):
    code, out, err = call(*arguments)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert said in err


def test_a_race_is_told_and_written(call, tmp_path):
    folder = tmp_path / "race"
    code, found, _ = call(
        "race", "bowl", "--optimizers", "sgd,adam", "--set", "adam.learning_rate=0.1", "--set",
        "sgd.learning_rate=0.5", "--start", "1,1.5", "--steps", "50", "--tolerances", "1,1e-3",
        "--json", "--out", str(folder),
    )  # fmt: skip
    assert code == 0
    assert [row["label"] for row in found["runners"]] == ["sgd 0.5", "adam 0.1"]
    assert found["runners"][0]["steps_to"] == [1, 1]
    rows = list(csv.reader((folder / "race.csv").read_text().splitlines()))
    assert rows[0][:3] == ["runner", "steps to 1", "steps to 0.001"]
    assert rows[1][:3] == ["sgd 0.5", "1", "1"]
    paths = list(csv.reader((folder / "paths.csv").read_text().splitlines()))
    assert len(paths) == 1 + 2 * 51
    names = ["paths.csv", "race.csv", "race.json", "race.png", "race.svg"]
    assert sorted(path.name for path in folder.iterdir()) == names


def test_a_race_of_rates_prints_a_table(call):
    code, out, _ = call("race", "x^2+y^2", "--rates", "0.25,0.5", "--steps", "30", "--start", "1,1")
    assert code == 0
    lines = out.splitlines()
    assert lines[0] == "steps until the gradient norm is at most"
    assert [line.split()[:2] for line in lines[2:]] == [["sgd", "0.25"], ["sgd", "0.5"]]
