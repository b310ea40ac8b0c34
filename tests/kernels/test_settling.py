"""Descents to rest: against SciPy's minimum, and when they end."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from kernels.optimizers import catalog, new_memory
from kernels.settling import descend
from tests.kernels.conftest import make_case
from tests.kernels.test_objective import ask, training_loss


@pytest.fixture(scope="module")
def case():
    return make_case(["tanh"], "identity", "mean_squared_error", (2, 3, 1), n=20)


def settle(case, gentle, most):
    """(steps, loss, whether it went down at every step, parameters, gradient)."""
    item = catalog.get("lbfgs").make()
    p, gradient = case.parameters.copy(), np.empty_like(case.parameters)
    memory = new_memory(item, p.size, p.dtype)
    return *descend(item, training_loss(case, ""), p, gradient, memory, gentle, most), p, gradient


def test_it_comes_to_rest_where_scipy_does(case):
    steps, loss, down, p, gradient = settle(case, 1e-6, 5000)
    objective = training_loss(case, "")
    held = np.empty_like(p)
    assert down
    assert 0 < steps < 5000
    assert np.linalg.norm(gradient) <= 1e-6
    assert loss == pytest.approx(ask(objective, p, held))
    np.testing.assert_allclose(held, gradient)
    found = minimize(lambda x: ask(objective, x, held), p, jac=lambda x: held.copy(), method="BFGS")
    assert loss <= found.fun + 1e-9


def test_it_ends_after_so_many_steps_and_at_once_where_all_is_gentle(case):
    assert settle(case, 1e-12, 3)[0] == 3
    steps, loss, down, p, _ = settle(case, 1e9, 100)
    assert (steps, down) == (0, True)
    assert loss == pytest.approx(ask(training_loss(case, ""), p, np.empty_like(p)))
    np.testing.assert_array_equal(p, case.parameters)


def test_it_ends_where_the_loss_is_no_number(case):
    case.parameters[0], held = np.nan, case.parameters[0]
    try:
        assert settle(case, 1e-6, 10)[0] == 0
    finally:
        case.parameters[0] = held


def test_it_ends_where_rounding_leaves_no_way_down(case):
    steps, loss, down, p, gradient = settle(case, 0.0, 100_000)
    assert not down
    assert 0 < steps < 100_000
    assert 0.0 < np.linalg.norm(gradient) < 1e-6
    assert loss == pytest.approx(ask(training_loss(case, ""), p, np.empty_like(p)))
