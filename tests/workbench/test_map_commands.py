"""The commands that write maps: basins, trainability, sharpness."""

from __future__ import annotations

import json

import pytest

from workbench.cli import main


def last_json(capsys):
    return json.loads(capsys.readouterr().out.strip().splitlines()[-1])


@pytest.mark.parametrize(
    ("arguments", "files", "key"),
    [
        (["basins", "himmelblau", "--resolution", "16"], ("basins.png", "minima.csv"), "basins"),
        (
            ["basins", "bowl", "--resolution", "8", "--optimizer", "adam", "--set",
             "learning_rate=0.1"],
            ("basins.svg", "basins.npz"),
            "basins",
        ),
        (
            ["basins", "-x*exp(-x^2 - y^2)", "--resolution", "8", "--window", "-2,2,-2,2"],
            ("basins.png", "minima.csv"),
            "minima",
        ),
        (
            ["basins", "tutorial", "--resolution", "4", "--steps", "5"],
            ("basins.png", "basins.npz"),
            "basins",
        ),
        (
            ["trainability", "--setting", "single", "--resolution", "8", "--steps", "20", "--zoom",
             "1", "--follow", "--toward", "random"],
            ("map_1.npz", "map_0.png", "dimension.svg"),
            "published_dimension",
        ),
        (
            ["sharpness", "edge_of_stability", "--steps", "20", "--every", "10"],
            ("sharpness.csv", "sharpness.png"),
            "edge",
        ),
    ],
)  # fmt: skip
def test_a_command_writes_its_folder_and_one_line_of_json(arguments, files, key, tmp_path, capsys):
    out = tmp_path / "made"
    assert main([*arguments, "--out", str(out), "--json"]) == 0
    result = last_json(capsys)
    assert result[key] is not None
    assert json.loads((out / "result.json").read_text()) == result
    assert result["folder"] == str(out)
    for name in files:
        assert (out / name).stat().st_size > 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["basins", "himelblau"],
        ["basins", "x^2 + fooo(y)"],
        ["basins", "x^2 + y^2", "--seed", "1"],
        ["basins", "x^2 + y^2", "--out", ""],
        ["basins", "bowl", "--set", "learning_rate=-1"],
        ["basins", "bowl", "--set", "nonsense"],
        ["basins", "bowl", "--window", "1,2,3"],
        ["basins", "bowl", "--seed", "1"],
        ["trainability", "--setting", "tanhh"],
        ["trainability", "--axes", "x"],
        ["trainability", "tutorial", "--setting", "tanh"],
        ["trainability", "--zoom", "-1"],
        ["trainability", "--zoom", "1", "--toward", "denset"],
        ["sharpness", "--every", "0"],
        ["sharpness", "--out", ""],
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(arguments, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1
    assert said[0].startswith("workbench: ")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_formula_of_x_and_y_is_a_surface(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    # Two wells: x⁴ - 2x² + y² has its minima at (±1, 0) with the value -1.
    given = ["basins", "x^4 - 2*x^2 + y^2", "--window", "-1.5,1.5,-1,1", "--resolution", "32"]
    assert main([*given, "--json"]) == 0
    found = last_json(capsys)
    assert found["surface"] == given[1]
    assert found["window"] == [-1.5, 1.5, -1.0, 1.0]
    rows = sorted(found["minima"], key=lambda row: row["x"])
    assert [row["x"] for row in rows] == pytest.approx([-1, 1])
    assert [row["value"] for row in rows] == pytest.approx([-1, -1])
    assert [row["share"] for row in rows] == pytest.approx([0.5, 0.5])
    [folder] = (tmp_path / "runs").iterdir()
    assert folder.name.startswith("formula-basins-")


def test_a_mistake_in_a_formula_is_told_as_for_a_descent(capsys):
    said = []
    for command in ("surface", "basins"):
        assert main([command, "x^2 + fooo(y)"]) == 2
        said.append(capsys.readouterr().err)
    assert said[0] == said[1]
    assert "character 7" in said[0]


def test_what_is_there_is_kept(tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("mine")
    assert main(["basins", "bowl", "--resolution", "4", "--out", str(tmp_path)]) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert "empty folder" in capsys.readouterr().err
