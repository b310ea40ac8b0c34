"""Signals through depth: measured against plain NumPy, formulas against what is known of them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import workbench as wb
from kernels.initializers import catalog, initialize
from workbench.datasets import normals
from workbench.reproductions import Watch, glorot_he
from workbench.reproductions._signals import Case, estimate, measure

ACTIVATIONS = {
    "tanh": (np.tanh, lambda z: 1.0 - np.tanh(z) ** 2),
    "relu": (lambda z: np.maximum(z, 0.0), lambda z: (z > 0.0) * 1.0),
    "identity": (lambda z: z, np.ones_like),
}


def plain(case, start, seed):
    """The signals of one start, in NumPy, for derivatives of the outputs that are all alike."""
    sizes = np.array(case.sizes)
    parameters = np.empty(int(((sizes[:-1] + 1) * sizes[1:]).sum()))
    item = catalog.get(case.initializer).make(case.values)
    initialize(item, sizes, seed, start, parameters)
    f, slope = ACTIVATIONS[case.activation]
    a, offset, weights, zs = case.scale * normals(seed, start, sizes[0]), 0, [], []
    first, forward = np.mean(a**2), []
    for n_in, n_out in pairwise(case.sizes):
        weights.append(parameters[offset : offset + n_in * n_out].reshape(n_in, n_out))
        offset += (n_in + 1) * n_out
        zs.append(a @ weights[-1])
        a = f(zs[-1])
        forward.append(np.mean(a**2) / first)
    delta, backward = np.ones(sizes[-1]), []
    for w, z in zip(weights[:0:-1], zs[-2::-1], strict=True):
        delta = (w @ delta) * slope(z)
        backward.append(np.mean(delta**2))
    return forward[:-1], backward[::-1]


@pytest.mark.parametrize(
    ("activation", "initializer", "values"),
    [
        ("tanh", "uniform", {"low": -0.4, "high": 0.4}),
        ("relu", "he_normal", None),
        ("identity", "glorot_uniform", None),
    ],
)
def test_signals_are_those_of_plain_numpy(activation, initializer, values):
    case = Case("", (16, 32, 16, 32), activation, initializer, 1.0, lambda n, m: 1.0, 0.7, values)
    found = measure(case, 30, 5, Watch())
    assert found.forward.shape == found.backward.shape == (30, 2)
    for start in (0, 24, 25, 29):
        forward, backward = plain(case, start, 5)
        np.testing.assert_allclose(found.forward[start], forward, rtol=1e-11)
        np.testing.assert_allclose(found.backward[start], backward, rtol=1e-11)


def test_formulas_have_their_published_values():
    cases = {case.name: case.formulas() for case in glorot_he._cases(32, 6)}
    layer = np.arange(1, 7)
    for way, order in ((0, layer), (1, layer[::-1])):
        # Glorot & Bengio's eq. 15 and what He et al. say of it with ReLU.
        np.testing.assert_allclose(cases["uniform on ±1/√n, tanh near 0"][way], 3.0**-order)
        np.testing.assert_allclose(cases["glorot_normal, ReLU"][way], 2.0**-order)
        np.testing.assert_allclose(cases["he_uniform, ReLU"][way], np.ones(6))
    # Widths n and 2 n in turn: n_in · 2 / (3 n) is 2/3 or 4/3, and n_out / n_in is 2 or 1/2.
    np.testing.assert_allclose(
        cases["glorot_normal, linear"][0], [2 / 3, 8 / 9, 16 / 27, 64 / 81, 128 / 243, 512 / 729]
    )
    np.testing.assert_allclose(cases["lecun_normal, linear"][0], np.ones(6))
    np.testing.assert_allclose(cases["lecun_normal, linear"][1], [1, 2, 1, 2, 1, 2])


def test_intervals_cover_and_tests_reject_as_often_as_they_say():
    rng, truth = np.random.default_rng(0), np.array([1.0, 2.0])
    made = [estimate(truth * rng.exponential(size=(400, 2)), truth) for _ in range(500)]
    covered = np.mean([(e.low <= truth) & (truth <= e.high) for e in made])
    assert 0.93 < covered < 0.97
    assert 0.03 < np.mean([e.p_value.min() < 0.05 for e in made]) < 0.07
    wrong = estimate(truth * rng.exponential(size=(400, 2)), 1.3 * truth)
    assert wrong.p_value.max() < 1e-3


def test_means_agree_with_the_formulas_and_not_with_others(monkeypatch):
    small = {"width": 16, "depth": 4, "starts": 400}
    made = wb.reproduce("glorot-he", **small)
    assert made.agrees
    assert len(made.findings) == 14
    rows = made.outcome.tables["variances"].rows
    assert len(rows) == 14 * 4
    assert made.facts["least_p_value"] == min(row[-1] for row in rows)
    axes = made.outcome.figures["depth"]().axes
    assert [a.get_title() for a in axes] == [
        "Mean square of activations",
        "Mean square of gradients",
    ]

    cases = glorot_he._cases
    monkeypatch.setattr(
        glorot_he,
        "_cases",
        lambda *shape: (case._replace(gain=1.2 * case.gain) for case in cases(*shape)),
    )
    assert not any(f.agrees for f in wb.reproduce("glorot-he", **small).findings)


def test_too_deep_for_the_width_is_told_in_one_line():
    with pytest.raises(wb.BadValue, match=r"depth: must be at most a quarter.*nearest valid: 16"):
        wb.reproduce("glorot-he", depth=17)
