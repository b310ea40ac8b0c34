"""Run folders: what is in them, and that nothing which was there is lost."""

from __future__ import annotations

import csv
import json
import os
import zipfile

import numpy as np
import pytest

import workbench as wb
from workbench.store import choose_folder, load_parameters, save_run

FILES = {"experiment.toml", "history.csv", "parameters.npz", "result.json"}
PICTURES = {"loss.png", "weights.png", "surface.png"}


@pytest.fixture(scope="module")
def run(full_batch):
    return wb.run(full_batch)


def read_history(folder):
    with (folder / "history.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


def assert_consistent(folder, plain):
    """Result, history and parameters tell the same, by a forward pass in plain NumPy."""
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    history = read_history(folder)
    experiment = wb.Experiment.load(folder / "experiment.toml")
    data = wb.load_data(experiment)
    with np.load(folder / "parameters.npz", allow_pickle=False) as held:
        final, initial = held["parameters"], held["initial"]
    assert history["step"][-1] == result["steps"]
    assert history["step"][0] == 0
    assert experiment.hash == result["experiment_hash"]
    assert len(final) == len(initial) == result["parameters"]
    for key, parameters in (("loss_final", final), ("loss_initial", initial)):
        loss = plain.loss(parameters, data.train.inputs, data.train.targets)
        assert result[key] == pytest.approx(loss, rel=1e-4)
    for key, column in (
        ("loss_final", "loss"),
        ("accuracy_train", "accuracy_train"),
        ("accuracy_test", "accuracy_test"),
        ("gradient_norm", "gradient_norm"),
    ):
        assert result[key] == history[column][-1]
    right = plain.accuracy(final, data.test.inputs, data.test.targets)
    assert result["accuracy_test"] == pytest.approx(right)
    return result


def test_a_run_folder_is_complete_and_consistent(run, tmp_path, plain_tutorial):
    result = save_run(run, tmp_path / "new" / "run")
    folder = tmp_path / "new" / "run"
    assert {path.name for path in folder.iterdir()} == FILES | PICTURES
    assert assert_consistent(folder, plain_tutorial) == result
    assert result["folder"] == str(folder)
    assert wb.Experiment.load(folder / "experiment.toml") == run.experiment
    for name, column in read_history(folder).items():
        np.testing.assert_array_equal(column, run.history[name])
    np.testing.assert_array_equal(load_parameters(folder), run.parameters)


def test_a_diverged_run_is_consistent_too(diverging, tmp_path, plain_network):
    run = wb.run(diverging.replace(optimizer={"learning_rate": 5.0}))
    save_run(run, tmp_path, pictures=False)
    result = assert_consistent(tmp_path, plain_network([16, 6, 6, 2], "identity"))
    assert result["diverged"] is True
    assert "diverged at step" in result["reason"]


def test_parameters_need_no_pickle(run, tmp_path):
    save_run(run, tmp_path, pictures=False)
    assert {path.name for path in tmp_path.iterdir()} == FILES
    with zipfile.ZipFile(tmp_path / "parameters.npz") as archive:
        for name in archive.namelist():
            assert b"'descr': '<f4'" in archive.read(name)[:128]


def test_result_holds_no_nan_even_without_test_samples(full_batch, tmp_path):
    run = wb.run(full_batch.replace(data={"test_fraction": 0.0}), steps=3)
    save_run(run, tmp_path, pictures=False)

    def refuse(constant):
        raise AssertionError(constant)

    text = (tmp_path / "result.json").read_text(encoding="utf-8")
    assert json.loads(text, parse_constant=refuse)["accuracy_test"] is None


@pytest.mark.parametrize("name", ["notes.txt", "experiment.toml", ".hidden"])
def test_a_folder_that_holds_something_is_refused(run, tmp_path, name):
    (tmp_path / name).write_text("precious")
    with pytest.raises(wb.BadValue, match="--out: must be a new or an empty folder"):
        choose_folder(str(tmp_path), run.experiment, "x")
    with pytest.raises(wb.BadValue, match="--out: must be a new or an empty folder"):
        save_run(run, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "precious"


def test_what_an_error_calls_nearest_can_be_used(run, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("precious")
    monkeypatch.chdir(tmp_path)
    for out in (".", "file", "", "\0", "x" * 300, "file/below", str(tmp_path)):
        with pytest.raises(wb.BadValue, match="--out: must") as caught:
            choose_folder(out, run.experiment, "x")
        made = choose_folder(str(caught.value.nearest), run.experiment, "x")
        made.rmdir()
    assert (tmp_path / "file").read_text() == "precious"


def test_the_root_and_system_folders_are_refused(run):
    for out in ("/", "/proc/run", "/dev/null", "/dev/null/run"):
        if os.path.exists("/proc"):
            with pytest.raises(wb.BadValue, match="--out: must"):
                choose_folder(out, run.experiment, "x")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_write_permission_is_refused(run, tmp_path):
    tmp_path.chmod(0o500)
    for out in (tmp_path, tmp_path / "below"):
        with pytest.raises(wb.BadValue, match="Permission denied"):
            choose_folder(str(out), run.experiment, "x")
    tmp_path.chmod(0o700)


def test_names_without_out_never_meet(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = [choose_folder(None, run.experiment, "tutorial") for _ in range(3)]
    assert len(set(made)) == 3
    for folder in made:
        assert folder.parent == tmp_path / "runs"
        assert folder.name.startswith(f"tutorial-{run.experiment.hash[:8]}-")
        assert folder.is_dir()


def test_an_empty_folder_is_used_as_it_is(run, tmp_path, monkeypatch):
    """Even the current one, whose place a renamed folder could not take."""
    monkeypatch.chdir(tmp_path)
    inode = tmp_path.stat().st_ino
    folder = choose_folder(".", run.experiment, "x")
    save_run(run, folder, pictures=False)
    assert tmp_path.stat().st_ino == inode
    assert {path.name for path in tmp_path.iterdir()} == FILES


def test_a_failed_write_leaves_nothing_half_done(run, tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(wb.WorkbenchError, match="No space left"):
        save_run(run, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [None, b"", b"junk", b"PK\x03\x04 broken"])
def test_folders_without_parameters_are_refused(tmp_path, content):
    if content is not None:
        (tmp_path / "parameters.npz").write_bytes(content)
    with pytest.raises(wb.WorkbenchError, match="holds no parameters"):
        load_parameters(tmp_path)
    np.savez(tmp_path / "parameters.npz", other=np.zeros(3))
    with pytest.raises(wb.WorkbenchError, match="holds no parameters"):
        load_parameters(tmp_path)
