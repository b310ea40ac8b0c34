"""Data sets: the bundled digits against scikit-learn's, the 4×4 images, the held-out parts."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits

import workbench as wb
from workbench import datasets
from workbench.datasets.digits_8x8 import FILE, digits


def data_of(name, **values):
    n_in, n_out = datasets.shape(name)
    network = {"sizes": [n_in, 3, n_out]}
    return wb.load_data(wb.Experiment.of({"data": {"name": name} | values, "network": network}))


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
def test_splits_are_stratified_disjoint_and_complete(name, fraction):
    data = data_of(name, test_fraction=fraction)
    inputs, targets = everything(data)
    n = len(inputs)
    of_all, of_test = targets.sum(0), data.test.targets.sum(0)
    # Rounded, and the first sample always trains.
    assert (np.abs(of_test - fraction * of_all) <= 0.5 + fraction).all()
    assert len(data.train.inputs) + len(data.test.inputs) == n
    full, full_targets = everything(data_of(name, test_fraction=0.0))
    assert as_rows(inputs, targets) == as_rows(full, full_targets)
    np.testing.assert_array_equal(data.train.inputs[0], full[0])


def test_splits_come_from_the_experiment_alone():
    first = data_of("digits01_4x4").test.inputs
    datasets.load.cache_clear()
    np.testing.assert_array_equal(data_of("digits01_4x4").test.inputs, first)
    targets = np.eye(2)[np.arange(100) % 2]
    chosen = datasets.held_out(targets, 0.3)
    np.testing.assert_array_equal(datasets.held_out(targets, 0.3), chosen)
    assert (datasets.held_out(targets, 0.3, seed=1) != chosen).any()
    # More for testing only adds: the smaller held-out part lies within the larger.
    assert chosen[datasets.held_out(targets, 0.1)].all()


@pytest.mark.parametrize("name", datasets.catalog.names())
def test_arrays_are_what_kernels_want(name):
    data = data_of(name)
    n_in, n_out = datasets.shape(name)
    for part in (data.train, data.test):
        for array, width in ((part.inputs, n_in), (part.targets, n_out)):
            assert array.dtype == np.float32
            assert array.shape[1] == width
            assert array.flags.c_contiguous
            assert not array.flags.writeable
        assert (part.targets.sum(1) == 1).all()
        assert ((part.inputs >= 0) & (part.inputs <= 1)).all()
    assert len(data.class_names) == n_out
    assert np.prod(data.image_shape) == n_in
