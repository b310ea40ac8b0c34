"""A tile's losses and gradients are those of each of its networks."""

from __future__ import annotations

import numpy as np
import pytest

from kernels import network
from kernels.jit import exact_kernel
from kernels.lanes import COMPILED, store
from kernels.lanes.loops import BLOCK
from kernels.tiles import aligned, gradient_tile, losses_tile, new_tile_work, right_tile

pytestmark = pytest.mark.emits

WIDTH = (None,) * (4 if COMPILED else 1)


@exact_kernel
def measure(net, p, samples, gradient, other, work, out, width):
    n = samples.inputs.shape[0]
    loss = gradient_tile(net, p, samples.inputs, samples.targets, n, gradient, work, width)
    store(out, 0, loss)
    store(out, 1, losses_tile(net, p, samples, other, work, width))
    store(out, 2, right_tile(net, p, samples, work, width))


def measured(case, points):
    """Loss, loss by forward passes, accuracy, each (width,), and gradients (n, width)."""
    p, g, other = (aligned(points.shape, points.dtype) for _ in range(3))
    p[:] = points
    out = aligned((3, len(WIDTH)), np.float64)
    work = new_tile_work(case.sizes, points.dtype, WIDTH)
    measure(case.network, p, case.samples, g, other, work, out, WIDTH)
    assert np.array_equal(p, points)
    return *out, g


CASES = {
    # More columns and samples than blocks hold, and every remainder.
    "wide": (["tanh", "relu"], "softmax", "mean_squared_error", (5, 13, 7, 3), BLOCK + 7),
    "deep": (["gelu", "tanh", "gelu"], "sigmoid", "cross_entropy", (2, 3, 1, 2, 1), 3),
    "linear": ([], "identity", "mean_squared_error", (9, 2), 6),
    "sided": ([], "identity", "hinge", (4, 1), 6),
}


@pytest.mark.parametrize("name", CASES)
def test_gradients_are_those_of_single_networks(name, make_case, gradient_of):
    names, output, loss, sizes, n = CASES[name]
    case = make_case(names, output, loss, sizes, n)
    rng = np.random.default_rng(5)
    points = rng.normal(0, 0.8, (case.parameters.size, len(WIDTH)))
    points[:, 0] = case.parameters
    losses, forward, right, gradient = measured(case, points)
    assert np.array_equal(losses, forward)
    assert np.isclose(losses[0], case.naive_loss(case.parameters), rtol=1e-13)
    for lane in range(len(WIDTH)):
        case.parameters = np.ascontiguousarray(points[:, lane])
        loss, wanted = gradient_of(case)
        assert np.isclose(losses[lane], loss, rtol=1e-13)
        assert np.abs(gradient[:, lane] - wanted).max() < 1e-13
        share = network.evaluate(
            case.network, case.parameters, case.samples, network.new_work(case.network, np.float64)
        )[1]
        assert right[lane] == share


def test_a_network_that_overflows_leaves_the_others_alone(make_case):
    if not COMPILED:
        pytest.skip("one lane has no neighbours")
    names, output, loss, sizes, n = CASES["wide"]
    case = make_case(names, output, loss, sizes, n)
    points = np.random.default_rng(6).normal(0, 0.8, (case.parameters.size, len(WIDTH)))
    calm = measured(case, points)
    wild = points.copy()
    wild[:, 1] = 1e200
    stormy = measured(case, wild)
    others = [0, 2, 3]
    assert not np.isfinite(stormy[3][:, 1]).all()
    for a, b in zip(calm, stormy, strict=True):
        assert np.array_equal(a[..., others], b[..., others])


def test_references_to_arrays_are_not_counted(make_case):
    if not COMPILED:
        pytest.skip("nothing is compiled")
    case = make_case(*CASES["deep"])
    measured(case, np.zeros((case.parameters.size, len(WIDTH))))
    for text in measure.inspect_llvm().values():
        assert "NRT_incref" not in text
        assert "NRT_decref" not in text
