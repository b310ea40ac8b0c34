"""A census of planted ends: who ends where, how often, and what is written of it."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.stats import binomtest

import workbench as wb
from workbench.census.table import describe


@pytest.fixture(scope="module")
def made(model_of, planted, twin):
    """(experiment, ends, groups, starts, which base each end is of; -1: a saddle)."""
    model, rng = model_of("relu"), np.random.default_rng(1)
    bases = rng.normal(size=(4, model.parameter_count))
    which = np.concatenate([rng.choice(5, 60, p=[0.5, 0.2, 0.1, 0.02, 0.18]) for _ in range(2)])
    which[which == 4] = -1
    ends = [
        planted(model, bases[k], "saddle")
        if k < 0
        else planted(model, twin(model, bases[k], "relu", rng))
        for k in which
    ]
    groups, starts = np.repeat([0, 1], 60), np.tile(np.arange(60), 2)
    return model.experiment, ends, groups, starts, which


@pytest.fixture(scope="module")
def census(made):
    experiment, ends, groups, starts, _ = made
    return wb.take_census(
        experiment, ends, groups, starts, names=["he_normal", "zeros"], neighbours=2, threads=1
    )


def test_every_end_is_counted_where_it_belongs(census, made):
    _, ends, groups, starts, which = made
    assert len(census.minima) == len(np.unique(which[which >= 0]))
    np.testing.assert_array_equal(census.labels < 0, which < 0)
    met = which >= 0
    same = census.labels[met][:, None] == census.labels[met]
    np.testing.assert_array_equal(same, which[met][:, None] == which[met])
    losses = [m.loss for m in census.minima]
    assert losses == sorted(losses)
    for m in census.minima:
        mine = census.labels == m.id
        assert m.count == mine.sum()
        example = np.flatnonzero((groups == m.example_group) & (starts == m.example_start))[0]
        assert example == np.flatnonzero(mine)[0]
        np.testing.assert_array_equal(m.parameters, ends[example].parameters)
        for g, hits in enumerate(m.hits):
            assert (hits.count, hits.starts) == ((mine & (groups == g)).sum(), 60)
            wilson = binomtest(hits.count, 60).proportion_ci(method="wilson")
            assert (hits.low, hits.high) == (
                pytest.approx(wilson.low, abs=1e-12), pytest.approx(wilson.high, abs=1e-12),
            )  # fmt: skip
    saddles = tuple((which[groups == g] < 0).sum() for g in (0, 1))
    assert census.kinds["saddle"] == saddles
    assert sum(sum(counts) for counts in census.kinds.values()) == len(ends)


def test_what_an_example_is_measured_at(census, made):
    model = wb.Model(made[0])
    for m in census.minima:
        assert m.loss == pytest.approx(model.measures(m.parameters, model.train)[0], rel=1e-9)
        assert m.loss_test == model.measures(m.parameters, model.test)[0]
        assert (m.largest, m.trace) == (3.0, 7.0)
    assert [m.nearest is not None for m in census.minima] == [m.id < 2 for m in census.minima]
    assert all(m.nearest.exact and m.nearest.other != m.id for m in census.minima[:2])


def test_completeness_is_judged_by_group_and_overall(census, made):
    groups, which = made[2], made[3 + 1]
    for g, c in enumerate(census.completeness):
        seen = which[(groups == g) & (which >= 0)]
        counts = np.unique(seen, return_counts=True)[1]
        assert (c.starts, c.distinct, c.once) == (len(seen), len(counts), (counts == 1).sum())
    assert census.overall.starts == (which >= 0).sum()
    assert census.overall.distinct == len(census.minima)
    limits = [c.unseen_mass_most for c in census.completeness]
    assert census.overall.unseen_mass_most >= min(limits)


def test_tables_hold_everything_and_no_nan(census):
    text = json.dumps(census.to_dict(), allow_nan=False)
    assert json.loads(text)["minima"][0]["id"] == 0
    rows = list(census.rows())
    assert len({tuple(row) for row in rows}) == 1
    assert [row["hits"] for row in rows] == [m.count for m in census.minima]
    lines = describe(census.to_dict()).splitlines()
    assert lines[0].split()[-2:] == ["nearest", "barrier"]
    assert len([line for line in lines if "strict minimum " in line]) == len(census.minima)
    assert any(line.startswith("saddle: ") for line in lines)
    short = describe(census.to_dict(), most=1)
    assert f"and {len(census.minima) - 1} more" in short


def test_order_and_threads_of_the_work_change_nothing(census, made):
    experiment, ends, groups, starts, _ = made
    again = wb.take_census(
        experiment, ends, groups, starts, names=["he_normal", "zeros"], neighbours=2, threads=2
    )
    assert again.to_dict() == census.to_dict()
    stopped = wb.take_census(experiment, ends, groups, starts, neighbours=2, cancelled=lambda: True)
    assert all(m.nearest is None for m in stopped.minima)


def test_no_ends_and_no_minima(made):
    experiment, ends, *_ = made
    nothing = wb.take_census(experiment, [])
    assert (nothing.minima, nothing.starts) == ((), (0,))
    saddle = next(end for end in ends if end.kind == "saddle")
    only = wb.take_census(experiment, [saddle])
    assert (only.minima, only.kinds) == ((), {"saddle": (1,)})
    told = describe(only.to_dict()).splitlines()
    assert told == ["no end is a minimum, of 1 looked at: 1 saddle",
                    "saddle: 1 group 0"]  # fmt: skip
    json.dumps(only.to_dict(), allow_nan=False)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"groups": [0]}, "groups: must be 2 whole numbers"),
        ({"groups": [0, 5], "names": ["a", "b"]}, "groups: must be from 0 to 1.*got 5"),
        ({"groups": [0, -1]}, "groups: must be from 0"),
        ({"starts": [0.5, 1.0]}, "starts: must be 2 whole numbers"),
    ],
)
def test_what_does_not_fit_is_said_in_one_line(made, changes, words):
    with pytest.raises(wb.BadValue, match=words) as error:
        wb.take_census(made[0], made[1][:2], **changes)
    assert "\n" not in str(error.value)
