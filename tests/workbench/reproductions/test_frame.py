"""``workbench reproduce`` and ``wb.reproduce``, with a small reproduction of their own."""

from __future__ import annotations

import csv
import json
import sys

import pytest

import workbench as wb
from workbench import cli, reproductions

MADE_UP = """
import os, signal
from matplotlib.figure import Figure
from workbench.reproductions import Finding, Outcome, Setting, Table

SUMMARY = "the sum of the first odd numbers"
SOURCE = "Nicomachus, Introduction to Arithmetic"
SETTINGS = (
    Setting("count", 5, (1, 1000), "how many odd numbers"),
    Setting("off_by", 0.0, "[0, 1]", "what the sum is off by"),
    Setting("press", 0, (0, 1), "1: Ctrl-C is pressed halfway"),
    Setting("broken", 0, (0, 1), "1: the picture cannot be drawn"),
)

def carry_out(watch, count, off_by, press, broken):
    total = sum(range(1, 2 * count, 2)) + off_by
    watch.part(0.0, 0.5).at(1.0)
    if press:
        os.kill(os.getpid(), signal.SIGINT)
    watch.at(1.0)
    def draw():
        if broken:
            raise OSError(28, "No space left on device")
        figure = Figure()
        figure.add_subplot().plot(range(count))
        return figure
    return Outcome(
        (
            Finding("their sum", f"{count**2}", f"{total:g}", total == count**2, "equality"),
            Finding("an even sum", "half", "half", True, "binomial test", 0.75),
        ),
        {"sum": total},
        {"odd": Table(("k", "odd"), [(k, 2 * k + 1) for k in range(count)])},
        {"line": draw},
    )
"""


@pytest.fixture(autouse=True)
def _made_up(tmp_path, monkeypatch):
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "odd_numbers.py").write_text(MADE_UP, encoding="utf-8")
    (folder / "_helper.py").write_text("", encoding="utf-8")
    monkeypatch.setattr(reproductions, "__path__", [str(folder), *reproductions.__path__])
    monkeypatch.chdir(tmp_path)
    yield
    sys.modules.pop("workbench.reproductions.odd_numbers", None)
    vars(reproductions).pop("odd_numbers", None)


@pytest.fixture
def workbench(capsys):
    def call(*arguments):
        code = cli.main(["reproduce", *arguments])
        return code, *capsys.readouterr()

    return call


def test_what_was_found_is_told_beside_what_was_published():
    shares = []
    made = wb.reproduce("odd-numbers", count=7, progress=shares.append)
    assert (made.name, made.settings["count"], made.settings["off_by"]) == ("odd-numbers", 7, 0.0)
    assert made.facts == {"sum": 49}
    assert made.agrees
    assert shares == [0.5, 1.0]
    told = made.to_dict()
    assert (told["count"], told["sum"], told["agrees"]) == (7, 49, True)
    assert told["findings"][1]["p_value"] == 0.75
    assert not wb.reproduce("odd-numbers", off_by=1).agrees


@pytest.mark.parametrize(
    ("name", "settings", "words"),
    [
        ("odd-number", {}, "reproduction: must be one that is known.*nearest valid: odd-numbers"),
        ("helper", {}, "reproduction: must be one that is known"),
        ("odd-numbers", {"cuont": 3}, "cuont: is no setting of odd-numbers.*nearest valid: count"),
        ("odd-numbers", {"count": 0}, "count: must be a whole number from 1 to 1000, got 0"),
        ("odd-numbers", {"count": "three"}, "count: must be a whole number"),
        ("odd-numbers", {"off_by": 2}, r"off_by: must be a number in \[0, 1\].*nearest valid: 1"),
    ],
)
def test_bad_input_is_answered_in_one_line(name, settings, words):
    with pytest.raises(wb.BadValue, match=words) as error:
        wb.reproduce(name, **settings)
    assert "\n" not in str(error.value)


def test_one_that_is_asked_to_stop_stops():
    with pytest.raises(reproductions.Cancelled):
        wb.reproduce("odd-numbers", cancelled=lambda: True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["odd-number"], "odd-number"),
        (["odd-numbers", "--cuont", "3"], "--cuont"),
        (["odd-numbers", "--count", "0"], "count: must be a whole number from 1 to 1000"),
        (["odd-numbers", "--count", "many"], "count: must be a whole number from 1 to 1000"),
        (["odd-numbers", "--off-by", "-1"], "off_by: must be a number in [0, 1]"),
        (["odd-numbers", "--out", ""], "--out: must name a folder"),
        (["odd-numbers", "--out", "files"], "files"),
    ],
)
def test_bad_arguments_are_answered_in_one_line_with_exit_code_2(workbench, arguments, words):
    code, out, err = workbench(*arguments)
    assert (code, out) == (2, "")
    assert len(err.strip().splitlines()) == 1
    assert words in err


def test_without_a_name_all_are_listed(workbench):
    code, out, _ = workbench()
    assert code == 0
    named = [line.split(maxsplit=1) for line in out.splitlines()]
    assert ["odd-numbers", "the sum of the first odd numbers"] in named
    assert [name for name, _ in named] == sorted(reproductions.names())
    assert "helper" not in out


def test_help_names_source_settings_and_exit_codes(capsys):
    with pytest.raises(SystemExit) as left:
        cli.main(["reproduce", "odd-numbers", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert left.value.code == 0
    for words in ("Nicomachus", "--off-by N", "from 1 to 1000 (default: 5)", "1 some do"):
        assert words in told


def test_findings_are_a_table_and_exit_codes_say_whether_they_agree(workbench):
    code, out, _ = workbench("odd-numbers")
    assert code == 0
    assert "2 of 2 agree" in out
    assert "binomial test: p = 0.75" in out
    code, out, _ = workbench("odd-numbers", "--off-by", ".5")
    assert code == 1
    assert "DIFFERS" in out
    assert "1 of 2 agree" in out


def test_json_is_the_one_line_of_standard_output(workbench):
    code, out, err = workbench("odd-numbers", "--count", "3", "--json")
    assert code == 0
    assert len(out.splitlines()) == 1
    told = json.loads(out)
    assert (told["name"], told["count"], told["sum"]) == ("odd-numbers", 3, 9)
    assert "2 of 2 agree" in err


def test_a_folder_holds_findings_tables_and_pictures(workbench, tmp_path):
    code, out, _ = workbench("odd-numbers", "--out", "here", "--json")
    folder = tmp_path / "here"
    assert code == 0
    held = {"result.json", "findings.csv", "odd.csv", "line.png", "line.svg"}
    assert {path.name for path in folder.iterdir()} == held
    assert json.loads((folder / "result.json").read_text(encoding="utf-8")) == json.loads(out)
    with (folder / "odd.csv").open(newline="", encoding="utf-8") as file:
        assert list(csv.reader(file))[1:3] == [["0", "1"], ["1", "3"]]
    with (folder / "findings.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["subject"] for row in rows] == ["their sum", "an even sum"]


def test_a_folder_that_cannot_be_filled_stays_empty(workbench, tmp_path):
    code, _, err = workbench("odd-numbers", "--broken", "1", "--out", "here")
    assert code == 2
    assert len(err.strip().splitlines()) == 1
    assert "No space left on device" in err
    assert not (tmp_path / "here").exists()


def test_an_interrupted_one_ends_with_130_and_leaves_nothing(workbench, tmp_path):
    code, out, err = workbench("odd-numbers", "--press", "1", "--out", "here")
    assert (code, out) == (130, "")
    assert err.splitlines()[-1] == "workbench: interrupted"
    assert not (tmp_path / "here").exists()
