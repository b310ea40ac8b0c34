"""Data sets: against scikit-learn, NumPy and their published descriptions; the held-out parts."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from sklearn.datasets import load_digits, make_blobs, make_circles, make_moons

import workbench as wb
from tests import naive
from tests.example_files import needed
from workbench import datasets
from workbench.datasets.digits_8x8 import FILE, digits
from workbench.datasets.gaussian_teacher import teacher_of

FOUND = {item.name for item in datasets.catalog if "seed" in item.cls._fields}


def experiment_of(name, folder=None, **values):
    entry = datasets.catalog.get(name)
    values = (needed(entry, folder) if folder else {}) | values
    n_in, n_out = datasets.shape(name, entry.make(values))
    network = {"sizes": [n_in, 3, n_out]}
    data = {"name": name} | values
    return wb.Experiment.of({"data": data, "network": network, "dtype": "float64"})


def data_of(name, folder=None, **values):
    return wb.load_data(experiment_of(name, folder, **values))


def drawn(name, **values):
    """All inputs and targets in the order of the description."""
    train = data_of(name, test_fraction=0, **values).train
    return train.inputs, train.targets


def everything(data):
    parts = (data.train, data.test)
    return np.vstack([p.inputs for p in parts]), np.vstack([p.targets for p in parts])


def as_rows(*arrays):
    return sorted(map(tuple, np.hstack(arrays).tolist()))


def test_the_bundled_file_is_what_scikit_learn_bundles():
    images, labels = digits()
    bundle = load_digits()
    np.testing.assert_array_equal(images, bundle.images)
    np.testing.assert_array_equal(labels, bundle.target)
    assert FILE.stat().st_size < 100_000
    notes = (FILE.parent / "README.md").read_text(encoding="utf-8")
    assert "CC BY 4.0" in notes
    assert "Alpaydin" in notes


def test_digits_8x8_holds_every_image_once():
    data = data_of("digits_8x8")
    inputs, targets = everything(data)
    bundle = load_digits()
    assert as_rows(inputs, targets) == as_rows(bundle.data / 16.0, np.eye(10)[bundle.target])
    assert data.image_shape == (8, 8)
    assert data.class_names == tuple("0123456789")


def test_digits01_4x4_are_the_zeros_and_ones_made_smaller():
    bundle = load_digits()
    wanted = []
    for image, label in zip(bundle.images, bundle.target, strict=True):
        if label > 1:
            continue
        moved = np.zeros((8, 8))
        moved[:, 1:] = image[:, :-1]
        small = [
            float(moved[2 * r : 2 * r + 2, 2 * c : 2 * c + 2].mean() >= 5.5)
            for r in range(4)
            for c in range(4)
        ]
        wanted.append((*small, 1.0 - label, float(label)))
    inputs, targets = everything(data_of("digits01_4x4"))
    assert len(inputs) == 360
    assert as_rows(inputs, targets) == sorted(wanted)


def test_no_rule_on_the_4x4_images_could_be_much_better():
    """Equal images of different digits bound what can be learned: 0.99 must be possible."""
    inputs, targets = everything(data_of("digits01_4x4"))
    votes = {}
    for image, target in zip(map(bytes, inputs.astype(np.uint8)), targets, strict=True):
        votes[image] = votes.get(image, 0) + target
    assert sum(v.max() for v in votes.values()) / len(inputs) > 0.99


def test_drawn_images_are_distinct_and_clean():
    inputs, targets = everything(data_of("drawn01_4x4"))
    assert len(inputs) == 32 == len(set(as_rows(inputs)))
    assert targets.sum(0).tolist() == [16, 16]
    # A zero encloses a blank that the border cannot reach; a one never does.
    for image, target in zip(inputs.reshape(-1, 4, 4), targets, strict=True):
        padded = np.pad(image, 1)
        reached, todo = set(), [(0, 0)]
        while todo:
            r, c = todo.pop()
            if (r, c) not in reached and 0 <= r < 6 and 0 <= c < 6 and not padded[r, c]:
                reached.add((r, c))
                todo += [(r + 1, c), (r - 1, c), (r, c + 1), (r, c - 1)]
        encloses = len(reached) < (padded == 0).sum()
        assert encloses == bool(target[0]), image


@pytest.mark.parametrize("name", datasets.catalog.names())
@pytest.mark.parametrize("fraction", [0.0, 0.25, 0.9])
def test_splits_are_stratified_disjoint_and_complete(name, fraction, tmp_path):
    data = data_of(name, tmp_path, test_fraction=fraction)
    inputs, targets = everything(data)
    n = len(inputs)
    if not data.classes:
        assert abs(len(data.test.inputs) - fraction * n) <= 0.5 + fraction
    else:
        of_all, of_test = targets.sum(0), data.test.targets.sum(0)
        # Rounded, and the first sample always trains.
        assert (np.abs(of_test - fraction * of_all) <= 0.5 + fraction).all()
    assert len(data.train.inputs) + len(data.test.inputs) == n
    full, full_targets = everything(data_of(name, tmp_path, test_fraction=0.0))
    assert as_rows(inputs, targets) == as_rows(full, full_targets)
    np.testing.assert_array_equal(data.train.inputs[0], full[0])


def test_splits_come_from_the_experiment_alone():
    first = data_of("digits01_4x4").test.inputs
    datasets._load.cache_clear()
    np.testing.assert_array_equal(data_of("digits01_4x4").test.inputs, first)
    other = data_of("digits01_4x4", split_seed=1).test.inputs
    assert len(other) == len(first)
    assert not np.array_equal(other, first)
    targets = np.eye(2)[np.arange(100) % 2]
    chosen = datasets.held_out(targets, 0.3)
    np.testing.assert_array_equal(datasets.held_out(targets, 0.3), chosen)
    assert (datasets.held_out(targets, 0.3, seed=1) != chosen).any()
    # More for testing only adds: the smaller held-out part lies within the larger.
    assert chosen[datasets.held_out(targets, 0.1)].all()


@pytest.mark.parametrize("name", datasets.catalog.names())
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_arrays_are_what_kernels_want(name, dtype, tmp_path):
    experiment = experiment_of(name, tmp_path).replace(dtype=dtype)
    data = wb.load_data(experiment)
    n_in, n_out = experiment.network.sizes[0], experiment.network.sizes[-1]
    for part in (data.train, data.test):
        for array, width in ((part.inputs, n_in), (part.targets, n_out)):
            assert array.dtype == dtype
            assert array.shape[1] == width
            assert array.flags.c_contiguous
            assert not array.flags.writeable
        assert not data.classes or (part.targets.sum(1) == 1).all()
    assert data.classes == datasets.has_classes(name, experiment.data.item)
    assert len(data.class_names) == (n_out if data.classes else 0)
    assert not data.image_shape or np.prod(data.image_shape) == n_in


def test_a_declared_shape_is_that_of_the_arrays():
    """Also away from the defaults."""
    for name, values, wanted in (
        ("spirals", {"arms": 5, "samples": 7}, (35, 2, 5)),
        ("blobs", {"features": 6, "classes": 4, "samples": 3}, (12, 6, 4)),
        ("gaussian_teacher", {"teacher": "7-3-3-2", "samples": 9}, (9, 7, 2)),
        ("linear_modes", {"strengths": "5,.5", "samples": 6}, (6, 2, 2)),
        ("formula", {"formula": "x4 + x2", "samples": 8}, (8, 4, 1)),
        ("two_moons", {"coding": "single", "samples": 11}, (11, 2, 1)),
    ):
        inputs, targets = drawn(name, **values)
        assert (*inputs.shape, targets.shape[1]) == wanted


@pytest.mark.parametrize("n", [2, 7, 100])
def test_moons_and_circles_without_noise_are_scikit_learns(n):
    for name, values, made in (
        ("two_moons", {}, make_moons(n, shuffle=False)),
        ("circles", {"factor": 0.3}, make_circles(n, shuffle=False, factor=0.3)),
    ):
        inputs, targets = drawn(name, samples=n, noise=0, **values)
        np.testing.assert_allclose(inputs, made[0], atol=1e-14)
        np.testing.assert_array_equal(targets, np.eye(2)[made[1]])


@pytest.mark.parametrize("name", ["two_moons", "circles", "xor", "spirals", "checkerboard"])
def test_noise_is_normal_and_of_the_given_deviation(name):
    clean, _ = drawn(name, samples=2000, noise=0)
    noisy, _ = drawn(name, samples=2000, noise=0.3)
    noise = (noisy - clean) / 0.3
    assert stats.kstest(noise.ravel(), stats.norm.cdf).pvalue > 1e-3
    assert abs(np.corrcoef(noise.T)[0, 1]) < 0.08


def test_xor_is_the_truth_table():
    inputs, targets = drawn("xor")
    assert as_rows(inputs, targets) == [(0, 0, 1, 0), (0, 1, 0, 1), (1, 0, 0, 1), (1, 1, 1, 0)]
    inputs, targets = drawn("xor", samples=50, noise=0.1)
    corners = np.rint(inputs)
    assert (np.abs(inputs - corners) < 0.5).all()
    np.testing.assert_array_equal(targets[:, 1], corners[:, 0] != corners[:, 1])
    assert sorted(map(tuple, corners.tolist())) == sorted([(0, 0), (0, 1), (1, 0), (1, 1)] * 50)


def test_two_spirals_are_lang_and_witbrocks():
    """The benchmark's own recipe, as in CMU's collection of neural network benchmarks."""
    wanted = []
    for i in range(97):
        angle, radius = i * np.pi / 16.0, 6.5 * (104 - i) / 104.0
        x, y = radius * np.sin(angle), radius * np.cos(angle)
        wanted += [(x, y, 1.0, 0.0), (-x, -y, 0.0, 1.0)]
    inputs, targets = drawn("spirals")
    made = np.hstack([inputs, targets])
    order = np.lexsort(made.T.round(9)), np.lexsort(np.array(wanted).T.round(9))
    np.testing.assert_allclose(made[order[0]], np.array(wanted)[order[1]], atol=1e-12)


def test_arms_of_spirals_are_turned_copies():
    inputs, targets = drawn("spirals", arms=5, samples=40, turns=1.5)
    arms = [inputs[targets[:, k] == 1] for k in range(5)]
    for k, arm in enumerate(arms):
        turned = (arms[0][:, 1] + 1j * arms[0][:, 0]) * np.exp(2j * np.pi * k / 5)
        np.testing.assert_allclose(arm[:, 1] + 1j * arm[:, 0], turned, atol=1e-12)


def test_blobs_are_normal_clouds_around_uniform_centres():
    inputs, targets = drawn("blobs", classes=4, features=3, samples=2000, deviation=0.5)
    labels = targets.argmax(1)
    centres = np.array([inputs[labels == k].mean(0) for k in range(4)])
    rest = (inputs - centres[labels]) / 0.5
    assert stats.kstest(rest.ravel(), stats.norm.cdf).pvalue > 1e-3
    # The same counts, labels and spread as scikit-learn's around the same centres.
    other, other_labels = make_blobs([2000] * 4, 3, centers=centres, cluster_std=0.5, shuffle=False)
    np.testing.assert_array_equal(labels, other_labels)
    for k in range(4):
        np.testing.assert_allclose(
            inputs[labels == k].std(0), other[other_labels == k].std(0), rtol=0.1
        )
    many, _ = drawn("blobs", classes=100, features=10, samples=1, deviation=0, box=3)
    assert stats.kstest(many.ravel(), stats.uniform(-3, 6).cdf).pvalue > 1e-3


def test_a_checkerboard_changes_colour_at_every_edge():
    inputs, targets = drawn("checkerboard", samples=3000, fields=3)
    column, row = np.floor((inputs + 1) / 2 * 3).T
    np.testing.assert_array_equal(targets[:, 1], (column + row) % 2)
    assert stats.kstest(inputs.ravel(), stats.uniform(-1, 2).cdf).pvalue > 1e-3


@pytest.mark.parametrize("activation", ["tanh", "relu", "identity"])
def test_targets_are_the_teachers_answers(activation):
    values = {"teacher": "6-5-4-2", "activation": activation, "bias": 0.5, "samples": 40}
    inputs, targets = drawn("gaussian_teacher", **values)
    layers = teacher_of(datasets.catalog.get("gaussian_teacher").make(values))
    flat = np.concatenate([part.ravel() for layer in layers for part in layer])
    hypers = [(activation, {})] * 2
    _, answers = naive.forward(flat, (6, 5, 4, 2), hypers, "identity", inputs)
    np.testing.assert_allclose(targets, answers[-1], rtol=1e-12)


def test_teachers_and_their_inputs_and_noise_are_normal():
    values = {"teacher": "30-40-1", "bias": 0.5, "samples": 3000}
    (hidden, biases), (last, _) = teacher_of(datasets.catalog.get("gaussian_teacher").make(values))
    inputs, clean = drawn("gaussian_teacher", **values)
    noise = (drawn("gaussian_teacher", noise=0.2, **values)[1] - clean) / 0.2
    for sample in (hidden * 30**0.5, last * 40**0.5, biases / 0.5, inputs[:, :3], noise):
        assert stats.kstest(sample.ravel(), stats.norm.cdf).pvalue > 1e-3
    used = np.concatenate([hidden.ravel(), last.ravel(), biases])
    assert len(np.unique(used)) == len(used)
    assert abs(np.corrcoef(inputs[:, 0], noise[:, 0])[0, 1]) < 0.06


def test_formula_targets_are_its_values():
    values = {"formula": "sin(3*x1) + x3**2", "low": 1, "high": 3, "samples": 2000}
    inputs, targets = drawn("formula", **values)
    np.testing.assert_allclose(targets[:, 0], np.sin(3 * inputs[:, 0]) + inputs[:, 2] ** 2)
    assert stats.kstest(inputs.ravel(), stats.uniform(1, 2).cdf).pvalue > 1e-3
    noise = drawn("formula", noise=0.1, **values)[1] - targets
    assert stats.kstest(noise.ravel(), stats.norm(0, 0.1).cdf).pvalue > 1e-3


@pytest.mark.parametrize("name", ["two_moons", "circles", "xor", "checkerboard"])
def test_a_single_output_is_the_second_of_two(name):
    inputs, targets = drawn(name, coding="one_hot")
    same, single = drawn(name, coding="single")
    np.testing.assert_array_equal(inputs, same)
    np.testing.assert_array_equal(targets[:, 1:], single)


@pytest.mark.parametrize("name", sorted(FOUND))
def test_samples_follow_their_own_seed(name):
    noise = {"noise": 0.1} if name not in ("blobs", "linear_modes") else {}
    first = drawn(name, **noise)
    datasets._load.cache_clear()
    datasets._table.cache_clear()
    again = drawn(name, **noise)
    for a, b in zip(first, again, strict=True):
        np.testing.assert_array_equal(a, b)
    assert not np.array_equal(drawn(name, seed=1, **noise)[0], first[0])
    experiment = experiment_of(name, **noise)
    other = wb.load_data(experiment.replace(seed=9, start=4)).train.inputs
    np.testing.assert_array_equal(other, wb.load_data(experiment).train.inputs)


@pytest.mark.parametrize(
    ("name", "values", "field"),
    [
        ("formula", {"formula": "log(x1*x2)"}, "data.formula"),
        ("formula", {"formula": "x1 +* 2"}, "data.formula"),
        ("formula", {"formula": 3}, "data.formula"),
        ("formula", {"low": 1, "high": 1}, "data.high"),
        ("gaussian_teacher", {"teacher": "5"}, "data.teacher"),
        ("gaussian_teacher", {"teacher": "5-0-1"}, "data.teacher"),
        ("gaussian_teacher", {"teacher": "5--1"}, "data.teacher"),
        ("gaussian_teacher", {"teacher": "5-" * 50 + "1"}, "data.teacher"),
        ("gaussian_teacher", {"teacher": "9" * 4000 + "-1"}, "data.teacher"),
        ("gaussian_teacher", {"activation": "tan"}, "data.activation"),
        ("two_moons", {"coding": "singel"}, "data.coding"),
        ("two_moons", {"scaling": "standart"}, "data.scaling"),
        ("two_moons", {"samples": 1}, "data.samples"),
        ("spirals", {"samples": 1}, "data.samples"),
    ],
)
def test_bad_values_name_their_field(name, values, field):
    with pytest.raises(wb.BadValue) as caught:
        wb.Experiment.of({"data": {"name": name} | values, "network": WIDE[name]})
    assert caught.value.field == field
    assert len(str(caught.value)) < 700


WIDE = {
    "formula": {"sizes": [2, 1]},
    "gaussian_teacher": {"sizes": [5, 1]},
    "two_moons": {"sizes": [2, 2]},
    "spirals": {"sizes": [2, 2]},
}


def test_linear_modes_have_white_inputs_and_their_singular_values():
    inputs, targets = drawn("linear_modes", strengths="1, 7.5, 3", samples=9, seed=2)
    np.testing.assert_allclose(inputs.mean(0), 0.0, atol=1e-15)
    np.testing.assert_allclose(inputs.T @ inputs / 9, np.eye(3), atol=1e-14)
    solved, residual, *_ = np.linalg.lstsq(inputs, targets, rcond=None)
    np.testing.assert_allclose(residual, 0.0, atol=1e-25)
    np.testing.assert_allclose(np.linalg.svd(solved)[1], [7.5, 3.0, 1.0], rtol=1e-13)
    others, _ = drawn("linear_modes", strengths="1, 7.5, 3", samples=9, seed=3)
    assert np.abs(others - inputs).max() > 0.1


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"strengths": "3, two"}, "data.strengths: must be 1 to 100 numbers above 0"),
        ({"strengths": "3, 0"}, "data.strengths"),
        ({"strengths": "3, nan"}, "data.strengths"),
        ({"strengths": ""}, "data.strengths"),
        ({"samples": 3}, r"data.samples: must be more than the modes \(3\).*nearest valid: 4"),
    ],
)
def test_linear_modes_that_cannot_be_are_told_in_one_line(values, words):
    with pytest.raises(wb.BadValue, match=words) as error:
        wb.Experiment.preset("deep_linear").replace(
            data={"name": "linear_modes", "strengths": "3, 2, 1", **values},
            network={"sizes": [3, 3, 3]},
        )
    assert "\n" not in str(error.value)
