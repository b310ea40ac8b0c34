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
from workbench.experiment import CATALOGS

PLACES = {
    **CATALOGS,
    "network.activations": activations.catalog,
    "network.output": outputs.catalog,
    "network.loss": losses.catalog,
}
ITEMS = [(place, item) for place, catalog in PLACES.items() for item in catalog]


def other_values(item):
    """Valid hyper-parameters that differ from every default."""
    values = {}
    for hyper in item.hypers:
        candidates = (hyper.range.nearest(hyper.default * f + 0.0625) for f in (0.5, 1.5, 0.0, -1))
        values[hyper.name] = next(v for v in candidates if v != hyper.default)
    return values


def experiment_with(place, item):
    table = {"name": item.name} | other_values(item)
    if place == "data":
        n_in, n_out = item.facts["shape"]
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
    experiment = experiment_with(place, item)
    experiment.save(tmp_path / "e.toml")
    again = wb.Experiment.load(tmp_path / "e.toml")
    assert again == experiment
    assert again.hash == experiment.hash
    written = tomllib.loads((tmp_path / "e.toml").read_text(encoding="utf-8"))
    for key in place.split("."):
        written = written[key]
    written = written[0] if isinstance(written, list) else written
    if item.hypers:
        assert written == {"name": item.name} | other_values(item)
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
