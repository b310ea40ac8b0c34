"""Opening and saving from the window's menus; only the file dialog itself is replaced."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PyQt6.QtWidgets import QFileDialog

import workbench as wb
from workbench.store import load_parameters


@pytest.fixture
def answer(monkeypatch):
    """Answer every file dialog with a path."""

    def with_path(path):
        for name in ("getOpenFileName", "getSaveFileName"):
            monkeypatch.setattr(QFileDialog, name, lambda *_: (str(path), ""))

    return with_path


def trigger(window, text):
    menus = [action.menu() for action in window.menuBar().actions()]
    [action] = [a for menu in menus for a in menu.actions() if a.text() == text]
    action.trigger()


def test_an_experiment_is_saved_and_opened(user, answer, tmp_path):
    user.rest()
    file = tmp_path / "mine.toml"
    answer(file)
    trigger(user.window, "&Save experiment…")
    saved = wb.Experiment.load(file)
    assert saved == user.run.experiment
    saved.replace(seed=5, initializer="he_normal").save(file)
    trigger(user.window, "&Open experiment…")
    user.until(lambda: user.run.experiment.seed == 5)
    assert user.page.form.numbers["seed"].value() == 5


def test_a_file_that_is_no_experiment_changes_nothing(user, answer, tmp_path):
    run = user.run
    file = tmp_path / "bad.toml"
    file.write_text("[optimizer]\nname = 'adma'\n")
    answer(file)
    trigger(user.window, "&Open experiment…")
    assert "adam" in user.page.form.message.text()
    assert user.run is run


def test_a_run_folder_is_saved(user, answer, tmp_path):
    user.until(lambda: user.page._shown.step > 100)
    folder = tmp_path / "kept"
    answer(folder)
    trigger(user.window, "Save &run folder…")
    user.until(lambda: "saved" in user.window.state.text())
    result = json.loads((folder / "result.json").read_text())
    parameters = load_parameters(folder)
    apart = wb.Run(user.run.experiment)
    apart.step(result["steps"])
    assert np.array_equal(parameters, apart.parameters)
    trigger(user.window, "Save &run folder…")
    assert "empty folder" in user.page.form.message.text()


def test_an_experiment_that_cannot_be_written_is_told(user, answer, tmp_path):
    user.rest()
    file = tmp_path / "missing" / "mine.toml"
    answer(file)
    trigger(user.window, "&Save experiment…")
    assert str(file) in user.page.form.message.text()
