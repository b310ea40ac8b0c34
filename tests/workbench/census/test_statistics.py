"""Distributions and corrected p values: NumPy, the closed testing procedure, coverage."""

from __future__ import annotations

from itertools import chain, combinations

import numpy as np
import pytest

from workbench.census.statistics import ecdf, holm, quantiles


def test_ecdf_is_the_share_of_values_at_most():
    values = [3.0, 1.0, 1.0, np.nan, 2.0, np.inf, 3.0, 3.0]
    found = ecdf(values)
    np.testing.assert_array_equal(found.value, [1, 2, 3])
    np.testing.assert_array_equal(found.share, [2 / 8, 3 / 8, 6 / 8])
    assert found.count == 8
    half = np.sqrt(np.log(40) / 16)
    np.testing.assert_allclose(found.low, np.maximum(found.share - half, 0))
    np.testing.assert_allclose(found.high, np.minimum(found.share + half, 1))


@pytest.mark.parametrize("values", [[], [np.nan], [np.inf, np.nan]])
def test_ecdf_of_nothing_finite_is_empty(values):
    found = ecdf(values)
    assert len(found.value) == len(found.share) == 0
    assert found.count == len(values)


@pytest.mark.parametrize("count", [50, 5000])
def test_thinned_ecdf_keeps_exact_steps_and_both_ends(count):
    values = np.random.default_rng(count).lognormal(0, 2, count)
    found = ecdf(values, most=100)
    assert len(found.value) <= 100
    expected = [(values <= x).mean() for x in found.value]
    np.testing.assert_allclose(found.share, expected, rtol=1e-13)
    assert found.value[[0, -1]].tolist() == [values.min(), values.max()]
    assert np.diff(found.share).max() < 2 / min(count, 100)


def test_band_of_the_ecdf_holds_everywhere_at_once():
    draws = np.sort(np.random.default_rng(7).uniform(size=(4000, 60)), axis=1)
    inside = 0
    for row in draws:
        found = ecdf(row)
        # A uniform's distribution function is the identity; just before a step the share is lower.
        before = np.concatenate([[found.high[0] - 1 / 60], found.high[:-1]])
        inside += bool((found.low <= row).all() and (row <= before).all())
    assert 0.95 <= inside / len(draws) <= 0.975


def test_quantiles_are_numpys_where_all_is_finite():
    values = np.random.default_rng(3).normal(size=41)
    for at in (0.5, [0.25, 0.5, 0.75], [0, 0.013, 0.999, 1]):
        np.testing.assert_allclose(quantiles(values, at), np.quantile(values, at), rtol=1e-13)


def test_quantiles_next_to_a_failure_are_infinite():
    found = quantiles([1, 2, 3, np.inf, np.nan], [0, 0.25, 0.5, 0.6, 0.75, 1])
    np.testing.assert_array_equal(found, [1, 2, 3, np.inf, np.inf, np.inf])
    assert np.isnan(quantiles([], [0.5])).all()


def closed(p):
    """Adjusted p by definition: the largest Bonferroni p of any set of hypotheses with this one."""
    every = range(len(p))
    sets = chain.from_iterable(combinations(every, k) for k in range(1, len(p) + 1))
    tested = [(s, min(1.0, len(s) * min(p[i] for i in s))) for s in sets]
    return [max(value for s, value in tested if i in s) for i in every]


@pytest.mark.parametrize("seed", range(5))
def test_holm_is_the_closed_testing_procedure(seed):
    p = np.random.default_rng(seed).beta(0.3, 2, 8)
    p[3] = p[5]
    np.testing.assert_allclose(holm(p), closed(p), rtol=1e-13)


def test_holm_of_few():
    assert holm([]).shape == (0,)
    assert holm([0.04]) == [0.04]
    np.testing.assert_allclose(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02])
