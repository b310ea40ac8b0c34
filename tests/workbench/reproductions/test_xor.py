"""Exclusive or without local minima: known points, and what would contradict the theorem."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

import workbench as wb
from workbench.model import Model
from workbench.reproductions import Watch, xor

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
WANTED = np.array([0.0, 1.0, 1.0, 0.0])


@pytest.fixture(scope="module")
def model():
    return Model(wb.Experiment.preset("xor_2_2_1"))


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def loss(p):
    """Mean squared error of the 2-2-1 network, by its formula."""
    p = np.asarray(p)
    hidden = sigmoid(CORNERS @ p[:4].reshape(2, 2) + p[4:6])
    return np.mean((sigmoid(hidden @ p[6:8] + p[8]) - WANTED) ** 2)


def test_planted_points_are_stationary_with_all_answers_one_half(model):
    points = xor.stationary(model, 12, 3)
    for p in points:
        assert loss(p) == pytest.approx(0.25, abs=1e-15)
        steps = 1e-5 * np.eye(9)
        slopes = [(loss(p + step) - loss(p - step)) / 2e-5 for step in steps]
        np.testing.assert_allclose(slopes, 0.0, atol=1e-11)
    zeros = [(points[k::6][:, 4:8] == 0.0).all(0).tolist() for k in range(6)]
    assert zeros[0] == [False] * 4
    assert zeros[2] == [True, True, False, False]
    assert zeros[5] == [True] * 4
    assert len(np.unique(points[::6], axis=0)) == 2


def test_saturated_patterns_are_counted(model):
    p = np.array([30.0, 0.1, 30.0, 0.1, -15.0, 0.0, 1.0, 1.0, 0.0])
    assert xor.fewest_saturated(model, p) == 4
    p[:4] = [30.0, 0.1, 0.5, 0.1]
    p[4] = 0.0
    assert xor.fewest_saturated(model, p) == 2
    assert xor.fewest_saturated(model, np.zeros(9)) == 0


def test_the_census_comes_to_the_theorem(model):
    made = wb.reproduce("xor", starts=150, points=12)
    assert [f.agrees for f in made.findings] == [True] * 5
    assert made.facts["local_minima"] == 0
    rows = made.outcome.tables["ends"].rows
    assert len(rows) == 150
    assert sum(made.facts["kinds"].values()) == 150
    stuck = [row for row in rows if row[1] > 0.01]
    assert len(stuck) == made.facts["stuck"] >= 10
    assert all(np.isnan(row[2]) for row in rows if row[1] <= 0.01)
    # Ends above 0 approach the losses of two patterns at 1/2, or of three at 2/3 and one at 0.
    high = np.array([row[4] for row in rows if row[4] > 1e-6])
    gaps = np.abs(high[:, None] - [1 / 8, 1 / 6]).min(1)
    assert gaps.max() < 1e-8
    assert made.outcome.tables["stationary"].rows[0][1] == 0.25
    assert made.outcome.figures["losses"]().axes


def test_a_minimum_above_the_infimum_would_be_found_out():
    minimum = SimpleNamespace(loss=0.125, count=2)
    ends = [SimpleNamespace(kind="strict minimum", loss=0.125)] * 2
    ends += [SimpleNamespace(kind="infimum at infinity", loss=1e-11)]
    found = list(xor._census_says(SimpleNamespace(minima=[minimum]), ends))
    assert [f.agrees for f in found] == [False, False]
    assert found[0].ours == "2 of 3"
    assert found[1].ours == "2 strict minimum"
    found = list(xor._stuck_say(np.array([0.2, 0.125]), np.array([0.1, 0.125]), ends, [0, 2, 0]))
    assert [f.agrees for f in found] == [False, False]
    assert found[0].ours == "1 of 2"


def test_a_start_that_is_stuck_is_trained_on_from_where_it_was(model):
    experiment = model.experiment.replace(stop={"steps": 200})
    parameters, losses = xor._train(Watch(), experiment, 3)
    again, later = xor._train(Watch(), experiment, 3, parameters)
    for start in range(3):
        assert losses[start] == pytest.approx(loss(parameters[start]), rel=1e-12)
        assert later[start] == pytest.approx(loss(again[start]), rel=1e-12)
        run = wb.run(experiment.replace(start=start, stop={"steps": 400}))
        np.testing.assert_allclose(again[start], run.parameters, rtol=1e-9)
