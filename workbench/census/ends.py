"""Polishing and classifying the ends of many starts by several threads, and confirming verdicts."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from queue import SimpleQueue

import numpy as np

from kernels.network import parameter_count
from workbench.census.confirm import Confirmation, confirm
from workbench.census.judge import KINDS, End, Judge
from workbench.errors import BadValue
from workbench.experiment import Experiment
from workbench.in_order import in_order
from workbench.landscape.plane import one_blas_thread

__all__ = ["KINDS", "MOST_PARAMETERS", "Confirmation", "End", "confirm", "settle"]

MOST_PARAMETERS = 4096  # of a network: its Hessian's eigenvectors take a minute a time there
_BLOCK = 8  # ends that one thread takes at a time


def settle(
    experiment: Experiment,
    parameters: object,
    *,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Iterator[list[End]]:
    """Polish and classify ``parameters`` (m, n), any float dtype; yields lists of ends, in order.

    Everything is computed in float64, on the experiment's training data in float64, whatever the
    experiment's dtype. ``threads``: None for as many as there are processors. ``progress(done, m)``
    is called after each list; ``cancelled`` is asked before each, and what is done by then is
    yielded. What an end is depends on its own parameters only, to the last bit. While the iterator
    is not exhausted or closed, BLAS keeps to one thread. Raises BadValue where ``parameters`` has
    another shape, and for networks of more than MOST_PARAMETERS parameters.
    """
    points = _points(experiment, parameters)
    count = min(threads or os.cpu_count() or 1, max(1, -(-len(points) // _BLOCK)))
    return _settle(experiment, points, count, progress, cancelled or (lambda: False))


def _settle(
    experiment: Experiment,
    points: np.ndarray,
    threads: int,
    progress: Callable[[int, int], None] | None,
    cancelled: Callable[[], bool],
) -> Iterator[list[End]]:
    judges = SimpleQueue[Judge]()

    def work(first: int) -> list[End]:
        judge = judges.get()
        try:
            return [judge.settle(point) for point in points[first : first + _BLOCK]]
        finally:
            judges.put(judge)

    done = 0
    with one_blas_thread():
        for _ in range(threads):
            judges.put(Judge(experiment))
        for found in in_order(work, range(0, len(points), _BLOCK), threads, "ends", cancelled):
            done += len(found)
            if progress:
                progress(done, len(points))
            yield found


def _points(experiment: Experiment, parameters: object) -> np.ndarray:
    """``parameters`` as float64 (m, n); raises BadValue."""
    n = parameter_count(experiment.network.sizes)
    if n > MOST_PARAMETERS:
        rule = f"must make at most {MOST_PARAMETERS} parameters for ends to be classified, not {n}"
        sizes = list(experiment.network.sizes)
        raise BadValue("network.sizes", rule, sizes, "smaller or fewer layers")
    rule = f"must be numbers of shape (m, {n})"
    try:
        points = np.array(parameters, np.float64, order="C")
    except (TypeError, ValueError):
        raise BadValue("parameters", rule, type(parameters).__name__, "an array") from None
    if points.ndim != 2 or points.shape[1] != n:
        raise BadValue("parameters", rule, f"shape {points.shape}", f"shape (1, {n})")
    return points
