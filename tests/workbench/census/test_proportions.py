"""Success rates and their paired differences: published figures, SciPy, exact coverage."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy import stats

from workbench.census.proportions import Pairs, mcnemar, pairs, risk_difference, wilson


@pytest.mark.parametrize(
    ("successes", "count", "low", "high"),
    # Newcombe 1998, Stat. Med. 17, 857-872, table I, method 3.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_newcombes_figures(successes, count, low, high):
    np.testing.assert_allclose(wilson(successes, count), (low, high), atol=6e-5)


@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
def test_wilson_is_scipys_for_whole_arrays(confidence):
    k = np.array([0, 1, 7, 19, 20, 0, 1, 500_000])
    n = np.array([20, 20, 20, 20, 20, 1, 1, 1_000_000])
    expected = [
        stats.binomtest(a, b).proportion_ci(confidence, "wilson")
        for a, b in zip(k.tolist(), n.tolist(), strict=True)
    ]
    np.testing.assert_allclose(np.transpose(wilson(k, n, confidence)), expected, atol=1e-12)


def test_wilson_knows_nothing_without_a_trial():
    assert wilson(0, 0) == (0.0, 1.0)


def test_pairs_count_who_succeeded():
    first, second = np.array([1, 1, 1, 0, 0, 1]), np.array([1, 0, 0, 1, 0, 1])
    assert pairs(first, second) == Pairs(both=2, first_only=2, second_only=1, neither=1)
    with pytest.raises(ValueError, match="as many"):
        pairs(first, second[:-1])


def test_mcnemar_is_the_exact_sign_test_of_discordant_pairs():
    for one, two in product([0, 1, 2, 5, 12, 40], repeat=2):
        expected = stats.binomtest(one, one + two).pvalue if one + two else 1.0
        assert mcnemar(Pairs(9, one, two, 4)) == pytest.approx(expected, rel=1e-12)
    # mcnemar.exact of the R package exact2x2 (Fay 2010), on the table of its help page.
    assert mcnemar(Pairs(21, 9, 2, 12)) == pytest.approx(0.06543, abs=5e-6)


def test_mcnemar_nears_the_chi_squared_of_agrestis_approval_ratings():
    # Agresti, Categorical Data Analysis, table 10.1: z² = 17.36 of 1,600 people asked twice.
    p = mcnemar(Pairs(794, 150, 86, 570))
    assert p == pytest.approx(stats.chi2.sf(17.36, 1), rel=0.25)
    assert mcnemar(Pairs(0, 400_000, 401_000, 0)) == pytest.approx(
        2 * stats.norm.sf(999 / np.sqrt(801_000)), rel=1e-3
    )


@pytest.mark.parametrize(
    ("table", "published"),
    [
        # Altman et al. 2000, "Statistics with confidence", table 6.2.
        ((14, 5, 0, 22), (0.122, 0.011, 0.226)),
        # Cavo et al. 2012, by Fagerland, Lydersen & Laake 2017, "Statistical analysis of
        # contingency tables", chapter 8.
        ((59, 6, 16, 80), (-0.0621, -0.1186, -0.0046)),
    ],
)
def test_risk_difference_gives_published_limits(table, published):
    digits = 5e-4 if published[0] == 0.122 else 5e-5
    np.testing.assert_allclose(risk_difference(Pairs(*table)), published, atol=1.01 * digits)


def test_risk_difference_turns_its_sign_with_the_order():
    estimate, low, high = risk_difference(Pairs(14, 5, 0, 22))
    turned = risk_difference(Pairs(14, 0, 5, 22))
    np.testing.assert_allclose(turned, (-estimate, -high, -low), rtol=1e-13)


@pytest.mark.parametrize("table", [(0, 0, 0, 9), (9, 0, 0, 0), (0, 9, 0, 0), (0, 0, 1, 0)])
def test_risk_difference_stays_within_bounds_at_the_edge(table):
    estimate, low, high = risk_difference(Pairs(*table))
    assert -1 <= low <= estimate <= high <= 1
    assert low < high


def test_risk_difference_without_pairs_says_nothing():
    estimate, low, high = risk_difference(Pairs(0, 0, 0, 0))
    assert np.isnan(estimate)
    assert (low, high) == (-1, 1)


def test_risk_difference_covers_the_truth_as_often_as_it_says():
    # Every table of 20 pairs with its probability: no random numbers, no simulation error.
    n = 20
    tables = [
        (a, b, c, n - a - b - c)
        for a in range(n + 1)
        for b in range(n + 1 - a)
        for c in range(n + 1 - a - b)
    ]
    limits = np.array([risk_difference(Pairs(*table))[1:] for table in tables])
    coverage = []
    for chances in (
        (0.25, 0.25, 0.25, 0.25),
        (0.45, 0.05, 0.05, 0.45),
        (0.4, 0.3, 0.1, 0.2),
        (0.1, 0.1, 0.02, 0.78),
        (0.7, 0.2, 0.05, 0.05),
    ):
        true = chances[1] - chances[2]
        inside = (limits[:, 0] <= true) & (true <= limits[:, 1])
        coverage.append(stats.multinomial.pmf(tables, n, chances)[inside].sum())
    assert 0.94 < np.mean(coverage) < 0.975
    assert min(coverage) > 0.925
