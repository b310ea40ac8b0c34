"""The compiler chooses the same bodies as Python does: every way of choosing one, compiled once."""

from __future__ import annotations

import numpy as np
import pytest

from kernels import optimizers, schedules, surfaces
from kernels.descent import descend
from kernels.schedules import new_schedule_memory
from tests import naive

pytestmark = pytest.mark.compiled


@pytest.mark.parametrize(
    ("output", "loss", "penalty"),
    [("softmax", "cross_entropy", "l2"), ("sigmoid", "mean_squared_error", "none")],
)
def test_gradient_of_a_mixed_network(output, loss, penalty, make_case, gradient_of):
    case = make_case(("tanh", "gelu"), output, loss, (3, 4, 3, 2), penalty=penalty)
    found, gradient = gradient_of(case)
    assert found == pytest.approx(case.naive_loss(case.parameters), rel=1e-12)
    assert np.abs(gradient - naive.slope(case.naive_loss, case.parameters)).max() < 1e-9


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam", "conjugate_gradients"])
@pytest.mark.parametrize("schedule", ["constant", "reduce_on_plateau"])
def test_every_kind_of_optimizer_and_schedule_descends(optimizer, schedule):
    surface = surfaces.catalog.get("ravine").make()
    item = optimizers.catalog.get(optimizer).make({"learning_rate": 0.02})
    plan = schedules.catalog.get(schedule).make()
    path, position = np.empty((101, 5)), np.array([3.0, -1.5])
    memory, seen = optimizers.new_memory(item, 2, np.float64), new_schedule_memory(plan)
    filled, _ = descend(surface, item, plan, position, memory, seen, 0, (0.0, 0), path)
    assert path[filled - 1, 2] < 0.9 * path[0, 2]
