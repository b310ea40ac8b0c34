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
    "uniform": stats.uniform(-0.5, 1.0),
}
DRAWN = [item for item in initializers.catalog if not item.facts.get("fixed")]


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
    assert set(WANTED) | {"zeros", "constant", "orthogonal"} == {item.name for item in DRAWN}


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


@pytest.mark.parametrize("name", [*WANTED, "orthogonal"])
def test_starts_and_seeds_and_layers_differ(name):
    (first, _), (second, _) = draw(name, (8, 8, 8))
    assert not np.array_equal(first, second)
    assert np.array_equal(draw(name, (8, 8, 8))[0][0], first)
    assert not np.array_equal(draw(name, (8, 8, 8), start=1)[0][0], first)
    assert not np.array_equal(draw(name, (8, 8, 8), seed=2)[0][0], first)
    starts = np.array([draw(name, (2, 2), start=k)[0][0][0, 0] for k in range(3000)])
    assert abs(np.corrcoef(starts[:-1], starts[1:])[0, 1]) < 0.07
