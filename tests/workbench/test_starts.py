"""Starting points that are constructed, read from files, or made from others."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import workbench as wb
from kernels import initializers
from tests.example_files import needed
from workbench import starts
from workbench.store import save_run


def test_the_constructed_start_says_so():
    item = initializers.catalog.get("constructed_tutorial")
    assert "constructed" in item.summary
    file = Path(starts.__file__).parent / "constructed_tutorial.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    assert "constructed" in content["title"]
    assert content["sizes"] == [16, 6, 6, 2]


def test_it_lies_near_the_drawn_start_that_it_names(tutorial):
    file = Path(starts.__file__).parent / "constructed_tutorial.json"
    origin = json.loads(file.read_text(encoding="utf-8"))["moved_from"]
    tutorial = tutorial.replace(dtype="float64")
    constructed = wb.initial_parameters(tutorial)
    distances = []
    for start in range(30):
        drawn = wb.initial_parameters(tutorial.replace(origin | {"start": start}))
        distances.append(np.linalg.norm(constructed - drawn))
    assert np.argmin(distances) == origin["start"]
    assert min(distances) < 0.5 * np.median(distances)


def test_seed_and_start_change_nothing_of_it(tutorial):
    fixed = wb.initial_parameters(tutorial)
    np.testing.assert_array_equal(wb.initial_parameters(tutorial.replace(seed=9, start=3)), fixed)
    np.testing.assert_allclose(wb.initial_parameters(tutorial.replace(dtype="float64")), fixed)


def test_it_is_for_its_own_sizes_only(tutorial):
    with pytest.raises(wb.BadValue, match=r"network\.sizes: must be \[16, 6, 6, 2\]"):
        tutorial.replace(network={"sizes": [16, 5, 6, 2]})


# -- a file of parameters --------------------------------------------------------------------------


def from_file(path, **values):
    return wb.Experiment.of({"initializer": {"name": "file", "path": str(path)} | values})


def test_a_run_folder_goes_on_from_where_the_run_ended(full_batch, tmp_path):
    run = wb.run(full_batch)
    save_run(run, tmp_path / "r", pictures=False)
    path = str(tmp_path / "r" / "parameters.npz")
    onwards = full_batch.replace(initializer={"name": "file", "path": path})
    np.testing.assert_array_equal(wb.initial_parameters(onwards), run.parameters)
    assert wb.run(onwards, steps=0).loss[0] == run.loss[-1]
    again = onwards.replace(initializer={"array": "initial"})
    np.testing.assert_array_equal(wb.run(again).parameters, run.parameters)


def test_vectors_of_any_number_type_are_taken(tmp_path):
    vector = np.arange(158) / 64
    for k, made in enumerate((vector, vector.astype(">f4"), np.arange(158))):
        np.save(tmp_path / f"{k}.npy", made)
        parameters = wb.initial_parameters(
            from_file(tmp_path / f"{k}.npy").replace(seed=7, start=3)
        )
        assert parameters.dtype == np.float32
        np.testing.assert_array_equal(parameters, made)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            np.zeros(157),
            r"must hold the 158 parameters of a 16-6-6-2 network, got 'shape \(157,\)'",
        ),
        (np.zeros((158, 1)), "must hold the 158 parameters"),
        (np.zeros(158, complex), "holding real numbers"),
        (np.array([None] * 158), "no pickle"),
        (
            np.where(np.arange(158) == 9, np.nan, 1.0),
            r"number 9, counting from 0, is not\), got nan",
        ),
    ],
    ids=range(5),
)
def test_files_of_other_things_are_refused(tmp_path, values, said):
    np.save(tmp_path / "p.npy", values)
    with pytest.raises(wb.BadValue, match=rf"^initializer\.path: .*{said}"):
        from_file(tmp_path / "p.npy")


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(wb.BadValue, match=r"^initializer\.path: .*No such file"):
        from_file(tmp_path / "p.npz")
    np.savez(tmp_path / "p.npz", parameter=np.zeros(158))
    with pytest.raises(wb.BadValue, match=r"^initializer\.array: .*nearest valid: parameter$"):
        from_file(tmp_path / "p.npz")


# -- made from other starts ------------------------------------------------------------------------


def start_of(initializer, **changes):
    return wb.initial_parameters(
        wb.Experiment.of({"dtype": "float64", "seed": 5, "initializer": initializer} | changes)
    )


def test_perturbed_starts_lie_normally_around_one_point():
    centre = start_of("he_normal", start=4)
    table = {"name": "perturbed", "of": "he_normal", "of_start": 4, "deviation": 0.2}
    noise = np.array([start_of(table, start=k) - centre for k in range(30)]) / 0.2
    assert stats.kstest(noise.ravel(), stats.norm.cdf).pvalue > 1e-3
    assert abs(np.corrcoef(noise[0], noise[1])[0, 1]) < 0.3
    np.testing.assert_array_equal(start_of(table, start=3), start_of(table, start=3))
    other = start_of(table, seed=6) - start_of("he_normal", seed=6, start=4)
    assert abs(np.corrcoef(other, noise[0])[0, 1]) < 0.3
    np.testing.assert_array_equal(start_of(table | {"deviation": 0}, start=9), centre)


def test_noise_is_not_that_of_the_starts():
    """Perturbing zeros must not give a start that a normal initializer draws."""
    zeros = start_of({"name": "perturbed", "of": "zeros", "deviation": 0.5})
    normal = start_of({"name": "normal", "deviation": 0.5})
    weights = normal != 0
    assert abs(np.corrcoef(zeros[weights], normal[weights])[0, 1]) < 0.3


def test_a_files_parameters_can_be_perturbed(tmp_path):
    np.save(tmp_path / "p.npy", np.arange(158.0))
    table = {"name": "perturbed", "path": str(tmp_path / "p.npy"), "deviation": 0.01}
    moved = start_of(table) - np.arange(158.0)
    assert 0.008 < moved.std() < 0.012
    np.save(tmp_path / "p.npy", np.arange(3.0))
    with pytest.raises(wb.BadValue, match="must hold the 158 parameters"):
        start_of(table)


@pytest.mark.parametrize("fraction", [-0.5, 0.0, 0.25, 1.0, 2.0])
def test_points_on_the_line_between_two_starts(fraction):
    ends = [start_of("glorot_uniform", start=k) for k in (2, 7)]
    table = {"name": "between", "of": "glorot_uniform", "first": 2, "second": 7}
    made = start_of(table | {"fraction": fraction}, start=11)
    np.testing.assert_allclose(made, ends[0] + fraction * (ends[1] - ends[0]), atol=1e-15)


def test_only_complete_starts_can_be_made_from():
    for name in ("perturbed", "between"):
        for of in ("perturbed", "between", "file", "he_norml"):
            with pytest.raises(wb.BadValue, match=r"^initializer\.of: must be one of constant, "):
                start_of({"name": name, "of": of})
        table = {"name": name, "of": "constructed_tutorial"}
        with pytest.raises(wb.BadValue, match=r"^network\.sizes: must be \[16, 6, 6, 2\]"):
            start_of(table, network={"sizes": [16, 5, 6, 2]})


# -- LSUV ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scaling", ["none", "standard"])
def test_every_layers_output_has_unit_variance(scaling, plain_network):
    values = {
        "data": {"name": "digits_8x8", "scaling": scaling},
        "network": {"sizes": [64, 20, 15, 10]},
        "initializer": {"name": "lsuv", "samples": 500},
        "dtype": "float64",
    }
    experiment = wb.Experiment.of(values)
    model = wb.Model(experiment)
    parameters = model.initial_parameters()
    plain = plain_network([64, 20, 15, 10])
    inputs = model.train.inputs[:500]
    below = plain.layers(parameters, inputs)
    for values, (weights, bias) in zip(below, plain.unpack(parameters), strict=False):
        assert (values @ weights + bias).std() == pytest.approx(1.0, rel=1e-9)
        # Scaled orthonormal rows or columns stay orthogonal.
        small = weights.T if weights.shape[0] >= weights.shape[1] else weights
        gram = small @ small.T
        np.testing.assert_allclose(gram, gram[0, 0] * np.eye(len(gram)), atol=1e-9)
        assert not bias.any()
    other = wb.initial_parameters(experiment.replace(start=1))
    assert not np.allclose(other, parameters)


def test_lsuv_leaves_layers_that_do_not_vary(tmp_path):
    np.savez(tmp_path / "c.npz", inputs=np.zeros((6, 3)), targets=[0, 1, 0, 1, 0, 1])
    data = {"name": "npz", "path": str(tmp_path / "c.npz")}
    values = {"data": data, "network": {"sizes": [3, 4, 2]}, "initializer": "lsuv"}
    parameters = wb.initial_parameters(wb.Experiment.of(values))
    assert np.isfinite(parameters).all()
    drawn = wb.initial_parameters(wb.Experiment.of(values | {"initializer": "orthogonal"}))
    np.testing.assert_array_equal(parameters, drawn)


@pytest.mark.parametrize("name", [item.name for item in starts.catalog])
def test_starts_are_functions_of_seed_and_index(name, tmp_path):
    table = {"name": name} | needed(starts.catalog.get(name), tmp_path)
    first = start_of(table, start=3)
    np.testing.assert_array_equal(start_of(table, start=3), first)
    assert np.isfinite(first).all()
    assert start_of(table, start=3, dtype="float32").dtype == np.float32
