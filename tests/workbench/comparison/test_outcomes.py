"""Summaries and tests of compared cases, against plain loops and SciPy on the same arrays."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from workbench.comparison.compared import Compared
from workbench.comparison.outcomes import BEST, MOST_ALL_PAIRS, analyse
from workbench.errors import BadValue

N = 60


def some(cases=3, n=N, **changes):
    """Cases whose losses have a common part; some starts of the last one diverged."""
    rng = np.random.default_rng(11)
    common = rng.normal(size=n)
    loss = [np.exp(common + rng.normal(k / 2, 1, n)) for k in range(cases)]
    loss[-1][:5] = np.nan
    steps = [np.where(x <= 1, np.ceil(100 * x), np.nan) for x in loss]
    given = {
        "names": [f"case {k}" for k in range(cases)],
        "loss": loss,
        "steps": [np.full(n, 500)] * cases,
        "diverged": [np.isnan(x) for x in loss],
        "tolerances": (1.0,),
        "steps_to": {1.0: steps},
    }
    return Compared(**(given | changes))


@pytest.fixture(scope="module")
def compared():
    return some()


@pytest.fixture(scope="module")
def found(compared):
    return analyse(compared)


def test_cases_are_summarised(compared, found):
    for case, loss in zip(found.cases, compared.loss, strict=True):
        hits = int((loss <= 1).sum())
        rate = case.success["loss ≤ 1"]
        wilson = stats.binomtest(hits, N).proportion_ci(method="wilson")
        assert (rate.hits, rate.count, rate.share) == (hits, N, hits / N)
        assert (rate.low, rate.high) == pytest.approx((wilson.low, wilson.high))
        assert case.best == np.nanmin(loss)
        assert case.steps == (500, 500, 500)
        assert case.loss_test is None
    assert [case.diverged for case in found.cases] == [0, 0, 5]
    # The first five of 60 count as infinite: the median is that of all of them.
    whole = np.sort(compared.loss[2])
    assert found.cases[2].loss.median == pytest.approx((whole[29] + whole[30]) / 2)


def test_every_pair_is_tested_by_every_measure(found):
    measures = ("success: loss ≤ 1", "final loss", "steps to loss ≤ 1")
    pairs = list(combinations([f"case {k}" for k in range(3)], 2))
    assert [(t.measure, t.first, t.second) for t in found.tests] == [
        (measure, *pair) for measure in measures for pair in pairs
    ]
    assert found.omitted == ()


def test_success_is_mcnemars(compared, found):
    for test in found.tests[:3]:
        i, j = int(test.first[-1]), int(test.second[-1])
        a, b = compared.loss[i] <= 1, compared.loss[j] <= 1
        one, two = int((a & ~b).sum()), int((~a & b).sum())
        assert (test.first_better, test.second_better) == (one, two)
        assert test.pairs == N
        assert test.p == pytest.approx(stats.binomtest(one, one + two).pvalue)
        assert test.effect.estimate == pytest.approx(a.mean() - b.mean())
        assert test.shift is None


def test_losses_are_wilcoxons_with_failures_last(compared, found):
    for test in found.tests[3:6]:
        a, b = (
            np.nan_to_num(compared.loss[int(x[-1])], posinf=1e9) for x in (test.first, test.second)
        )
        expected = stats.wilcoxon(a, b, method="exact")
        if not (np.abs(a - b) > 1e8).any():  # else SciPy's exact one does not know the ties
            assert test.p == pytest.approx(expected.pvalue)
        assert (test.first_better, test.second_better) == ((a < b).sum(), (a > b).sum())
        # Positive favours the first, which is lower.
        assert np.sign(test.effect.estimate) == np.sign(-test.shift.estimate)
        assert test.finite == N - 5 * (test.second == "case 2")


def test_steps_that_were_never_made_rank_last_and_tie(compared, found):
    for test in found.tests[6:]:
        a, b = (compared.steps_to[1.0][int(x[-1])] for x in (test.first, test.second))
        never = np.isinf(a) & np.isinf(b)
        assert test.equal == (never | (a == b)).sum()
        assert test.first_better == (a < b).sum()
        both = np.isfinite(a) & np.isfinite(b)
        assert test.finite == both.sum()
        d = a[both] - b[both]
        means = [(d[i] + d[j]) / 2 for i in range(len(d)) for j in range(i, len(d))]
        assert test.shift.estimate == pytest.approx(np.median(means))


def test_holms_correction_is_over_all_tests(found):
    p = sorted((t.p, t.p_holm) for t in found.tests)
    assert p[0][1] == pytest.approx(min(1.0, len(p) * p[0][0]))
    assert all(raw <= adjusted <= 1 for raw, adjusted in p)


def test_many_cases_are_compared_with_the_first_only():
    cases = MOST_ALL_PAIRS + 1
    found = analyse(some(cases, 20))
    assert found.against == "case 0"
    assert {t.second for t in found.tests} == {"case 0"}
    assert len(found.tests) == 3 * (cases - 1)
    assert {t.second for t in analyse(some(3, 20), against="case 1").tests} == {"case 1"}


def test_ends_that_were_not_looked_at_are_left_out_of_their_measure_only():
    reached = [np.repeat([1, 0, -1], 20), np.tile([1, 0], 30), np.full(N, 0)]
    found = analyse(some(reached=reached))
    rate = found.cases[0].success[BEST]
    assert (rate.hits, rate.count) == (20, 40)
    tests = {(t.first, t.second): t for t in found.tests if t.measure == f"success: {BEST}"}
    assert tests["case 0", "case 1"].pairs == 40
    assert tests["case 1", "case 2"].pairs == 60
    assert tests["case 0", "case 1"].first_better == 10


def test_what_is_alike_everywhere_is_not_tested():
    loss = [np.array([0.1, 0.2, 0.3])] * 2
    alike = Compared(("a", "b"), loss, loss, [np.zeros(3, bool)] * 2, (1.0, 0.01))
    found = analyse(alike)
    assert found.omitted == ("success: loss ≤ 1", "success: loss ≤ 0.01")
    assert [(t.measure, t.p, t.p_holm) for t in found.tests] == [("final loss", 1.0, 1.0)]


def test_given_arrays_stay_as_they_are():
    given = [np.array([np.nan, 1.0]), np.array([-np.inf, 2.0])]
    kept = [x.copy() for x in given]
    made = Compared(("a", "b"), given, given, [np.zeros(2, bool)] * 2)
    np.testing.assert_array_equal(given, kept)
    np.testing.assert_array_equal(made.loss, [[np.inf, 1], [np.inf, 2]])
    np.testing.assert_array_equal(made.diverged, [[True, False]] * 2)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"names": ["a", "a", "b"]}, "names"),
        ({"names": ["a", "b"]}, "diverged"),
        ({"steps": [np.zeros(N)] * 2}, "steps"),
        ({"steps": [np.zeros(N - 1)] * 3}, "steps"),
        ({"tolerances": (0.5,)}, "steps_to"),
        ({"reached": [np.zeros(N)]}, "reached"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(changes, field):
    with pytest.raises(BadValue) as caught:
        some(**changes)
    assert caught.value.field == field
