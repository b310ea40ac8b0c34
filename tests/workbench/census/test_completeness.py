"""What is said about minima that were not met, against models and surfaces where all are known."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import pytest

import workbench as wb
from workbench.census import completeness
from workbench.census.completeness import judge


def exact_posterior(n, w, terms):
    """Boender & Rinnooy Kan's model from its definition: all divisions of n starts among k basins
    equally likely, comb(n+k-1, k-1) of them, and every k as likely beforehand; unnormalised."""
    return [
        (k, Fraction(comb(k, w) * comb(n - 1, w - 1), comb(n + k - 1, k - 1)))
        for k in range(w, w + terms)
    ]


@pytest.mark.parametrize(("n", "w"), [(12, 2), (25, 6), (40, 15), (30, 1)])
def test_the_bayesian_estimate_is_that_of_the_model(n, w):
    weights = exact_posterior(n, w, 1500)
    total = sum(p for _, p in weights)
    mean = sum(k * p for k, p in weights) / total
    # Of the k - w basins without a start each has a mean size of 1 / (n + k) (Dirichlet).
    unseen = sum(p * Fraction(k - w, n + k) for k, p in weights) / total
    assert completeness.expected_minima(n, w) == pytest.approx(float(mean), rel=1e-6)
    assert completeness.expected_unseen_mass(n, w) == pytest.approx(float(unseen), rel=1e-6)
    some = weights[:40]
    wanted = [float(p / total) for _, p in some]
    found = completeness.posterior(n, w, np.array([k for k, _ in some]))
    np.testing.assert_allclose(found, wanted, rtol=1e-9)
    running = np.cumsum([float(p / total) for _, p in weights])
    for confidence in (0.5, 0.95, 0.999):
        assert completeness.minima_most(n, w, confidence) == w + np.searchsorted(
            running, confidence
        )


def test_too_few_starts_give_no_estimate():
    # With n = w + 2 the sum of P(k) is finite and that of k P(k) is not; with n = w + 1 neither is.
    assert completeness.expected_minima(9, 6) == pytest.approx(48.0)
    assert completeness.expected_minima(8, 6) is None
    assert completeness.expected_unseen_mass(8, 6) == pytest.approx(42 / 56)
    assert completeness.expected_unseen_mass(7, 6) is None
    assert completeness.minima_most(7, 6) is None
    nothing = judge(np.array([], int))
    assert (nothing.starts, nothing.distinct, nothing.unseen_mass_most) == (0, 0, 1.0)
    assert nothing.expected_minima is None
    one = judge(np.array([4]))
    assert (one.unseen_mass, one.unseen_mass_most, one.expected_minima) == (1.0, 1.0, None)


def test_the_model_is_right_on_average_when_it_is_true():
    # Draw k uniformly and the sizes from the flat Dirichlet: then the posterior is calibrated.
    rng = np.random.default_rng(2)
    inside, gap, unseen = [], [], []
    for _ in range(800):
        k = int(rng.integers(1, 200))
        sizes = rng.dirichlet(np.ones(k))
        labels = rng.choice(k, 400, p=sizes)
        found = judge(labels)
        if found.distinct < 60:  # the prior goes on beyond 200: judge where that does not matter
            inside.append(k <= found.minima_most)
            gap.append(k - found.expected_minima)
            missed = sizes.sum() - sizes[np.unique(labels)].sum()
            unseen.append(missed - found.expected_unseen_mass)
    assert np.mean(inside) > 0.95 - 3 * np.sqrt(0.05 * 0.95 / len(inside))
    for error in (gap, unseen):
        assert abs(np.mean(error)) < 4 * np.std(error) / np.sqrt(len(error))


@pytest.mark.parametrize("sizes", ["alike", "a power law", "one large, many tiny"])
def test_the_limits_of_the_unseen_mass_hold_whatever_the_basins(sizes):
    k = 300
    shares = {
        "alike": np.ones(k),
        "a power law": 1.0 / np.arange(1, k + 1) ** 1.5,
        "one large, many tiny": np.array([3000.0, *np.ones(k - 1)]),
    }[sizes]
    shares = shares / shares.sum()
    rng = np.random.default_rng(3)
    errors, held = [], {"judge": 0, "counts": 0, "order": 0}
    repeats = 300
    for _ in range(repeats):
        labels = rng.choice(k, 250, p=shares)
        unseen = 1.0 - shares[np.unique(labels)].sum()
        counts = np.unique(labels, return_counts=True)[1]
        errors.append(completeness.good_turing(counts) - unseen)
        held["judge"] += unseen <= judge(labels).unseen_mass_most
        held["counts"] += unseen <= completeness.limit_by_counts(counts)
        held["order"] += unseen <= completeness.limit_by_order(labels)
    # The bias is positive and at most 1 / n.
    bound = 4 * np.std(errors) / np.sqrt(repeats)
    assert -bound < np.mean(errors) < 1 / 250 + bound
    for holds in held.values():
        assert holds >= 0.95 * repeats - 3 * np.sqrt(0.05 * 0.95 * repeats)


def test_the_limit_by_order_fails_as_often_as_it_may():
    # Nothing is ever met twice in the second half alone, so no slack hides a limit that is too low.
    rng, n, repeats = np.random.default_rng(4), 100, 2000
    low = 0
    for _ in range(repeats):
        # A minimum that half of the starts reach, and endlessly many for the rest.
        labels = np.where(rng.random(n) < 0.5, 0, 1 + np.arange(n))
        low += completeness.limit_by_order(labels) < 0.5
    assert 0.01 < low / repeats < 0.05 + 3 * np.sqrt(0.05 * 0.95 / repeats)


# -- surfaces whose minima are all known -----------------------------------------------------------

SURFACES = {"himmelblau": 4, "six_hump_camel": 6, "styblinski_tang": 4, "rastrigin": 121}


@pytest.fixture(scope="module")
def shares():
    """Of each surface the share of starts that end in each of its minima, by its basin map."""
    found = {}
    for name in SURFACES:
        label = wb.basins(name, resolution=128).label
        found[name] = np.bincount(label[label >= 0])
    return {name: counts / counts.sum() for name, counts in found.items()}


@pytest.mark.parametrize("name", SURFACES)
def test_on_surfaces_the_estimates_come_to_what_is_there(name, shares):
    sizes, known = shares[name], SURFACES[name]
    assert np.count_nonzero(sizes) == known
    repeats, many, few = 200, 12 * known, 2 * known
    held, least, expected, gaps = 0, [], [], []
    for seed in range(repeats):
        rng = np.random.default_rng(seed)
        found = judge(rng.choice(len(sizes), many, p=sizes))
        least.append(found.minima_least)
        expected.append(found.expected_minima)
        labels = rng.choice(len(sizes), few, p=sizes)
        found = judge(labels)
        unseen = 1.0 - sizes[np.unique(labels)].sum()
        held += unseen <= found.unseen_mass_most
        gaps.append(found.unseen_mass - unseen)
    assert held >= 0.95 * repeats
    bound = 4 * np.std(gaps) / np.sqrt(repeats)
    assert -bound <= np.mean(gaps) <= 1 / few + bound
    assert np.median(least) <= known * 1.02
    assert known * 0.85 < np.median(expected) < known * 1.15
    complete = judge(np.random.default_rng(0).choice(len(sizes), 60 * known, p=sizes))
    assert complete.distinct == known
    assert complete.expected_minima == pytest.approx(known, rel=0.05)
    assert complete.unseen_mass_most < 0.05
