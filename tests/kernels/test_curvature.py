"""Hessians and their products, against differences of gradients, JAX and each other."""

from __future__ import annotations

import numpy as np
import pytest

from kernels import curvature, hessian, penalties
from tests.kernels.test_network import MIXTURES, PAIRS, SHAPES, mixed_sizes
from tests.naive import unpack

# Every output and every loss; tests of the losses take all pairs' second derivatives.
SOME_PAIRS = [
    (output, loss)
    for output, loss in PAIRS
    if loss == "mean_squared_error" or output == next(o for o, other in PAIRS if other == loss)
]


def hessian_of(case, shares=None):
    """The kernels' Hessian of a case; ``shares`` of its units are computed apart."""
    dtype = case.parameters.dtype
    width, panel = curvature.tile_width(dtype), hessian.panel_width(dtype)
    curve = curvature.new_curve(case.network, dtype, width)
    panels = hessian.new_panels(case.network, dtype, width, panel)
    for array in (panels.columns, panels.left):
        array.fill(np.nan)  # nothing may be left over from a call before
    n = len(case.parameters)
    out = np.full((n, n), np.nan, dtype)
    for share in shares or [(0, sum(case.sizes[1:]))]:
        hessian.hessian_rows(
            case.network, case.parameters, case.samples, share, width, panel, curve, panels
        )
    hessian.complete(case.network, case.parameters, curve.diagonal, panels.upper, out)
    return out


def product_of(case, vector, cuts=()):
    """The kernels' H v of a case, in parts cut at these samples."""
    dtype, n = case.parameters.dtype, len(case.samples.inputs)
    width = curvature.tile_width(dtype)
    curve = curvature.new_curve(case.network, dtype, width)
    out = np.zeros_like(case.parameters)
    for first, last in zip((0, *cuts), (*cuts, n), strict=True):
        curvature.hessian_vector(
            case.network, case.parameters, case.samples, (first, last), vector, width, curve, out
        )
    return out


def differences(case, gradient_of, h=1e-3):
    """The Hessian from central differences of the kernels' gradients, with Richardson's step."""
    start = case.parameters.copy()

    def slope(k, h):
        found = []
        for sign in (1.0, -1.0):
            case.parameters[:] = start
            case.parameters[k] += sign * h
            found.append(gradient_of(case)[1])
        case.parameters[:] = start
        return (found[0] - found[1]) / (2 * h)

    return np.array([(4 * slope(k, h / 2) - slope(k, h)) / 3 for k in range(start.size)])


def check(case, gradient_of):
    found, wanted = hessian_of(case), differences(case, gradient_of)
    assert np.array_equal(found, found.T)
    assert np.abs(found - wanted).max() < 1e-7 * max(np.abs(wanted).max(), 1e-2)
    vector = np.random.default_rng(5).normal(size=case.parameters.size)
    bound = 1e-13 * max(np.abs(found).max(), 1e-2) * np.abs(vector).sum()
    assert np.abs(product_of(case, vector) - found @ vector).max() < bound
    return found


@pytest.mark.parametrize(("output", "loss"), SOME_PAIRS)
def test_every_output_and_loss(output, loss, make_case, gradient_of):
    check(make_case(["tanh"] * 2, output, loss), gradient_of)


@pytest.mark.parametrize("names", MIXTURES, ids="-".join)
def test_every_activation(names, make_case, gradient_of):
    case = make_case(names, "softmax", "cross_entropy", mixed_sizes(names))
    check(case, gradient_of)


@pytest.mark.parametrize("shape", SHAPES)
def test_any_depth(shape, make_case, gradient_of):
    sizes, names = SHAPES[shape]
    output, loss = (
        ("identity", "mean_squared_error") if sizes[-1] == 1 else ("softmax", "cross_entropy")
    )
    found = check(make_case(names, output, loss, sizes), gradient_of)
    assert np.abs(found).max() > 1e-3


@pytest.mark.parametrize("penalty", penalties.catalog.names())
def test_penalties_count(penalty, make_case, gradient_of):
    check(
        make_case(["tanh"], "identity", "mean_squared_error", (3, 4, 2), penalty=penalty),
        gradient_of,
    )


def many(make_case, n, dtype=np.float64):
    return make_case(["tanh", "tanh"], "softmax", "cross_entropy", (5, 4, 3, 2), n, dtype)


def test_sums_over_more_than_one_tile_of_samples(make_case, gradient_of):
    check(many(make_case, 131), gradient_of)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rows_do_not_depend_on_who_computes_the_others(dtype, make_case):
    case = many(make_case, 70, dtype)
    shares = [(7, 9), (0, 3), (3, 7)]
    assert np.array_equal(hessian_of(case, shares), hessian_of(case))


def test_parts_of_a_product_add_up(make_case):
    case = many(make_case, 131)
    vector = np.random.default_rng(6).normal(size=case.parameters.size)
    cut = len(curvature.tile_width(np.float64)) * 2
    whole, parts = product_of(case, vector), product_of(case, vector, (cut,))
    assert np.array_equal(parts, whole)


def test_float32_differs_by_rounding_only(make_case):
    wide, narrow = many(make_case, 40), many(make_case, 40, np.float32)
    wanted, found = hessian_of(wide), hessian_of(narrow)
    assert found.dtype == np.float32
    assert np.abs(found - wanted).max() < 1e-6 * np.abs(wanted).max()
    vector = np.random.default_rng(7).normal(size=wide.parameters.size)
    product = product_of(narrow, vector.astype(np.float32))
    assert np.abs(product - wanted @ vector).max() < 1e-6 * np.abs(wanted).max() * len(vector)


def test_a_kink_has_the_curvature_of_its_piece(make_case):
    # With all weights zero every ReLU stands at its kink, where f' = f'' = 0: only the last bias
    # moves the answer, and half of (p - t)² has second derivative one.
    case = make_case(["relu"], "identity", "mean_squared_error", (2, 3, 1))
    case.parameters[:] = 0.0
    wanted = np.zeros((13, 13))
    wanted[12, 12] = 2.0
    assert np.array_equal(hessian_of(case), wanted)


@pytest.mark.peers
@pytest.mark.parametrize(
    ("output", "loss"),
    [
        ("softmax", "cross_entropy"),
        ("sigmoid", "mean_squared_error"),
        ("softmax", "mean_squared_error"),
    ],
)
@pytest.mark.parametrize("name", ["relu", "tanh", "gelu", "silu"])
def test_hessian_is_that_of_jax(name, output, loss, make_case):
    jax = pytest.importorskip("jax")
    from jax import numpy as jnp

    case = make_case([name] * 2, output, loss, (6, 5, 4, 3), 50)
    inputs, targets = case.samples
    twins = {
        "relu": jax.nn.relu,
        "tanh": jnp.tanh,
        "gelu": lambda z: jax.nn.gelu(z, approximate=False),
        "silu": jax.nn.silu,
    }

    def total(parameters):
        values = inputs
        layers = unpack(parameters, case.sizes)
        for k, (weights, bias) in enumerate(layers):
            z = values @ weights + bias
            values = twins[name](z) if k < len(layers) - 1 else z
        if loss == "cross_entropy":
            return -jnp.mean(jnp.sum(targets * jax.nn.log_softmax(z), 1))
        answers = jax.nn.softmax(z) if output == "softmax" else jax.nn.sigmoid(z)
        return jnp.mean((answers - targets) ** 2)

    with jax.enable_x64(True):
        wanted = np.asarray(jax.hessian(total)(jnp.asarray(case.parameters)))
    found = hessian_of(case)
    assert np.linalg.norm(found - wanted) < 1e-10 * np.linalg.norm(wanted)
    assert np.linalg.norm(wanted) > 1e-2
