"""``workbench plane`` as its user meets it."""

from __future__ import annotations

import json

import numpy as np
import pytest

import workbench as wb
from workbench import cli


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def workbench(capsys):
    def call(*arguments):
        code = cli.main(list(arguments))
        return code, *capsys.readouterr()

    return call


SMALL = ["--set", "data=drawn01_4x4", "--set", "data.test_fraction=0.25"]
SMALL += ["--set", "initializer=he_normal", "--steps", "60"]
QUICK = ["--resolution", "5", "--no-pictures"]


@pytest.fixture
def folder(workbench):
    assert workbench("run", "tutorial", *SMALL, "--no-pictures", "--out", "held")[0] == 0
    return "held"


def test_an_experiment_is_carried_out_for_its_path(workbench, tmp_path):
    code, out, err = workbench("plane", "tutorial", *SMALL, *QUICK, "--out", "here", "--json")
    assert code == 0
    assert len(out.splitlines()) == 1
    result = json.loads(out)
    assert result == json.loads((tmp_path / "here" / "result.json").read_text(encoding="utf-8"))
    assert result["path"]["step"][-1] == 60
    assert "all 60 steps" in err or "60 of 60" in err
    for key in ("explained", "explained_from_end", "distance_max", "disagreement", "marked"):
        assert key in result
    assert bool(result["warning"]) == ("warning:" in err)


def test_a_run_folder_is_repeated_to_its_end(workbench, folder):
    code, out, err = workbench("plane", folder, *QUICK, "--out", "here", "--json")
    assert code == 0
    assert "does not end" not in err
    experiment = wb.Experiment.load("held/experiment.toml")
    wanted = wb.plane(experiment, resolution=5)
    with np.load("here/plane.npz", allow_pickle=False) as found:
        np.testing.assert_array_equal(found["values"], wanted.values)
        np.testing.assert_array_equal(found["path_points"], wanted.fit.path.points)
    assert json.loads(out)["kind"] == "pca"


def test_a_folder_whose_end_is_another_is_said_so(workbench, folder):
    with np.load("held/parameters.npz") as held:
        arrays = dict(held)
    arrays["parameters"] = arrays["parameters"] + np.float32(0.5)
    np.savez("held/parameters.npz", **arrays)
    code, _, err = workbench("plane", folder, *QUICK, "--out", "here")
    assert code == 0
    assert "does not end at the folder's parameters" in err


def test_no_path_takes_the_folders_end_without_training(workbench, folder):
    code, out, err = workbench(
        "plane", folder, "--kind", "random", "--no-path", *QUICK, "--out", "here", "--json",
        "--option", "normalisation=layer", "--option", "seed=7",
    )  # fmt: skip
    assert code == 0
    assert "steps" not in err
    result = json.loads(out)
    assert result["options"] == {"normalisation": "layer", "biases": "zero", "seed": 7}
    assert len(result["path"]["loss"]) == 1
    with np.load("here/plane.npz") as found, np.load("held/parameters.npz") as held:
        np.testing.assert_array_equal(found["origin"], held["parameters"].astype(float))


def test_a_line_between_folders_and_starts(workbench, folder):
    code, out, err = workbench(
        "plane", folder, "--kind", "line", *QUICK, "--out", "here", "--point", "held",
        "--point", "end:2",
    )  # fmt: skip
    assert code == 0
    assert "held, start 2" in err
    assert "barrier" in out
    assert "here" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--kind", "tree"], "plane.name"),
        (["--option", "seed"], "--option"),
        (["--option", "sed=1"], "plane.sed"),
        (["--height", "hight"], "plane.height"),
        (["--resolution", "0"], "plane.resolution"),
        (["--extent", "wide"], "plane.extent"),
        (["--point", "final"], "plane.points"),
        (["--seed", "3"], "--seed: must be left out for a run folder"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(workbench, folder, arguments, words, tmp_path):
    code, out, err = workbench("plane", folder, *QUICK, "--no-path", "--out", "here", *arguments)
    assert (code, out) == (2, "")
    assert words in err.splitlines()[-1]
    assert err.splitlines()[-1].startswith("workbench: ")
    assert not (tmp_path / "here").exists()


def test_no_path_is_for_folders(workbench):
    code, _, err = workbench("plane", "tutorial", "--no-path")
    assert code == 2
    assert "--no-path" in err


def test_planes_and_heights_are_listed(workbench):
    code, out, _ = workbench("list", "planes", "--json")
    assert code == 0
    planes = {entry["name"]: entry for entry in json.loads(out)["planes"]}
    assert planes["three"]["points"] == ["final", "end:+1", "end:+2"]
    assert workbench("list", "heights")[0] == 0
