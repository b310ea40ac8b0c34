"""Experiments: round trips, replacing and hashing."""

from __future__ import annotations

import dataclasses
import math
import tomllib
from pathlib import Path

import numpy as np
import pytest

import workbench as wb
from kernels import activations, losses, outputs
from tests.example_files import others, write
from workbench import datasets
from workbench.experiment import CATALOGS

PLACES = {
    **CATALOGS,
    "network.activations": activations.catalog,
    "network.output": outputs.catalog,
    "network.loss": losses.catalog,
}
ITEMS = [(place, item) for place, catalog in PLACES.items() for item in catalog]


def experiment_with(place, item, values):
    table = {"name": item.name} | values
    if place == "data":
        n_in, n_out = datasets.shape(item.name, item.make(values))
        return wb.Experiment.of({"data": table, "network": {"sizes": [n_in, 4, n_out]}})
    if not place.startswith("network"):
        return wb.Experiment.of({place: table})
    key = place.partition(".")[2]
    network = {key: [table, "tanh"] if key == "activations" else table}
    if "accepts" in item.facts:
        network["output"] = item.facts["accepts"][0]
    return wb.Experiment.of({"network": network})


@pytest.mark.parametrize(
    ("place", "item"), ITEMS, ids=[f"{place}-{item.name}" for place, item in ITEMS]
)
def test_every_item_survives_toml(place, item, tmp_path):
    values = others(item, tmp_path)
    experiment = experiment_with(place, item, values)
    experiment.save(tmp_path / "e.toml")
    again = wb.Experiment.load(tmp_path / "e.toml")
    assert again == experiment
    assert again.hash == experiment.hash
    written = tomllib.loads(experiment.dumps())
    for key in place.split("."):
        written = written[key]
    written = written[0] if isinstance(written, list) else written
    if item.hypers:
        assert written == {"name": item.name} | values
    else:
        assert written in (item.name, {"name": item.name})


@pytest.mark.parametrize("name", wb.gallery())
def test_gallery_files_write_out_every_value(name):
    """So a new default cannot change what a bundled experiment means."""
    file = Path(wb.experiment.__file__).parent / "gallery" / f"{name}.toml"
    experiment = wb.Experiment.preset(name)
    assert experiment.title
    assert tomllib.loads(file.read_text(encoding="utf-8")) == experiment.to_dict()


def test_an_experiment_without_a_penalty_means_what_it_did(tutorial):
    tables = tutorial.to_dict()
    assert tables.pop("penalty") == {"name": "none"}
    assert wb.Experiment.of(tables) == tutorial


def test_stop_rule_and_top_level_values_survive_toml():
    stop = {
        "steps": 10**12,
        "loss": 0.0,
        "gradient_norm": 1e-7,
        "accuracy": 0.99,
        "diverged_above": math.inf,
        "check_every": 7,
    }
    top = {"title": 'µ "quoted" \\ 1', "seed": 2**63 - 1, "start": 2**32 - 1, "dtype": "float64"}
    experiment = wb.Experiment.of(top | {"stop": stop})
    again = wb.Experiment.loads(experiment.dumps())
    assert again == experiment
    assert again.title == top["title"]
    assert again.to_dict()["stop"] == stop


def test_an_experiment_is_frozen(tutorial):
    with pytest.raises(dataclasses.FrozenInstanceError):
        tutorial.seed = 3
    with pytest.raises(dataclasses.FrozenInstanceError):
        tutorial.optimizer.name = "adam"


def test_hash_follows_what_determines_the_result(tutorial, python):
    changes = [
        {"seed": 1},
        {"start": 1},
        {"dtype": "float64"},
        {"data": {"threshold": 6}},
        {"network": {"output": "sigmoid"}},
        {"penalty": "l2"},
        {"penalty": {"name": "l2", "strength": 0.1}},
        {"optimizer": {"learning_rate": 0.2}},
        {"schedule": "exponential"},
        {"batching": "single_sample"},
        {"initializer": "he_normal"},
        {"stop": {"steps": 5}},
        {"stop": {"loss": 0.1}},
    ]
    hashes = {tutorial.hash, *(tutorial.replace(**change).hash for change in changes)}
    assert len(hashes) == len(changes) + 1
    assert tutorial.replace(title="other").hash == tutorial.hash
    code = "import workbench as wb; print(wb.Experiment.preset('tutorial').hash)"
    assert python("-c", code)[1].strip() == tutorial.hash


def test_replace_spellings_agree(tutorial):
    wanted = tutorial.replace({"optimizer.name": "adam", "optimizer.learning_rate": 0.01})
    assert wanted.optimizer.to_dict() == {
        "name": "adam",
        "learning_rate": 0.01,
        "beta1": 0.9,
        "beta2": 0.999,
        "epsilon": 1e-8,
    }
    assert tutorial.replace(optimizer={"name": "adam", "learning_rate": 0.01}) == wanted
    assert tutorial.replace({"optimizer": "adam", "optimizer.learning_rate": 0.01}) == wanted
    assert tutorial.replace({"optimizer.learning_rate": 0.01, "optimizer": "adam"}) == wanted
    assert tutorial.replace(optimizer=wanted.optimizer) == wanted
    assert tutorial.replace(optimizer="gd") == tutorial
    assert tutorial.replace() == tutorial


def test_replace_keeps_the_rest_and_drops_what_a_new_item_lacks():
    adam = wb.Experiment.of({"optimizer": {"name": "adam", "beta1": 0.5}, "seed": 4})
    assert adam.replace(optimizer={"learning_rate": 0.3}).optimizer.beta1 == 0.5
    sgd = adam.replace(optimizer="sgd")
    assert (sgd.optimizer.learning_rate, sgd.seed) == (0.1, 4)
    assert sgd.replace(optimizer="adam").optimizer.beta1 == 0.9
    stopped = adam.replace(stop={"loss": 0.1})
    assert stopped.replace(stop={"loss": None}) == adam


def test_new_sizes_take_the_one_activation_along():
    experiment = wb.Experiment.of({"network": {"activations": "tanh"}})
    names = [c.name for c in experiment.replace(network={"sizes": [16, 9, 2]}).network.activations]
    assert names == ["tanh"]
    mixed = experiment.replace(network={"activations": ["tanh", "relu"]})
    with pytest.raises(wb.BadValue, match=r"network\.activations"):
        mixed.replace(network={"sizes": [16, 9, 2]})


def test_numpy_values_are_taken(tutorial):
    changed = tutorial.replace(
        seed=np.int64(3),
        optimizer={"learning_rate": np.float32(0.5)},
        network={"sizes": np.array([16, 6, 6, 2])},
        dtype=np.float64,
        stop={"steps": np.int32(10)},
    )
    assert changed == wb.Experiment.loads(changed.dumps())
    assert changed.to_dict()["optimizer"]["learning_rate"] == 0.5
    assert (changed.seed, changed.dtype, changed.stop.steps) == (3, "float64", 10)


def test_a_byte_order_mark_is_skipped(tmp_path):
    path = tmp_path / "e.toml"
    path.write_bytes(b"\xef\xbb\xbfseed = 5\r\n")
    assert wb.Experiment.load(path).seed == 5


@pytest.mark.parametrize("batching", ["mini_batch", "single_sample"])
def test_optimizers_that_compare_losses_want_all_samples_at_every_step(tutorial, batching):
    with pytest.raises(wb.BadValue, match=rf"^batching\.name: .*lbfgs.*{batching}.*full_batch"):
        tutorial.replace(optimizer="lbfgs", batching=batching)
    assert tutorial.replace(optimizer="rprop", batching=batching).batching.name == batching


def test_a_matrix_of_second_derivatives_must_not_be_too_large(tutorial):
    wide = {"sizes": [16, 120, 2]}
    with pytest.raises(wb.BadValue, match=r"^optimizer\.name: .*2048.*trust_region"):
        tutorial.replace(optimizer="newton", network=wide, initializer="he_normal")
    tutorial.replace(optimizer="trust_region", network=wide, initializer="he_normal")


def csv_experiment(path, **values):
    return wb.Experiment.of({"data": {"name": "csv", "path": str(path)} | values, "network": NET})


NET = {"sizes": [2, 3, 2]}


def test_the_content_of_a_file_is_part_of_the_hash_and_its_place_is_not(tmp_path):
    first = Path(write("csv", "path", tmp_path))
    made = csv_experiment(first)
    moved = first.rename(tmp_path / "moved.csv")
    again = csv_experiment(moved)
    assert again.hash == made.hash
    assert again != made  # another path is not equal, though it gives the same result
    moved.write_text(moved.read_text().replace("2.5", "2.6"))
    changed = csv_experiment(moved)
    assert changed.hash != made.hash
    assert changed != again
    with pytest.raises(wb.WorkbenchError, match="changed after the experiment was made"):
        wb.load_data(again)
    assert pytest.approx(max(wb.load_data(changed).train.inputs[:, 1])) == 2.6


def test_a_file_of_parameters_is_part_of_the_hash_too(tmp_path):
    path = write("file", "path", tmp_path)
    made = wb.Experiment.of({"initializer": {"name": "file", "path": path}})
    with open(path, "wb") as file:
        np.savez(file, parameters=np.zeros(158))
    other = wb.Experiment.of({"initializer": {"name": "file", "path": path}})
    assert made.hash != other.hash
    plain = wb.Experiment.of({})
    assert plain.digests == ()
    assert len({plain.hash, made.hash, other.hash}) == 3


def test_relative_paths_start_at_the_toml_file_or_the_current_folder(tmp_path, monkeypatch):
    (tmp_path / "inner").mkdir()
    path = write("csv", "path", tmp_path / "inner")
    text = f"[data]\nname = 'csv'\npath = '{Path(path).name}'\n[network]\nsizes = [2, 3, 2]"
    (tmp_path / "inner" / "e.toml").write_text(text)
    from_file = wb.Experiment.load(tmp_path / "inner" / "e.toml")
    assert from_file.data.path == path
    monkeypatch.chdir(tmp_path / "inner")
    assert wb.Experiment.loads(text) == from_file
    monkeypatch.chdir(tmp_path)
    from_file.save("elsewhere.toml")
    assert wb.Experiment.load("elsewhere.toml") == from_file


def test_a_folder_with_its_files_can_be_moved(tmp_path):
    (tmp_path / "a" / "data").mkdir(parents=True)
    made = csv_experiment(write("csv", "path", tmp_path / "a" / "data"))
    made.save(tmp_path / "a" / "e.toml")
    made.save(tmp_path / "outside.toml")
    assert wb.Experiment.load(tmp_path / "outside.toml") == made
    (tmp_path / "a").rename(tmp_path / "b")
    moved = wb.Experiment.load(tmp_path / "b" / "e.toml")
    assert moved.hash == made.hash
    assert moved.data.path == str(tmp_path / "b" / "data" / "csv-path")


def test_a_regression_cannot_stop_at_an_accuracy(tmp_path):
    values = {"data": "formula", "network": {"sizes": [2, 3, 1], "output": "identity"}}
    with pytest.raises(wb.BadValue, match=r"stop\.accuracy: must be left out"):
        wb.Experiment.of(values | {"stop": {"accuracy": 0.9}})
    assert wb.Experiment.of(values | {"stop": {"loss": 0.9}}).stop.accuracy is None
