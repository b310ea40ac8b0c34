"""Large layers: gradients by differences, and the same bits whatever BLAS's threads."""

from __future__ import annotations

import numpy as np
import pytest

from kernels import matrix, network
from kernels.lanes import COMPILED
from tests import naive

pytestmark = pytest.mark.emits


@pytest.fixture
def case(make_case):
    return make_case(["tanh", "relu"], "softmax", "cross_entropy", (3, 4, 3, 2), n=5)


def by_matrices(case, batch):
    """Loss, right answers and gradient over the samples ``batch``."""
    work = matrix.new_matrix_work(case.network.sizes, np.float64)
    gradient = np.full_like(case.parameters, np.nan)
    loss, right = network.batch_gradient(
        case.network, case.parameters, case.samples, batch, batch.size, gradient, work
    )
    return loss, right, gradient


def test_gradient_is_that_of_finite_differences(case):
    loss, _, gradient = by_matrices(case, np.arange(5))
    wanted = naive.slope(case.naive_loss, case.parameters)
    assert loss == pytest.approx(case.naive_loss(case.parameters), rel=1e-12)
    assert np.linalg.norm(gradient - wanted) < 1e-6 * np.linalg.norm(wanted)


def test_more_samples_and_inputs_than_one_product_takes(make_case):
    n, n_in = matrix.ROWS + 44, 2 * matrix.SPAN + 7
    case = make_case(["tanh", "tanh"], "softmax", "cross_entropy", (n_in, 4, 3, 2), n=n)
    loss, right, gradient = by_matrices(case, np.arange(n)[::-1].copy())
    answers = case.values[-1]
    assert loss == pytest.approx(case.naive_loss(case.parameters), rel=1e-11)
    assert right == np.sum(answers.argmax(1) == case.samples.targets.argmax(1))
    along = np.random.default_rng(0).normal(0, 1, gradient.size)
    wanted = naive.slope(lambda x: case.naive_loss(case.parameters + x[0] * along), np.zeros(1))
    assert gradient @ along == pytest.approx(wanted[0], rel=1e-6)


def test_evaluate_and_respond_all_agree_with_the_naive_network(case):
    work = matrix.new_matrix_work(case.network.sizes, np.float64)
    loss, right = network.evaluate(case.network, case.parameters, case.samples, work)
    answers = case.values[-1]
    assert loss == pytest.approx(case.naive_loss(case.parameters), rel=1e-12)
    assert right == np.mean(answers.argmax(1) == case.samples.targets.argmax(1))
    units = np.empty((len(answers), sum(case.sizes)))
    network.respond_all(case.network, case.parameters, case.samples.inputs, units, work)
    assert np.allclose(units, np.concatenate(case.values, axis=1), rtol=1e-13, atol=1e-15)


@pytest.mark.skipif(not COMPILED, reason="NumPy has a BLAS of its own")
def test_threads_of_blas_change_no_bit(make_case):
    threadpoolctl = pytest.importorskip("threadpoolctl")
    case = make_case(["tanh", "tanh"], "softmax", "cross_entropy", (600, 64, 33, 2), n=200)
    batch, found = np.arange(200), []
    for threads in (1, 2):
        with threadpoolctl.threadpool_limits(threads, user_api="blas"):
            found.append(by_matrices(case, batch))
    assert found[0][0] == found[1][0]
    assert np.array_equal(found[0][2], found[1][2])


def test_large_layers_and_batches_are_worked_on_as_matrices():
    assert matrix.suits_matrices((784, 128, 10), 1)
    assert matrix.suits_matrices((16, 6, 6, 2), 270)
    assert not matrix.suits_matrices((16, 6, 6, 2), 1)
