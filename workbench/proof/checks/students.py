"""Students and teachers of ReLU units: closed forms against an integral over the inputs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from kernels.lanes import width_of
from kernels.student_teacher import bend, objective, slope
from workbench.proof import Row, twins
from workbench.student_teacher import descend, draw_students, smallest_eigenvalue, step_size

SUMMARY = "loss, gradient and Hessian of ReLU students against integrals over normal inputs"
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)


def _shared(u: Any, v: Any) -> Any:
    """E[relu(u·x) relu(v·x)] over standard normal x, for complex u and v too.

    x has a length r in the plane of u and v, with E r² = 2, and an angle that is uniform: what
    remains is |u| |v| / π times the integral of cos φ cos(φ - θ) over where both are positive.
    """
    lengths = np.sqrt(u @ u) * np.sqrt(v @ v)
    angle = np.arccos((u @ v) / lengths)
    half = (np.pi - angle) / 2
    phi = np.pi / 2 + half * (_NODES - 1)
    return lengths / np.pi * half * (_WEIGHTS * np.cos(phi) * np.cos(phi - angle)).sum()


def _loss(student: Any, teacher: np.ndarray) -> Any:
    units = [*student, *teacher]
    signs = [1.0] * len(student) + [-1.0] * len(teacher)
    total = 0.0
    for i, u in enumerate(units):
        total = total + (u @ u) / 4
        for j in range(i):
            total = total + signs[i] * signs[j] * _shared(u, units[j])
    return total


def _flat_loss(flat: np.ndarray, teacher: np.ndarray) -> Any:
    return _loss(flat.reshape(-1, teacher.shape[1]), teacher)


def _slope(flat: np.ndarray, teacher: np.ndarray) -> np.ndarray:
    student = flat.reshape(-1, teacher.shape[1])
    gradient = np.empty_like(student)
    slope(student, teacher, gradient)
    return gradient.ravel()


def rows() -> Iterator[Row]:
    """Absolute differences of numbers about one; bits, for the descents."""
    rng = np.random.default_rng(0)
    for n, k, d in ((3, 2, 4), (4, 5, 3)):
        student, teacher = rng.normal(0.0, 1.0, (n, d)), rng.normal(0.0, 1.0, (k, d))
        subject = f"{n} units of {d} weights, {k} of the teacher"
        apart = abs(float(objective(student, teacher) - _loss(student, teacher)))
        yield Row(f"{subject}: loss", "integral over the inputs", apart, 1e-13)
        flat = student.ravel()
        wanted = twins.complex_gradient(partial(_flat_loss, teacher=teacher), flat)
        apart = float(np.abs(_slope(flat, teacher) - wanted).max())
        yield Row(f"{subject}: gradient", "complex step of the integral", apart, 1e-13)
        hessian = np.empty((flat.size, flat.size))
        bend(student, teacher, hessian)
        near = twins.differences(partial(_slope, teacher=teacher), flat)
        apart = float(np.abs(hessian - near).max())
        yield Row(f"{subject}: Hessian", "differences of the gradient", apart, 1e-8)
    yield from _descents()


def _descents() -> Iterator[Row]:
    n, k = 7, 6
    starts = draw_students(n, k, 40, 0)
    moved = (starts - descend(starts, most=1).students) / step_size(n, k)
    wanted = np.array([_slope(w.ravel(), np.eye(k)).reshape(n, k) for w in starts])
    apart = float(np.abs(moved - wanted).max())
    yield Row(f"{len(starts)} students in lanes: a step", "the gradient", apart, 1e-13)
    ends = descend(starts, most=400, threads=1)
    for name, other in (
        ("lanes of another width", descend(starts, most=400, width=width_of(np.float64))),
        ("3 threads", descend(starts, most=400, threads=3)),
    ):
        differing = float((ends.students != other.students).sum())
        yield Row(f"{len(starts)} students on {name}: 400 steps", "one thread", differing, 0.0)
    # Orthonormal units of the teacher's: the least eigenvalue is 1/4 - 1/2π, for k ≥ 2.
    apart = abs(smallest_eigenvalue(np.eye(k)) - (0.25 - 0.5 / np.pi))
    yield Row("a student like its teacher: smallest eigenvalue", "1/4 - 1/2π", apart, 1e-13)
