"""Line searches: the strong Wolfe conditions, exactness on a quadratic, no way down."""

from __future__ import annotations

import numpy as np
import pytest

from kernels import surfaces
from kernels.line_search import SUFFICIENT, move, wolfe
from kernels.objective import Height
from tests.kernels.test_objective import ask, training_loss


def search(objective, origin, direction, first, flat, kernel=wolfe):
    """(length, loss and slope at the start, loss and slope there)."""
    gradient = np.empty_like(origin)
    loss = ask(objective, origin, gradient)
    start = (loss, float(gradient @ direction), float(np.linalg.norm(gradient)))
    length = kernel(objective, origin, direction, start, first, flat, np.zeros((2, origin.size)))
    loss = ask(objective, origin + length * direction, gradient)
    return length, start, (loss, float(gradient @ direction))


@pytest.mark.parametrize("flat", [0.9, 0.1, 1e-3])
@pytest.mark.parametrize("first", [1e-6, 1.0, 1e6])
def test_strong_wolfe_conditions_hold(flat, first):
    objective = Height(surfaces.catalog.get("rosenbrock").make())
    rng = np.random.default_rng(7)
    for _ in range(20):
        origin = rng.uniform(-2, 2, 2)
        gradient = np.empty(2)
        ask(objective, origin, gradient)
        angle = rng.uniform(-1.4, 1.4)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        length, start, there = search(objective, origin, -turn @ gradient, first, flat)
        assert length > 0.0
        assert there[0] <= start[0] + SUFFICIENT * length * start[1]
        assert abs(there[1]) <= -flat * start[1]


@pytest.mark.parametrize("first", [1e-3, 0.1, 50.0])
def test_a_flat_demand_makes_it_exact_on_a_quadratic(make_case, first):
    case = make_case([], "identity", "mean_squared_error", (3, 2), n=9)
    ones = np.column_stack([case.samples.inputs, np.ones(9)])
    hessian = np.kron(ones.T @ ones / 9, np.eye(2))
    gradient = np.empty(8)
    ask(training_loss(case), case.parameters, gradient)
    for seed in range(5):
        d = -gradient + 0.2 * np.random.default_rng(seed).normal(size=8)
        wanted = -(gradient @ d) / (d @ hessian @ d)
        length, _, _ = search(training_loss(case), case.parameters, d, first, 1e-6)
        assert wanted > 0.0
        assert length == pytest.approx(wanted, rel=1e-5)


def test_no_way_down_is_no_move():
    objective = Height(surfaces.catalog.get("bowl").make())
    origin = np.array([1.0, -2.0])
    uphill = np.array([1.0, -2.0])
    assert search(objective, origin.copy(), uphill, 1.0, 0.9, move)[0] == 0.0
    # At the bottom the slope is zero, and what is claimed to fall does not.
    bottom = np.zeros(2)
    assert move(objective, bottom, uphill, (0.0, 0.0, 0.0), 1.0, 0.9, np.zeros((2, 2))) == 0.0
    assert move(objective, bottom, uphill, (0.0, -1.0, 0.0), 1.0, 0.9, np.zeros((2, 2))) == 0.0
    assert move(objective, bottom, uphill, (0.0, np.nan, 0.0), 1.0, 0.9, np.zeros((2, 2))) == 0.0
    assert bottom.tolist() == [0.0, 0.0]


def test_a_first_length_beyond_all_numbers_is_shortened():
    objective = Height(surfaces.catalog.get("rosenbrock").make())
    origin = np.array([-1.2, 1.0])
    gradient = np.empty(2)
    ask(objective, origin, gradient)
    length, start, there = search(objective, origin, -gradient, 1e80, 0.9)
    assert 0.0 < length < 1.0
    assert there[0] < start[0]


def test_move_goes_where_the_search_says():
    objective = Height(surfaces.catalog.get("himmelblau").make())
    origin, direction = np.array([0.0, 0.0]), np.array([1.0, 1.0])
    length, start, _ = search(objective, origin, direction, 0.3, 0.1)
    moved = origin.copy()
    assert move(objective, moved, direction, start, 0.3, 0.1, np.zeros((2, 2))) == length
    assert np.array_equal(moved, origin + length * direction)
