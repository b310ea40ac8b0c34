"""The loss over a plane is the loss at each of its points."""

from __future__ import annotations

import numpy as np
import pytest

from kernels.lanes import COMPILED
from kernels.plane import PlaneGrid, new_plane_bench, plane_losses


@pytest.fixture(scope="module", params=[4, 2] if COMPILED else [1])
def width(request):
    return (None,) * request.param


def test_grid_is_the_naive_loss(make_case, width):
    case = make_case(["tanh", "tanh"], "softmax", "mean_squared_error")
    rng = np.random.default_rng(0)
    directions = rng.normal(size=(2, case.parameters.size))
    along, across = np.linspace(-1, 1, 5), np.linspace(-2, 3, 3)
    out, held = np.full((3, 5), np.nan), case.parameters.copy()
    grid = PlaneGrid(case.parameters, directions, along, across)
    bench = new_plane_bench(case.network, np.float64, width)
    plane_losses(case.network, grid, case.samples, bench, 0, 6, out, width)
    assert np.isnan(out.reshape(-1)[6:]).all()
    plane_losses(case.network, grid, case.samples, bench, 6, 15, out, width)
    for i, b in enumerate(across):
        for j, a in enumerate(along):
            point = held + a * directions[0] + b * directions[1]
            assert np.isclose(out[i, j], case.naive_loss(point), rtol=1e-12)
    assert np.array_equal(case.parameters, held)
