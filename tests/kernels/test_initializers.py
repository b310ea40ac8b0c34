"""Starting parameters: their distributions by SciPy's tests, and what they depend on."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from kernels import initializers
from tests import naive

N_IN, N_OUT = 60, 40
GLOROT, HE, LECUN = 2 / (N_IN + N_OUT), 2 / N_IN, 1 / N_IN
# The distribution of a weight of a 60-40 layer, from the papers' formulas.
WANTED = {
    "glorot_normal": stats.norm(0, GLOROT**0.5),
    "glorot_uniform": stats.uniform(-((3 * GLOROT) ** 0.5), 2 * (3 * GLOROT) ** 0.5),
    "he_normal": stats.norm(0, HE**0.5),
    "he_uniform": stats.uniform(-((3 * HE) ** 0.5), 2 * (3 * HE) ** 0.5),
    "lecun_normal": stats.norm(0, LECUN**0.5),
    "normal": stats.norm(0, 0.5),
    "truncated_normal": stats.truncnorm(-2, 2, 0, 0.5),
    "uniform": stats.uniform(-0.5, 1.0),
}
DRAWN = [item for item in initializers.catalog if "start" not in item.facts]


def draw(name, sizes=(N_IN, N_OUT), seed=1, start=0, **hypers):
    item = initializers.catalog.get(name).make(hypers)
    count = sum((a + 1) * b for a, b in pairwise(sizes))
    parameters = np.full(count, np.nan)
    initializers.initialize(item, np.array(sizes, np.int64), seed, start, parameters)
    return naive.unpack(parameters, sizes)


@pytest.mark.parametrize("name", WANTED)
def test_weights_have_the_papers_distribution(name):
    drawn = [draw(name, start=k)[0] for k in range(20)]
    weights = np.concatenate([weights.ravel() for weights, _ in drawn])
    assert stats.kstest(weights, WANTED[name].cdf).pvalue > 1e-3
    assert weights.var() == pytest.approx(WANTED[name].var(), rel=0.03)
    assert not any(bias.any() for _, bias in drawn)


def test_every_initializer_is_checked_by_one_of_these_tests():
    others = {"zeros", "constant", "orthogonal", "identity", "sparse"}
    assert set(WANTED) | others == {item.name for item in DRAWN}


@pytest.mark.parametrize("sizes", [(20, 12), (12, 20), (9, 9), (1, 5), (5, 1)])
def test_orthogonal_weights(sizes):
    [(weights, bias)] = draw("orthogonal", sizes, gain=1.5)
    small = weights if sizes[0] >= sizes[1] else weights.T
    assert np.allclose(small.T @ small, 1.5**2 * np.eye(min(sizes)), atol=1e-12)
    assert not bias.any()


def test_zeros_and_constants():
    for weights, bias in draw("zeros", (3, 4, 2)):
        assert not weights.any()
        assert not bias.any()
    for weights, bias in draw("constant", (3, 4, 2), weight=0.25, bias=-1.0):
        assert (weights == 0.25).all()
        assert (bias == -1.0).all()


def test_truncated_normal_ends_at_two_deviations():
    drawn = [draw("truncated_normal", mean=1.0, deviation=0.5, start=k)[0][0] for k in range(9)]
    weights = np.concatenate(drawn)
    assert weights.min() >= 0.0
    assert weights.max() <= 2.0
    # As much in the outermost tenth as the distribution says: nothing is clipped to the ends.
    share = (np.abs(weights - 1.0) > 0.9).mean()
    assert share == pytest.approx(2 * stats.truncnorm(-2, 2).sf(1.8), abs=0.004)


@pytest.mark.parametrize("sizes", [(5, 5), (5, 3), (3, 5), (1, 4)])
def test_identity_weights(sizes):
    [(weights, bias)] = draw("identity", sizes, gain=0.5)
    assert np.array_equal(weights, 0.5 * np.eye(*sizes))
    assert not bias.any()


@pytest.mark.parametrize("connections", [1, 15, 59, 60, 1000])
def test_sparse_units_have_so_many_inputs(connections):
    [(weights, bias)] = draw("sparse", connections=connections)
    assert ((weights != 0).sum(0) == min(connections, N_IN)).all()
    assert not bias.any()


def test_sparse_weights_are_normal_and_anywhere():
    drawn = np.array([draw("sparse", deviation=0.7, start=k)[0][0] for k in range(60)])
    weights = drawn[drawn != 0]
    assert stats.kstest(weights, stats.norm(0, 0.7).cdf).pvalue > 1e-3
    # Each input is chosen equally often, and two inputs of a unit as often as chance has it.
    counts = (drawn != 0).sum((0, 2))
    assert stats.chisquare(counts).pvalue > 1e-3
    together = ((drawn[:, 0] != 0) & (drawn[:, 1] != 0)).mean()
    assert together == pytest.approx(15 / 60 * 14 / 59, abs=0.015)


@pytest.mark.parametrize("name", [*WANTED, "orthogonal", "sparse"])
def test_starts_and_seeds_and_layers_differ(name):
    (first, _), (second, _) = draw(name, (8, 8, 8))
    assert not np.array_equal(first, second)
    assert np.array_equal(draw(name, (8, 8, 8))[0][0], first)
    assert not np.array_equal(draw(name, (8, 8, 8), start=1)[0][0], first)
    assert not np.array_equal(draw(name, (8, 8, 8), seed=2)[0][0], first)
    starts = np.array([draw(name, (2, 2), start=k)[0][0][0, 0] for k in range(3000)])
    assert abs(np.corrcoef(starts[:-1], starts[1:])[0, 1]) < 0.07
