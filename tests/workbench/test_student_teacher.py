"""The census of students: ends against SciPy, and minima told apart as they were planted."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize

from kernels.lanes import width_of
from kernels.student_teacher import objective
from tests import naive
from workbench.student_teacher import (
    NO_MINIMUM,
    TOLERANCE,
    StudentEnds,
    descend,
    draw_students,
    smallest_eigenvalue,
    step_size,
    take_census,
)


@pytest.fixture(scope="module")
def ends():
    return descend(draw_students(8, 8, 120, 3))


def shuffled(student, seed):
    rng = np.random.default_rng(seed)
    n, k = student.shape
    return student[rng.permutation(n)][:, rng.permutation(k)]


def test_starts_are_normal_and_each_is_its_own():
    many = draw_students(5, 4, 2000, 7)
    assert np.array_equal(draw_students(5, 4, 3, 7), many[:3])
    assert not np.array_equal(draw_students(5, 4, 3, 8), many[:3])
    assert abs(many.mean()) < 4 * 0.5 / np.sqrt(many.size)
    assert many.var() == pytest.approx(1 / 4, rel=4 * np.sqrt(2 / many.size))


def test_ends_are_where_scipy_finds_the_loss_no_lower(ends):
    assert ends.at_rest.all()
    for start in (0, int(ends.loss.argmax())):
        student = ends.students[start]
        assert ends.loss[start] == pytest.approx(naive.student_loss(student, np.eye(8)), abs=1e-12)
        found = optimize.minimize(
            lambda w: naive.student_loss(w.reshape(8, 8), np.eye(8)),
            student.ravel(),
            jac=lambda w: naive.student_slope(w.reshape(8, 8)).ravel(),
            method="BFGS",
            options={"maxiter": 20},
        )
        assert found.fun == pytest.approx(ends.loss[start], abs=1e-12)


def test_ends_do_not_depend_on_threads_or_width(ends):
    starts = draw_students(8, 8, 120, 3)
    for one in (
        descend(starts, threads=1, width=width_of(np.float64)),
        descend(starts, threads=3),
        descend(starts[70:71]),
    ):
        part = slice(70, 71) if len(one.loss) == 1 else slice(None)
        for name in ("students", "loss", "gradient_norm", "steps"):
            assert np.array_equal(getattr(one, name), getattr(ends, name)[part])


def test_the_step_converges_where_five_over_k_would_not():
    for n, k in ((2, 2), (9, 6), (6, 1), (16, 2)):
        assert step_size(n, k) < 5 / k
        ends = descend(draw_students(n, k, 20, 0), most=50_000)
        assert (ends.gradient_norm < 1e-4).all()
    assert step_size(8, 8) == 5 / 8


def test_a_descent_that_is_stopped_ends_soon():
    class Enough(Exception):
        pass

    def progress(share):
        raise Enough

    with pytest.raises(Enough):
        descend(draw_students(13, 12, 64, 0), progress=progress)


def test_minima_that_differ_by_order_are_one(ends):
    worst = int(ends.loss.argmax())
    assert ends.loss[worst] > 0.01
    students = [ends.students[worst], np.eye(8)]
    students += [shuffled(students[k % 2], k) for k in range(6)]
    students.append(ends.students[worst] * (1.0 + 1e-3))
    loss = [naive.student_loss(w, np.eye(8)) for w in students]
    norm = np.where(np.arange(9) == 8, 1e-4, 0.0)
    shares = []
    found = StudentEnds(np.array(students), np.array(loss), norm, np.zeros(9))
    census = take_census(found, shares.append)
    assert shares == [0.5, 1.0]
    assert census.label.tolist() == [1, 0, 1, 0, 1, 0, 1, 0, NO_MINIMUM]
    assert [m.count for m in census.minima] == [4, 4]
    assert [m.first for m in census.minima] == [1, 0]
    assert (census.in_global, census.in_local, census.not_converged) == (4, 4, 1)
    assert census.elsewhere == 0
    for m, student in zip(census.minima, (np.eye(8), ends.students[worst]), strict=True):
        # Beside the teacher's own units the gradient's slope has a kink, in proportion to h.
        assert m.smallest_eigenvalue == pytest.approx(curvature(student), abs=1e-5)


def curvature(student):
    """The smallest eigenvalue, from differences of the plain gradient."""
    h, columns = 1e-5, []
    for step in np.eye(student.size) * h:
        up, down = (
            naive.student_slope(student + s * step.reshape(student.shape)).ravel() for s in (1, -1)
        )
        columns.append((up - down) / (2 * h))
    return np.linalg.eigvalsh((np.array(columns) + np.array(columns).T) / 2)[0]


def test_minima_of_about_the_same_loss_are_told_apart(ends):
    worst = int(ends.loss.argmax())
    other = ends.students[worst].copy()
    other[0, 0] += 1e-3
    students = np.array([ends.students[worst], other])
    loss = np.full(2, ends.loss[worst])
    census = take_census(StudentEnds(students, loss, np.zeros(2), np.zeros(2)))
    assert len(census.minima) == 2


def test_all_students_without_error_are_one_minimum():
    shared = np.eye(3)[[0, 0, 1, 2]]
    shared[0] *= 0.25
    shared[1] *= 0.75
    whole = np.vstack([np.eye(3), np.zeros(3)])
    ends = StudentEnds(np.array([shared, whole]), np.zeros(2), np.zeros(2), np.zeros(2))
    census = take_census(ends)
    assert [m.count for m in census.minima] == [2]
    assert census.minima[0].is_global


def test_saddles_and_kinks_are_no_minima():
    # Two units that share the work of two evenly, both alike.
    size = optimize.brentq(lambda a: naive.student_slope(np.full((2, 2), a))[0, 0], 0.1, 1.0)
    student = np.full((1, 2, 2), size)
    assert np.abs(naive.student_slope(student[0])).max() < 1e-11
    assert smallest_eigenvalue(student[0]) < -0.01
    loss = np.array([objective(student[0], np.eye(2))])
    assert loss[0] > 0.01
    saddle = StudentEnds(student, loss, np.zeros(1), np.zeros(1))
    # The other way round than the teacher's, a unit shrinks to zero.
    kink = descend(np.array([[[-0.7]]]))
    assert kink.gradient_norm[0] <= TOLERANCE
    assert abs(kink.students[0, 0, 0]) < 1e-8
    for ends in (saddle, kink):
        census = take_census(ends)
        assert census.minima == ()
        assert census.label.tolist() == [NO_MINIMUM]
        assert census.elsewhere == census.not_converged == 1
