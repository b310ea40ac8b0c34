"""Losses, accuracies and gradients of many points are those of each point alone."""

from __future__ import annotations

import numpy as np
import pytest

from kernels import network as scalar
from kernels.lanes import COMPILED
from kernels.plane import (
    new_plane_bench,
    point_accuracies,
    point_gradients,
    point_losses,
    points_anywhere,
    points_of_plane,
)
from tests import naive


@pytest.fixture(scope="module", params=[4, 2] if COMPILED else [1])
def width(request):
    return (None,) * request.param


@pytest.fixture
def case(make_case):
    return make_case(["tanh", "tanh"], "softmax", "mean_squared_error", penalty="l2")


@pytest.fixture
def plane(case):
    """Nine points of a plane, for the kernel and written out."""
    rng = np.random.default_rng(0)
    directions, places = rng.normal(size=(2, case.parameters.size)), rng.normal(size=(9, 2))
    points = points_of_plane(case.parameters, directions, places, np.float64)
    return points, case.parameters + places @ directions


def test_losses_over_a_plane_are_the_naive_ones(case, plane, width):
    points, rows = plane
    out, held = np.full(9, np.nan), case.parameters.copy()
    bench = new_plane_bench(case.network, np.float64, width)
    point_losses(case.network, points, case.samples, bench, 2, 5, out, width)
    assert np.isnan(out).tolist() == [not 2 <= k < 5 for k in range(9)]
    for first, last in ((0, 2), (5, 9)):
        point_losses(case.network, points, case.samples, bench, first, last, out, width)
    np.testing.assert_allclose(out, [case.naive_loss(row) for row in rows], rtol=1e-12)
    np.testing.assert_array_equal(case.parameters, held)


def test_points_anywhere_are_those_given(case, plane, width):
    _, rows = plane
    out = np.full(9, np.nan)
    bench = new_plane_bench(case.network, np.float64, width)
    point_losses(
        case.network, points_anywhere(rows, np.float64), case.samples, bench, 0, 9, out, width
    )
    np.testing.assert_allclose(out, [case.naive_loss(row) for row in rows], rtol=1e-12)


def test_gradients_are_those_of_single_networks(case, plane, width):
    points, rows = plane
    loss, norms, gradients = np.empty(9), np.empty(9), np.full((9, rows.shape[1]), np.nan)
    bench = new_plane_bench(case.network, np.float64, width)
    point_gradients(case.network, points, case.samples, bench, 0, 9, loss, norms, gradients, width)
    n = len(case.samples.inputs)
    for k, row in enumerate(rows):
        wanted = np.empty_like(row)
        work = scalar.new_work(case.network, np.float64)
        held, _ = scalar.batch_gradient(
            case.network, row, case.samples, np.arange(n), n, wanted, work
        )
        assert loss[k] == pytest.approx(held, rel=1e-12)
        assert norms[k] == pytest.approx(np.linalg.norm(wanted), rel=1e-12)
        np.testing.assert_allclose(gradients[k], wanted, rtol=1e-9, atol=1e-14)
    alone = np.full(9, np.nan)
    none = np.empty((0, rows.shape[1]))
    point_gradients(case.network, points, case.samples, bench, 3, 7, loss, alone, none, width)
    np.testing.assert_array_equal(alone[3:7], norms[3:7])
    assert np.isnan(alone[[0, 1, 2, 7, 8]]).all()


def test_accuracies_count_right_answers(case, plane, width):
    points, rows = plane
    out = np.full(9, np.nan)
    bench = new_plane_bench(case.network, np.float64, width)
    point_accuracies(case.network, points, case.samples, bench, 0, 9, out, width)
    wanted = []
    for row in rows:
        _, values = naive.forward(row, case.sizes, case.hypers, case.output, case.samples.inputs)
        wanted.append(np.mean(values[-1].argmax(1) == case.samples.targets.argmax(1)))
    assert len(set(wanted)) > 1
    np.testing.assert_allclose(out, wanted, rtol=1e-15)
