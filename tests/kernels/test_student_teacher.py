"""The population loss of student and teacher against integrals over the inputs and differences."""

from __future__ import annotations

import numpy as np
import pytest

from kernels.student_teacher import bend, objective, slope
from tests import naive

SHAPES = [(1, 1, 1), (2, 3, 2), (4, 3, 5)]  # n, k, d


def units(n, k, d, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(0, 1, (n, d)), rng.normal(0, 0.7, (k, d))


def slope_of(student, teacher):
    gradient = np.full_like(student, np.nan)
    slope(student, teacher, gradient)
    return gradient


def bend_of(student, teacher):
    hessian = np.full((student.size, student.size), np.nan)
    bend(student, teacher, hessian)
    return hessian


def answer(units, inputs):
    return np.maximum(inputs @ units.T, 0).sum(1)


def integral(student, teacher):
    """F of units in the plane: inputs are r (cos φ, sin φ) with E r² = 2, answers in proportion to
    r, so that F = ∫ (…)² dφ / 2π, by Gauss's rule between the kinks."""
    kinks = np.arctan2(*np.vstack([student, teacher])[:, ::-1].T)
    edges = np.sort(np.concatenate([kinks + np.pi / 2, kinks - np.pi / 2]) % (2 * np.pi))
    edges = np.append(edges, edges[0] + 2 * np.pi)
    nodes, weights = np.polynomial.legendre.leggauss(20)
    half = np.diff(edges)[:, None] / 2
    angle = (edges[:-1, None] + half * (nodes + 1)).ravel()
    inputs = np.stack([np.cos(angle), np.sin(angle)], 1)
    errors = answer(student, inputs) - answer(teacher, inputs)
    return ((half * weights).ravel() * errors**2).sum() / (2 * np.pi)


@pytest.mark.parametrize("seed", range(3))
def test_objective_is_the_integral_over_the_plane(seed):
    student, teacher = units(3, 2, 2, seed)
    wanted = integral(student, teacher)
    assert objective(student, teacher) == pytest.approx(wanted, rel=1e-12)
    # In more dimensions only the plane of the units matters.
    turn = np.linalg.qr(np.random.default_rng(seed).normal(size=(5, 5)))[0][:2]
    assert objective(student @ turn, teacher @ turn) == pytest.approx(wanted, rel=1e-11)


def test_objective_is_the_mean_over_drawn_inputs():
    student, teacher = units(4, 3, 6, 1)
    inputs = np.random.default_rng(2).normal(size=(200_000, 6))
    losses = (answer(student, inputs) - answer(teacher, inputs)) ** 2 / 2
    error = losses.std() / np.sqrt(len(losses))
    assert abs(losses.mean() - objective(student, teacher)) < 4 * error


@pytest.mark.parametrize("shape", SHAPES)
def test_gradient_is_the_complex_step_of_the_formula(shape):
    student, teacher = units(*shape)
    wanted = np.empty_like(student)
    for at in np.ndindex(student.shape):
        moved = student.astype(complex)
        moved[at] += 1e-30j
        wanted[at] = naive.student_loss(moved, teacher).imag / 1e-30
    np.testing.assert_allclose(slope_of(student, teacher), wanted, rtol=1e-12, atol=1e-14)
    assert objective(student, teacher) == pytest.approx(naive.student_loss(student, teacher))


def differences(student, teacher, h):
    """The Hessian from central differences of the gradient, one column an entry."""
    columns = []
    for k in range(student.size):
        step = np.zeros(student.size)
        step[k] = h
        up, down = (slope_of(student + s * step.reshape(student.shape), teacher) for s in (1, -1))
        columns.append(((up - down) / (2 * h)).ravel())
    return np.array(columns).T


@pytest.mark.parametrize("shape", SHAPES)
def test_hessian_is_the_difference_of_gradients(shape):
    student, teacher = units(*shape)
    hessian = bend_of(student, teacher)
    assert np.array_equal(hessian, hessian.T)
    assert np.abs(hessian - differences(student, teacher, 1e-5)).max() < 1e-8


def test_units_that_point_the_same_way_or_opposite_ways_have_a_hessian():
    w = np.array([0.6, -0.8, 0.5])
    for factor in (1.0, 2.0, -1.5):
        student, teacher = np.array([w, factor * w]), np.array([[0.3, 0.1, -0.7], 3.0 * w])
        hessian = bend_of(student, teacher)
        assert np.isfinite(hessian).all()
        # The gradient's slope has a kink there: the difference is off in proportion to h.
        assert np.abs(hessian - differences(student, teacher, 1e-6)).max() < 1e-5
    # Close to one another, and at the angle itself, it is nearly the same.
    beside = np.array([w, 2.0 * w + [1e-9, 0.0, 0.0]])
    assert np.abs(bend_of(beside, teacher) - bend_of(np.array([w, 2.0 * w]), teacher)).max() < 1e-8


def test_a_student_like_its_teacher_is_at_the_minimum():
    k = 4
    teacher = np.eye(k)
    student = teacher[[2, 0, 3, 1]]
    assert abs(objective(student, teacher)) < 1e-14
    assert np.abs(slope_of(student, teacher)).max() < 1e-15
    # Orthogonal units: ½ I on the diagonal, (π/2 I + u v' + v u') / 2π beside it.
    wanted = np.empty((k, k, k, k))
    for i, u in enumerate(student):
        for j, v in enumerate(student):
            bent = np.pi / 2 * np.eye(k) + np.outer(u, v) + np.outer(v, u)
            wanted[i, :, j] = np.eye(k) / 2 if i == j else bent / (2 * np.pi)
    hessian = bend_of(student, teacher)
    np.testing.assert_allclose(hessian, wanted.reshape(k * k, k * k), atol=1e-15)
    assert np.linalg.eigvalsh(hessian)[0] > 0.05


def test_two_units_may_share_what_one_of_the_teacher_does():
    teacher = np.eye(3)
    student = np.array([[0.3, 0, 0], [0.7, 0, 0], [0, 1, 0], [0, 0, 1.0]])
    assert abs(objective(student, teacher)) < 1e-14
    assert np.abs(slope_of(student, teacher)).max() < 1e-15
    assert abs(np.linalg.eigvalsh(bend_of(student, teacher))[0]) < 1e-14


@pytest.mark.parametrize("size", [0.0, 1e-160, 1e-320])
def test_a_unit_that_is_zero_adds_nothing(size):
    student, teacher = units(3, 2, 4, 5)
    more = np.vstack([student, np.full(4, size)])
    assert objective(more, teacher) == pytest.approx(objective(student, teacher), rel=1e-14)
    np.testing.assert_allclose(slope_of(more, teacher)[:3], slope_of(student, teacher), rtol=1e-13)
    assert np.isfinite(slope_of(more, teacher)).all()
    hessian = bend_of(more, np.vstack([teacher, np.zeros(4)]))
    np.testing.assert_allclose(hessian[:12, :12], bend_of(student, teacher), rtol=1e-12)
    assert np.isfinite(hessian).all()
