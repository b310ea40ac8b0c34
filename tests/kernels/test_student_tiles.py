"""Descents of many students against the plain descent, and bits that depend on nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from kernels.lanes import COMPILED, width_of
from kernels.student_teacher import slope
from kernels.student_tiles import (
    NORM,
    ROWS,
    STEPS,
    descend_students,
    new_student_bench,
)
from tests import naive


def draw(count, n, k, seed=0):
    return np.random.default_rng(seed).normal(0, k**-0.5, (count, n, k))


def descend(starts, tolerance=1e-9, most=100_000, registers=2, turns=1 << 40, rate=1.0):
    """Where ``starts`` end, with their norms and steps, and how often the kernel was called."""
    _, n, k = starts.shape
    width = width_of(np.float64, registers)
    bench, ends, points = new_student_bench(n, k, width), np.zeros((ROWS, len(starts))), 1 * starts
    calls = 1
    while not descend_students(points, rate / k, tolerance, most, turns, ends, bench, width):
        calls += 1
    return points, ends, calls


# A number of weights that is a multiple of four, and others; more units than the teacher, and less.
@pytest.mark.parametrize(("n", "k"), [(1, 1), (3, 4), (5, 3), (6, 6)])
def test_the_gradient_is_that_of_one_student(n, k):
    width = width_of(np.float64, 2)
    students = draw(len(width), n, k)
    bench, ends = new_student_bench(n, k, width), np.zeros((ROWS, len(width)))
    # Without a step: all end where they begin, with the norms there.
    assert descend_students(students.copy(), 0.0, 0.0, 0, 10, ends, bench, width)
    wanted = np.empty((len(width), n, k))
    for student, gradient in zip(students, wanted, strict=True):
        slope(student, np.eye(k), gradient)
    np.testing.assert_allclose(bench.gradient.T, wanted.reshape(len(width), -1), atol=3e-15)
    np.testing.assert_allclose(ends[NORM] ** 2, (wanted**2).sum((1, 2)), rtol=1e-13)


@pytest.mark.parametrize(("n", "k"), [(3, 3), (4, 3)])
def test_descents_end_where_the_plain_ones_do(n, k):
    starts = draw(4, n, k, 3)
    points, ends, _ = descend(starts, 1e-3)
    for start, point, norm, steps in zip(starts, points, *ends, strict=True):
        wanted, made = naive.descend_student(start, 1 / k, 1e-3)
        assert steps == made > 5
        np.testing.assert_allclose(point, wanted, atol=1e-12)
        assert norm == pytest.approx(np.linalg.norm(naive.student_slope(point)), rel=1e-9)
        assert norm <= 1e-3


@pytest.mark.skipif(not COMPILED, reason="many steps")
def test_bits_do_not_depend_on_width_lane_neighbours_or_calls():
    starts = draw(150, 6, 5, 4)
    limits = {"tolerance": 1e-6, "most": 640, "rate": 5.0}
    points, ends, _ = descend(starts, **limits)
    assert (ends[STEPS] == 640).any()
    assert (ends[NORM] <= 1e-6).any()
    assert len(np.unique(ends[STEPS])) > 50
    # Too long a step for some, which are no numbers in the end.
    assert 0 < np.isnan(ends[NORM]).sum() < 10

    def same(found, which=slice(None)):
        pairs = zip(found[:2], (points[which], ends[:, which]), strict=True)
        return all(np.array_equal(a, b, equal_nan=True) for a, b in pairs)

    assert same(descend(starts, **limits, registers=1))
    assert same(descend(starts[::-1], **limits), slice(None, None, -1))
    cut = descend(starts, **limits, turns=97)
    assert cut[2] > 10
    assert same(cut)
    for k in (0, 77, 149):
        assert same(descend(starts[k : k + 1], **limits), slice(k, k + 1))


def test_a_start_ends_at_the_limit_of_steps_and_one_that_is_no_number_at_once():
    starts = draw(3, 2, 2, 5)
    starts[1, 0, 0] = np.nan
    points, ends, _ = descend(starts, 1e-9, most=7)
    assert ends[STEPS].tolist() == [7, 0, 7]
    assert np.isnan(ends[NORM, 1])
    assert np.array_equal(points[1], starts[1], equal_nan=True)
    for k in (0, 2):
        wanted, _ = naive.descend_student(starts[k], 1 / 2, 0.0, most=7)
        np.testing.assert_allclose(points[k], wanted, atol=1e-14)
        assert ends[NORM, k] == pytest.approx(np.linalg.norm(naive.student_slope(points[k])))


def test_one_at_rest_stays_and_a_unit_of_zero_does_no_harm():
    rest = np.array([np.eye(3), [[0, 0, 1.0], [1, 0, 0], [0, 1, 0]]])
    points, ends, _ = descend(rest)
    assert np.array_equal(points, rest)
    assert not ends[STEPS].any()
    starts = draw(3, 3, 3, 6)
    starts[0, 1] = 0.0
    # Its square is a number of few digits, or none.
    starts[1, 1] = 1e-160
    starts[2, 1] = 1e-200
    _, ends, _ = descend(starts, 1e-3)
    assert (ends[NORM] <= 1e-3).all()


def test_nobody_is_done_at_once():
    points, _, calls = descend(draw(0, 3, 3))
    assert len(points) == 0
    assert calls == 1
