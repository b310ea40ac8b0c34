"""The loss over a plane is the loss at each of its points."""

from __future__ import annotations

import numpy as np

from kernels import network
from kernels.plane import plane_losses


def test_grid_is_the_naive_loss(make_case):
    case = make_case(["tanh", "tanh"], "softmax", "mean_squared_error")
    rng = np.random.default_rng(0)
    directions = rng.normal(size=(2, case.parameters.size))
    along, across = np.linspace(-1, 1, 4), np.linspace(-2, 3, 3)
    out, held = np.empty((3, 4)), case.parameters.copy()
    plane_losses(
        case.network, case.parameters, directions, along, across, case.samples,
        np.empty_like(held), network.new_work(case.network, np.float64), out,
    )  # fmt: skip
    for i, b in enumerate(across):
        for j, a in enumerate(along):
            point = held + a * directions[0] + b * directions[1]
            assert np.isclose(out[i, j], case.naive_loss(point), rtol=1e-12)
    assert np.array_equal(case.parameters, held)
