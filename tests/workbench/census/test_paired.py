"""Paired differences of losses and steps: SciPy, enumeration, published tables, coverage."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy import stats

from workbench.census import paired
from workbench.census.paired import differences, rank_biserial, shift, signed_ranks, worst_last

# Hamilton depression scale before and after, Hollander & Wolfe 1973, table 3.1.
BEFORE = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]
AFTER = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]


def random(seed=5):
    return np.random.default_rng(seed)


def means(d):
    """All means of two: the plain double loop."""
    return sorted(x / 2 + y / 2 for i, x in enumerate(d) for y in list(d)[i:])


def test_failed_starts_rank_last_and_two_of_them_tie():
    first = np.array([1.0, np.nan, np.inf, 0.5, np.nan, np.inf])
    second = np.array([2.0, 1.0, np.nan, np.inf, 3.0, np.inf])
    np.testing.assert_array_equal(worst_last(first), [1, np.inf, np.inf, 0.5, np.inf, np.inf])
    np.testing.assert_array_equal(differences(first, second), [-1, np.inf, 0, -np.inf, np.inf, 0])
    with pytest.raises(ValueError, match="as many"):
        differences(first, second[1:])


def test_hollander_and_wolfes_example():
    d = differences(BEFORE, AFTER)
    found = signed_ranks(d)
    assert found.positive == 40  # their T+, one-sided p .020 (R's wilcox.test: .01953)
    assert found.exact
    assert found.p == pytest.approx(2 * 0.01953, abs=1e-5)
    # Examples 3.2 and 3.3: .46, and .010 to .786 at 96.1 %, the next attainable above 95 %.
    np.testing.assert_allclose(shift(d), (0.46, 0.010, 0.786), atol=5e-4)


@pytest.mark.parametrize("n", [1, 2, 7, 30, 120])
def test_signed_ranks_are_scipys_exact_ones_without_ties(n):
    d = random(n).normal(0.3, 1, n)
    found, expected = signed_ranks(d), stats.wilcoxon(d, method="exact")
    assert min(found.positive, found.negative) == expected.statistic
    assert found.p == pytest.approx(expected.pvalue, rel=1e-9)
    assert found.exact


@pytest.mark.parametrize("seed", range(6))
def test_signed_ranks_with_ties_are_those_of_all_sign_patterns(seed):
    d = np.round(random(seed).normal(0.4, 1, 12), 0 if seed % 2 else 1)
    kept = d[d != 0]
    ranks = stats.rankdata(np.abs(kept))
    sums = np.array([np.dot(ranks, s) for s in product([0, 1], repeat=len(kept))])
    observed = min(ranks[kept > 0].sum(), ranks[kept < 0].sum())
    found = signed_ranks(d)
    assert found.differing == len(kept)
    assert found.p == pytest.approx(min(1.0, 2 * np.mean(sums <= observed)), rel=1e-12)


@pytest.mark.parametrize("digits", [0, 1, 12])
def test_many_signed_ranks_are_scipys_normal_approximation(digits):
    d = np.round(random().normal(0.08, 1, 2000), digits)
    expected = stats.wilcoxon(d, zero_method="wilcox", correction=False, method="asymptotic")
    found = signed_ranks(d)
    assert not found.exact
    assert found.p == pytest.approx(expected.pvalue, rel=1e-9)
    assert min(found.positive, found.negative) == expected.statistic


def test_exact_and_approximate_p_meet_where_one_takes_over():
    d = random(3).normal(0.15, 1, paired.EXACT)
    p = signed_ranks(d).p
    assert p == pytest.approx(stats.wilcoxon(d, method="asymptotic").pvalue, rel=0.03)


def test_only_ranks_matter_so_failures_count_as_the_largest_difference():
    d = random(2).normal(0.2, 1, 60)
    largest = np.abs(d) > 1.2
    failed = np.where(largest, np.sign(d) * np.inf, d)
    capped = np.where(largest, np.sign(d) * 7.0, d)
    assert largest.sum() > 5
    assert signed_ranks(failed) == signed_ranks(capped)
    assert rank_biserial(failed) == rank_biserial(capped)


def test_nothing_differs():
    none = np.zeros(12)
    assert signed_ranks(none) == (0, 0, 0, 1.0, True)
    assert rank_biserial(none) == (0, -1, 1)
    assert shift(none) == (0, 0, 0)
    assert np.isnan(shift(none[:0]).estimate)


@pytest.mark.parametrize("digits", [0, 1, 12])
def test_rank_biserial_is_kerbys_simple_difference(digits):
    d = np.round(random(8).normal(0.4, 1, 50), digits)
    kept = [x for x in d if x]
    ranks = {
        x: np.mean([k + 1 for k, y in enumerate(sorted(map(abs, kept))) if y == x])
        for x in map(abs, kept)
    }
    favourable = sum(ranks[x] for x in kept if x > 0)
    unfavourable = sum(ranks[-x] for x in kept if x < 0)
    estimate, low, high = rank_biserial(d)
    whole = favourable + unfavourable
    assert estimate == pytest.approx(favourable / whole - unfavourable / whole)
    assert -1 <= low < estimate < high <= 1
    turned = rank_biserial(-d)
    np.testing.assert_allclose(turned, (-estimate, -high, -low), atol=1e-12)


@pytest.mark.parametrize("n", [1, 2, 3, 8, 400])
def test_rank_biserial_of_one_sign_has_an_interval_that_narrows(n):
    estimate, low, high = rank_biserial(random().exponential(1, n))
    assert (estimate, high) == (1, 1)
    # Wilson's lower limit for k of k, with half as many trials.
    assert low == pytest.approx(2 * (n / 2) / (n / 2 + stats.norm.isf(0.025) ** 2) - 1)


@pytest.mark.parametrize(("n", "centre"), [(15, 0.0), (15, 0.5), (60, 0.3), (60, 1.0)])
def test_rank_biserial_covers_the_truth_as_often_as_it_says(n, centre):
    # Two normal differences: P(D + D' > 0) is known.
    true = 2 * stats.norm.cdf(np.sqrt(2) * centre) - 1
    draws = random(n).normal(centre, 1, (1000, n))
    intervals = [rank_biserial(d)[1:] for d in draws]
    inside = np.mean([low <= true <= high for low, high in intervals])
    assert 0.93 <= inside <= 0.99


@pytest.mark.parametrize("n", [1, 2, 5, 6, 9, 40, 250])
@pytest.mark.parametrize("digits", [0, 12])
def test_shift_is_the_median_of_all_means(n, digits):
    d = np.round(random(n).normal(0.3, 1, n), digits)
    estimate, low, high = shift(d)
    assert estimate == pytest.approx(np.median(means(d)), abs=1e-14)
    assert low <= estimate <= high
    assert np.isfinite([low, high]).all() == (n >= 6)  # 2 / 2^5 > 1 - 0.95


def test_limits_of_the_shift_are_what_the_test_does_not_reject():
    d = random(4).normal(0.3, 1, 25)
    _, low, high = shift(d)
    for inside, outside in ((low + 1e-9, low - 1e-9), (high - 1e-9, high + 1e-9)):
        assert stats.wilcoxon(d - inside, method="exact").pvalue > 0.05
        assert stats.wilcoxon(d - outside, method="exact").pvalue <= 0.05


def test_shift_is_over_the_pairs_in_which_none_failed():
    d = random(6).normal(0, 1, 40)
    failed = np.concatenate([[np.inf] * 3, d[:20], [-np.inf] * 5, d[20:]])
    assert shift(failed) == shift(d)
    assert np.isnan(shift(failed[:3]).estimate)


@pytest.mark.parametrize(
    "d",
    [
        [-1, 1],
        [-1e300, 1e300, 1e300],
        [-1e-300, 1e-300, 0],
        [1e-30, 1e-12, 1, 1e9, 1e300],
        [-1e-30, -3, 1e-12, 3, 0],
        list(random(3).normal(0, 1, 40)),
    ],
)
def test_means_of_many_are_found_without_sorting_them(d, monkeypatch):
    monkeypatch.setattr(paired, "_DIRECT", 0)
    found = paired._Means(np.sort(np.array(d, np.float64)))
    ordered = [found.order(k + 1) for k in range(found.count)]
    np.testing.assert_allclose(ordered, means(d), rtol=1e-15, atol=1e-15)


def test_shift_of_very_many_is_that_of_their_quantiles(monkeypatch):
    d = random(9).standard_t(3, 20_001) + 0.02
    whole = shift(d)
    monkeypatch.setattr(paired, "MOST_AVERAGED", 4000)
    np.testing.assert_allclose(shift(d), whole, atol=0.03 * (whole.high - whole.low))


@pytest.mark.parametrize("n", [10, 80, 210])
def test_shift_covers_the_truth_as_often_as_it_says(n):
    draws = random(n).laplace(1.5, 1, (300, n))
    found = [shift(d) for d in draws]
    assert 0.925 <= np.mean([f.low <= 1.5 <= f.high for f in found]) <= 0.985


def test_a_million_pairs():
    d = random(1).normal(0.01, 1, 1_000_000)
    test, effect, moved = signed_ranks(d), rank_biserial(d), shift(d)
    # In units of its standard error, sqrt(pi / 3) / 1000 (Hodges & Lehmann 1963).
    assert abs(moved.estimate - 0.01) < 4 * np.sqrt(np.pi / 3) / 1000
    assert moved.low < 0.01 < moved.high
    assert effect.low < 2 * stats.norm.cdf(0.01 * np.sqrt(2)) - 1 < effect.high
    assert 0 < test.p < 1e-6
