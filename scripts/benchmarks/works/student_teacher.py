"""Gradient descent of many ReLU students on their population loss, each to its minimum."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.work import Arrays, Engine, Limit, Work

UNITS, STARTS, CHECKED, TOLERANCE = 10, 500, 64, 1e-10
RATE = 5.0 / UNITS
MOST = 100_000


def make(quick: bool) -> Arrays:
    """Students of as many units as their orthonormal teacher, weights normal of variance 1/k."""
    shape = (CHECKED if quick else STARTS, UNITS, UNITS)
    return {"starts": np.random.default_rng(0).normal(0.0, UNITS**-0.5, shape)}


def slopes(w: np.ndarray) -> np.ndarray:
    """Gradients of students (m, n, k), Safran & Shamir 2018 (arXiv 1712.08968), section 4."""
    lengths = np.sqrt(np.einsum("mia,mia->mi", w, w))
    dots = np.einsum("mia,mja->mij", w, w)
    own = np.clip(dots / (lengths[:, :, None] * lengths[:, None, :]), -1.0, 1.0)
    diagonal = np.arange(w.shape[1])
    own[:, diagonal, diagonal] = 1.0
    taught = np.clip(w / lengths[:, :, None], -1.0, 1.0)
    along = np.einsum("mij,mj->mi", np.sqrt(1.0 - own * own), lengths)
    along -= np.sqrt(1.0 - taught * taught).sum(2)
    mixed = np.einsum("mij,mja->mia", np.pi - np.arccos(own), w)
    pulled = (along / lengths)[:, :, None] * w + mixed - (np.pi - np.arccos(taught))
    return pulled / (2.0 * np.pi)


def descend(starts: np.ndarray, leave: bool) -> np.ndarray:
    """Where all ``starts`` end; ``leave``: those at rest are not worked on any more."""
    ends, moving = starts.copy(), np.arange(len(starts))
    w = starts.copy()
    for _ in range(MOST):
        g = slopes(w)
        still = np.einsum("mia,mia->m", g, g) <= TOLERANCE**2
        if still.all():
            break
        if leave and still.any():
            ends[moving[still]] = w[still]
            moving, w, g = moving[~still], w[~still], g[~still]
        # One at rest that is not let go stays where it is.
        w -= RATE * g * (~still[:, None, None] if not leave else 1.0)
    ends[moving] = w
    return ends


def reference(problem: Arrays) -> Arrays:
    """Where the first CHECKED starts end, each by itself."""
    ends = [descend(start[None], False)[0] for start in problem["starts"][:CHECKED]]
    return {"ends": np.array(ends)}


def ours(problem: Arrays, threads: int) -> Engine:
    from workbench.student_teacher import descend as descend_lanes

    starts = problem["starts"]

    def run(n: int) -> Arrays:
        ends = descend_lanes(starts[:n], tolerance=TOLERANCE, most=MOST, threads=threads)
        return {"ends": ends.students}

    note = "workbench.student_teacher, a start a lane"
    return Engine(lambda: run(CHECKED), lambda: run(len(starts)), len(starts), note)


def numpy(problem: Arrays, threads: int) -> Engine:
    return _numpy(problem, False, "all starts in one einsum")


def numpy_tuned(problem: Arrays, threads: int) -> Engine:
    return _numpy(problem, True, "einsum over the starts that still move")


def _numpy(problem: Arrays, leave: bool, note: str) -> Engine:
    starts: Any = problem["starts"]

    def run(n: int) -> Arrays:
        return {"ends": descend(starts[:n], leave)}

    return Engine(lambda: run(CHECKED), lambda: run(len(starts)), len(starts), note)


WORK = Work(
    title=f"{STARTS} students of {UNITS} units, to a gradient norm of {TOLERANCE:g}",
    unit="start",
    make=make,
    engines={"ours": ours, "numpy": numpy, "numpy-tuned": numpy_tuned},
    reference=reference,
    tolerance=1e-6,
    limits={"numpy": Limit(at_least=8.0), "numpy-tuned": Limit(at_least=8.0)},
    dtype="float64",
)
