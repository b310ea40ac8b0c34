"""Running counts: numpy's histogram, however the ends were cut, and bounded memory."""

from __future__ import annotations

import numpy as np
import pytest

from kernels.training import NOT_FINITE
from workbench.comparison.tally import LOSSES, SAMPLE, STEPS, Counts, Tally, histogram


@pytest.fixture
def values():
    rng = np.random.default_rng(3)
    return 10.0 ** rng.normal(-3.0, 1.5, 20_000)


def part_of(start, loss, steps=None, code=None, reached=None):
    n = len(start)
    return {
        "start": start,
        "loss": loss,
        "steps": np.full(n, 7) if steps is None else steps,
        "code": np.zeros(n, np.int8) if code is None else code,
        "steps_to_0.25": np.full(n, np.nan) if reached is None else reached,
        "steps_to_0.2": np.full(n, np.nan),
    }


def test_counts_are_those_of_numpy(values):
    counts = Counts.none(LOSSES).plus(values[:7000]).plus(values[7000:])
    assert np.array_equal(counts.inside, np.histogram(values, LOSSES.edges)[0])
    assert counts.total == len(values)
    edge = Counts.none(STEPS).plus(STEPS.edges[[0, 1, 5]])
    assert np.flatnonzero(edge.inside).tolist() == [0, 1, 5]


def test_what_is_outside_of_the_bins_is_counted_apart():
    odd = np.array([0.0, -1.0, 1e-31, np.inf, np.nan, 1e12, -np.inf, 1.0])
    counts = Counts.none(LOSSES).plus(odd)
    assert (counts.below, counts.never, counts.inside.sum()) == (4, 3, 1)
    assert counts.quantile(0.1) == 0.0
    assert counts.quantile(0.99) == np.inf
    assert np.isnan(Counts.none(LOSSES).quantile(0.5))


def test_the_distribution_is_exact_at_the_borders(values):
    odd = np.concatenate([values, [0.0, np.inf, np.nan]])
    at, share = Counts.none(LOSSES).plus(odd).distribution()
    assert (np.diff(at) > 0).all()
    for x, y in zip(at[::97], share[::97], strict=True):
        assert y == pytest.approx((odd < x).mean(), abs=1e-12)
    few, share_of_few = Counts.none(LOSSES).plus(odd).distribution(100)
    assert 60 <= len(few) <= 100
    assert (few[0], few[-1]) == (at[0], at[-1])
    assert np.array_equal(share_of_few, share[np.searchsorted(at, few)])
    assert np.diff(share_of_few).max() < 0.03
    counts = Counts.none(LOSSES).plus(values)
    for q in (0.05, 0.5, 0.95):
        assert counts.quantile(q) == pytest.approx(np.quantile(values, q), rel=0.02)


def test_bars_hold_all_there_is_and_stay_as_they_are(values):
    some = [Counts.none(LOSSES).plus(values[values < 1e-3]), Counts.none(LOSSES).plus(values)]
    bars = histogram(some, most=40)
    assert 10 < len(bars.edges) - 1 <= 40
    assert bars.shares.sum(1) == pytest.approx([1.0, 1.0])
    found = np.histogram(values, bars.edges)[0] / len(values)
    assert bars.shares[1] == pytest.approx(found, abs=1e-4)  # a border may be rounded otherwise
    assert histogram([Counts.none(STEPS)]).shares.shape == (1, 0)


@pytest.mark.parametrize("most", [1, 2, 7, 80])
def test_bars_are_never_more_than_asked_for(most):
    edges = LOSSES.edges
    for first in range(4000, 4090, 3):
        for count in (1, 2, most, 80, 161, 700):
            ends = edges[[first, first + count - 1]]
            bars = histogram([Counts.none(LOSSES).plus(ends)], most)
            assert 1 <= len(bars.edges) - 1 <= most
            assert bars.edges[0] <= ends[0] < ends[1] * (1 + 1e-9) < bars.edges[-1] * (1 + 1e-6)
            assert bars.shares.sum() == pytest.approx(1.0)


def test_a_tally_does_not_depend_on_cuts(make_plan, values):
    rng = np.random.default_rng(5)
    n = len(values)
    start, steps, reached = np.arange(n), rng.integers(1, 99, n), rng.integers(0, 50, n) * 1.0
    reached[::3] = np.nan
    code = np.where(rng.random(n) < 0.01, NOT_FINITE, 0).astype(np.int8)
    whole = part_of(start, values, steps, code, reached)
    plan = make_plan()
    once = Tally.none(plan).plus(whole)
    pieces = [slice(k, k + 3333) for k in range(0, n, 3333)]
    tallies = [Tally.none(plan).plus({k: v[p] for k, v in whole.items()}) for p in pieces]
    merged = tallies[3]
    for tally in [*tallies[:3], *tallies[4:]]:
        merged = merged.merged(tally)
    assert (once.starts, once.failed) == (n, int((code == NOT_FINITE).sum()))
    assert once.least == merged.least == values[code == 0].min()
    assert np.array_equal(once.loss.inside, merged.loss.inside)
    assert once.loss.never == once.failed
    assert once.steps_to[0.25].never == int(np.isnan(reached).sum())
    assert np.array_equal(once.steps_to[0.25].inside, merged.steps_to[0.25].inside)
    order = np.argsort(merged.sample[:, 0])
    assert np.array_equal(once.sample, merged.sample[order])
    assert SAMPLE / 2 < len(once.sample) <= SAMPLE
    rows = once.sample[:, 0].astype(int)
    assert np.array_equal(rows, np.arange(0, n, once.stride))
    sound = code[rows] == 0
    assert np.array_equal(once.sample[sound, 1], values[rows][sound])
    assert np.array_equal(once.sample[:, 2], steps[rows])


def test_a_million_starts_take_no_more_room_than_a_thousand(make_plan):
    rng = np.random.default_rng(0)
    plan, tally, sizes = make_plan(), None, []
    for k in range(20):
        start = np.arange(50_000 * k, 50_000 * (k + 1))
        part = part_of(start, rng.lognormal(size=50_000))
        tally = (tally or Tally.none(plan)).plus(part)
        sizes.append(len(tally.sample))
    assert tally.starts == 1_000_000
    assert max(sizes) <= SAMPLE
    assert tally.loss.inside.nbytes == Tally.none(plan).loss.inside.nbytes
