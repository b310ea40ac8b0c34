"""Where students of ReLU units end up that learn a teacher by gradient descent: a census.

The student has n units, the teacher k orthonormal ones, inputs are standard normal in k dimensions
and the loss is the mean over all of them (kernels.student_teacher).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import pairwise
from threading import Event

import numpy as np

from kernels.initializers import fill_normal
from kernels.lanes import width_of
from kernels.student_teacher import bend, objective
from kernels.student_tiles import NORM, ROWS, STEPS, descend_students, new_student_bench
from workbench.landscape.plane import one_blas_thread

TOLERANCE = 1e-9
MOST_STEPS = 1_000_000
# Losses below it are zero but for rounding and for what the gradient's tolerance leaves.
GLOBAL = 1e-8
NO_MINIMUM = -1
_ALIKE = 1e-5  # largest difference of weights of one minimum
_SHORT, _FLAT = 1e-6, 1e-8  # a unit's length, and an eigenvalue, that may as well be zero
_TURNS = 2000  # a thread's steps between two looks at the world


@dataclass(frozen=True)
class StudentEnds:
    """Where starts have ended, in order.

    ``students`` (n_starts, n, k), ``loss``, ``gradient_norm`` and ``steps`` (n_starts,), float64.
    """

    students: np.ndarray
    loss: np.ndarray
    gradient_norm: np.ndarray
    steps: np.ndarray

    @property
    def at_rest(self) -> np.ndarray:
        """Which have a gradient norm within TOLERANCE, boolean (n_starts,)."""
        return self.gradient_norm <= TOLERANCE


@dataclass(frozen=True)
class StudentMinimum:
    """One of the distinct minima: its ``loss``, the first start that ended there, how many did,
    and the smallest eigenvalue of the Hessian where the first one did."""

    loss: float
    first: int
    count: int
    smallest_eigenvalue: float

    @property
    def is_global(self) -> bool:
        """Whether its loss is zero."""
        return self.loss <= GLOBAL


@dataclass(frozen=True)
class StudentCensus:
    """All ends: ``minima`` by loss, and ``label`` (n_starts,) int64, which of them each start ended
    in, or NO_MINIMUM: not at rest, or where nothing shows that it is one."""

    ends: StudentEnds
    minima: tuple[StudentMinimum, ...]
    label: np.ndarray

    @property
    def in_global(self) -> int:
        """How many starts ended with a loss of zero."""
        return sum(m.count for m in self.minima if m.is_global)

    @property
    def in_local(self) -> int:
        """How many starts ended in another minimum."""
        return sum(m.count for m in self.minima if not m.is_global)

    @property
    def not_converged(self) -> int:
        """How many starts ended in no minimum."""
        return int((self.label == NO_MINIMUM).sum())

    @property
    def elsewhere(self) -> int:
        """How many of those came to rest all the same."""
        return int((self.ends.at_rest & (self.label == NO_MINIMUM)).sum())


def step_size(n: int, k: int) -> float:
    """5 / k for as many units as the teacher has, and at least 6; less for more units, and no more
    for fewer, where 5 / k is too long a step to converge with.

    The Hessian's largest eigenvalue is p / 2 where p units are parallel, and a step of 4 / p no
    longer converges: of a student of more than one unit more, all may become so.
    """
    step = 5.0 / max(n, k, 6)
    return step if n <= k + 1 else min(step, 3.5 / n)


def draw_students(n: int, k: int, starts: int, seed: int) -> np.ndarray:
    """The starts 0 … starts-1, float64 (starts, n, k): weights normal of variance 1 / k."""
    students = np.empty((starts, n, k))
    for start, student in enumerate(students):
        fill_normal(student, 0.0, k**-0.5, seed, start, 0)
    return students


def descend(
    students: np.ndarray,
    *,
    tolerance: float = TOLERANCE,
    most: int = MOST_STEPS,
    threads: int | None = None,
    width: tuple[None, ...] | None = None,
    progress: Callable[[float], None] = lambda share: None,
) -> StudentEnds:
    """Gradient descent from ``students`` (n_starts, n, k), to a gradient norm of ``tolerance`` or
    for ``most`` steps.

    A start ends at the same bits alone or among others, whatever the number of ``threads`` (None:
    as many as there are processors) and the ``width`` (kernels.lanes.width_of). ``progress`` is
    told shares of starts that have ended; what it raises ends the descent.
    """
    points = np.array(students, np.float64)
    _, n, k = points.shape
    width = width or width_of(np.float64, 2)
    ends = np.full((ROWS, len(points)), np.nan)
    stop = Event()

    def work(first: int, last: int) -> None:
        bench, share = new_student_bench(n, k, width), ends[:, first:last]
        limits = step_size(n, k), tolerance, most, _TURNS
        while not stop.is_set():
            if descend_students(points[first:last], *limits, share, bench, width):
                return

    crew = threads or os.cpu_count() or 1
    edges = [len(points) * i // crew for i in range(crew + 1)]
    with ThreadPoolExecutor(crew, "students") as pool:
        try:
            waiting = {pool.submit(work, a, b) for a, b in pairwise(edges)}
            while waiting:
                done, waiting = wait(waiting, 0.1)
                for future in done:
                    future.result()
                progress(float(np.isfinite(ends[STEPS]).mean()) if len(points) else 1.0)
        finally:
            stop.set()
    teacher = np.eye(k)
    loss = np.array([objective(point, teacher) for point in points])
    return StudentEnds(points, loss, ends[NORM], ends[STEPS])


def smallest_eigenvalue(student: np.ndarray) -> float:
    """Of the Hessian at a student (n, k)."""
    hessian = np.empty((student.size, student.size))
    bend(student, np.eye(student.shape[1]), hessian)
    with one_blas_thread():
        return float(np.linalg.eigvalsh(hessian)[0])


def take_census(
    ends: StudentEnds, progress: Callable[[float], None] = lambda share: None
) -> StudentCensus:
    """The distinct minima among ``ends``, each with the Hessian's word that it is one: all
    eigenvalues are above zero, and no unit is zero, where the loss has a kink.

    All ends with a loss of zero count as one. Of the others two are the same where they differ
    by the order of the student's units and of the teacher's: their losses, all their weights and
    the lengths of their rows and columns agree, each in the order of size. ``progress`` is told
    shares of the Hessians that are done.
    """
    kind = np.full(len(ends.loss), NO_MINIMUM)
    firsts: list[int] = []
    marks: list[np.ndarray] = []
    for start in np.flatnonzero(ends.at_rest):
        mark = _mark(ends.students[start], ends.loss[start])
        same = (
            k for k, other in enumerate(marks)
            if len(mark) == len(other) and np.abs(mark - other).max() <= _ALIKE
        )  # fmt: skip
        kind[start] = next(same, len(marks))
        if kind[start] == len(marks):
            marks.append(mark)
            firsts.append(int(start))
    counts = np.bincount(kind[kind != NO_MINIMUM], minlength=len(firsts))
    found = []
    for first, count in zip(firsts, counts, strict=True):
        least = smallest_eigenvalue(ends.students[first])
        found.append(StudentMinimum(float(ends.loss[first]), first, int(count), least))
        progress(len(found) / len(firsts))
    order = np.argsort([m.loss for m in found], kind="stable")
    kept = [k for k in order if found[k].is_global or _is_strict(found[k], ends)]
    label = np.full_like(kind, NO_MINIMUM)
    for place, k in enumerate(kept):
        label[kind == k] = place
    return StudentCensus(ends, tuple(found[k] for k in kept), label)


def _is_strict(found: StudentMinimum, ends: StudentEnds) -> bool:
    shortest = np.linalg.norm(ends.students[found.first], axis=1).min()
    return bool(shortest > _SHORT and found.smallest_eigenvalue > _FLAT)


def _mark(student: np.ndarray, loss: float) -> np.ndarray:
    """Numbers that no order of rows and columns changes; none for a loss of zero."""
    if loss <= GLOBAL:
        return np.zeros(1)
    parts = student.ravel(), *(np.linalg.norm(student, axis=axis) for axis in (0, 1))
    return np.concatenate([[loss], *(np.sort(part) for part in parts)])
