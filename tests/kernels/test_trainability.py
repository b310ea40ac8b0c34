"""Descents with a rate for every layer: against the paper's network in plain NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from kernels.lanes import width_of
from kernels.tiles import aligned
from kernels.trainability import CAP, ROWS, new_rates_bench, train_rates
from tests.kernels.conftest import make_case

SIZES = (3, 4, 1)


def numpy_losses(case, rates, batches, steps):
    """Losses over all samples before each step, by matrix products; two layers, tanh."""
    n_in, n_hidden, n_out = SIZES
    w0, b0, w1, b1 = (
        np.array(part)
        for part in np.split(case.parameters, np.cumsum([n_in * n_hidden, n_hidden, n_hidden]))
    )
    w0, w1 = w0.reshape(n_in, n_hidden), w1.reshape(n_hidden, n_out)
    x, t = case.samples.inputs, case.samples.targets
    losses = []
    for step in range(steps):
        hidden = np.tanh(x @ w0 + b0)
        losses.append(np.mean((hidden @ w1 + b1 - t) ** 2))
        some = batches[step] if batches.shape[1] else np.arange(len(x))
        hidden = np.tanh(x[some] @ w0 + b0)
        wish = 2.0 * (hidden @ w1 + b1 - t[some]) / len(some)
        below = (wish @ w1.T) * (1.0 - hidden**2)
        w0, b0 = w0 - rates[0] * x[some].T @ below, b0 - rates[1] * below.sum(0)
        w1, b1 = w1 - rates[2] * hidden.T @ wish, b1 - rates[3] * wish.sum(0)
    return np.array(losses)


@pytest.fixture(scope="module")
def case():
    return make_case(("tanh",), "identity", "mean_squared_error", SIZES, n=6)


def sums_of(case, rates, batches, tail):
    width = width_of(np.float64)
    p = aligned((len(case.parameters), len(width)), np.float64)
    p[:] = case.parameters[:, None]
    each = aligned((4, len(width)), np.float64)
    each[:] = rates
    sums = aligned((ROWS, len(width)), np.float64)
    bench = new_rates_bench(case.network, case.samples, batches.shape[1], width)
    train_rates(case.network, case.samples, batches, tail, p, each, bench, sums, width)
    return sums


@pytest.mark.parametrize("size", [0, 2])
def test_the_sums_are_those_of_the_plain_descent(case, size):
    steps, tail = 30, 5
    batches = np.random.default_rng(1).integers(0, 6, (steps, size))
    rates = np.array([0.3, 0.1, 0.05, 0.2])
    v = numpy_losses(case, rates, batches, steps)
    v = v / v[0]
    sums = sums_of(case, rates[:, None], batches, tail)
    for lane in sums.T:
        np.testing.assert_allclose(lane, [v.sum(), (1 / v).sum(), v[-tail:].sum()], rtol=1e-10)


def test_a_lost_network_counts_as_the_cap_and_leaves_its_neighbours_alone(case):
    steps, tail = 40, 5
    batches = np.zeros((steps, 0), np.int64)
    width = len(width_of(np.float64))
    rates = np.tile(np.array([0.3, 0.1, 0.05, 0.2])[:, None], width)
    calm = sums_of(case, rates, batches, tail)
    wild = rates.copy()
    wild[2, 0] = 1e12
    sums = sums_of(case, wild, batches, tail)
    np.testing.assert_array_equal(sums[:, 1:], calm[:, 1:])
    with np.errstate(all="ignore"):
        losses = numpy_losses(case, wild[:, 0], batches, steps)
    assert not np.isfinite(losses[-1])
    v = np.minimum(np.where(np.isfinite(losses), losses, CAP) / losses[0], CAP)
    np.testing.assert_allclose(sums[:, 0], [v.sum(), (1 / v).sum(), v[-tail:].sum()], rtol=1e-10)
