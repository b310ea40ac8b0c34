"""Sums, and Cholesky against NumPy's."""

from __future__ import annotations

import numpy as np
import pytest

from kernels import vectors


def held(matrix):
    """A symmetric matrix as ``factorise`` wants it."""
    n = len(matrix)
    out = np.zeros((n + 2, n))
    out[:n] = np.triu(matrix)
    out[n] = np.diag(matrix)
    return out


def test_sums_run_in_float64():
    a = np.full(100_000, 0.1, np.float32)
    exact = 100_000 * float(np.float32(0.1)) ** 2
    assert vectors.dot(a, a) == pytest.approx(exact, rel=1e-10)
    assert vectors.norm(a) == pytest.approx(np.sqrt(exact), rel=1e-10)
    assert vectors.total(-a) == pytest.approx(100_000 * float(np.float32(0.1)), rel=1e-10)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_resolution_is_that_of_the_type(dtype):
    assert vectors.resolution(dtype(3.0)) == np.finfo(dtype).eps


def test_turn_forgets_what_is_not_finite():
    gradient = np.array([1.0, -2.0])
    direction = np.array([np.nan, np.inf])
    vectors.turn(direction, 0.0, gradient)
    assert direction.tolist() == [-1.0, 2.0]
    vectors.turn(direction, 0.5, gradient)
    assert direction.tolist() == [-1.5, 3.0]


@pytest.mark.parametrize("n", [1, 2, 17])
@pytest.mark.parametrize("shift", [0.0, 0.7])
def test_solves_as_numpy_does(n, shift):
    rng = np.random.default_rng(n)
    root = rng.normal(size=(n, n + 3))
    matrix, b = root @ root.T, rng.normal(size=n)
    work = held(matrix)
    assert vectors.factorise(work, shift)
    wanted = np.linalg.cholesky(matrix + shift * np.eye(n))
    assert np.allclose(np.tril(work[:n]), wanted, rtol=1e-9)
    # The matrix itself is still there, for another shift.
    assert np.array_equal(np.triu(work[:n], 1), np.triu(matrix, 1))
    assert np.array_equal(work[n], np.diag(matrix))
    x = b.copy()
    vectors.solve(work, x)
    assert np.allclose(x, np.linalg.solve(matrix + shift * np.eye(n), b), rtol=1e-7)


@pytest.mark.parametrize(
    "matrix",
    [
        [[1.0, 2.0], [2.0, 1.0]],
        [[1.0, 1.0], [1.0, 1.0]],
        [[-1.0, 0.0], [0.0, 1.0]],
        [[np.nan, 0.0], [0.0, 1.0]],
        [[0.0]],
    ],
    ids=["indefinite", "singular", "negative", "nan", "zero"],
)
def test_refuses_what_is_not_positive_definite(matrix):
    assert not vectors.factorise(held(np.array(matrix)), 0.0)
