"""Compiles ahead of time what runs and the window's views will call for."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children, get_context
from typing import NamedTuple

import numpy as np

from kernels import compiling, surfaces
from kernels.network import Samples, parameter_count
from workbench.compile_progress import CompileProgress
from workbench.curvature import Curvature
from workbench.descents.descent import trace
from workbench.errors import WorkbenchError
from workbench.experiment import Experiment
from workbench.landscape import grid_around
from workbench.multistart import train_starts
from workbench.stepper import Stepper

# Of a network whose Hessian, or a tile of whose starts, costs little next to compiling.
_MOST_PARAMETERS = 4096
_SURFACES = 12  # in one piece: some seconds of work
_MOST_PROCESSES = 16  # each takes some 300 MB


class Warmed(NamedTuple):
    """One piece of work: whom it is for, and the kernels that had to be compiled for it, each with
    its seconds."""

    name: str
    part: str
    compiled: list[tuple[str, float]]


class Piece(NamedTuple):
    """What one process does at a time for the experiment ``name``: descents of its optimizer on
    ``surfaces``, or without these all else."""

    name: str
    experiment: Experiment
    surfaces: tuple[str, ...] = ()


def pieces(experiments: dict[str, Experiment]) -> list[Piece]:
    """All that the experiments, by name, will call, in pieces with next to no kernel in common.

    Experiments with one kind of optimizer and of schedule have the same kernels for descents.
    """
    found = [Piece(name, experiment) for name, experiment in experiments.items()]
    seen, names = set(), surfaces.catalog.names()
    for name, experiment in experiments.items():
        kinds = type(experiment.optimizer.item), type(experiment.schedule.item)
        if kinds not in seen:
            seen.add(kinds)
            parts = (names[k : k + _SURFACES] for k in range(0, len(names), _SURFACES))
            found += [Piece(name, experiment, tuple(part)) for part in parts]
    return found


def warm(piece: Piece) -> list[Warmed]:
    """Call every kernel of a piece once: for no steps or one, on one point or the smallest grid."""
    works, told = _WORKS, []
    if piece.surfaces:
        first = f"surfaces from {piece.surfaces[0]}"
        works = {first: lambda experiment: _descend(experiment, piece.surfaces)}
    for part, work in works.items():
        before = len(compiling.done())
        work(piece.experiment)
        told.append(Warmed(piece.name, part, compiling.done()[before:]))
    return told


def warm_all(experiments: dict[str, Experiment], say: Callable[[str], None]) -> Iterator[Warmed]:
    """Warm all pieces, on up to 16 processors; yields as pieces are done.

    In processes, since the compiler does one kernel at a time in each. ``say``, a function of a
    module, is told there what is being compiled. Ctrl-C is for this process, which ends them.
    Raises WorkbenchError where one of them dies.
    """
    found = pieces(experiments)
    count = min(os.cpu_count() or 1, len(found), _MOST_PROCESSES)
    spare = signal.SIGINT, signal.SIG_IGN
    with ProcessPoolExecutor(count, get_context("spawn"), signal.signal, spare) as pool:
        try:
            for done in as_completed([pool.submit(_warm_aloud, say, piece) for piece in found]):
                yield from done.result()
        except BaseException as error:
            pool.shutdown(wait=False, cancel_futures=True)
            # They would finish what they compile; and of those that were just being started when
            # another died, the pool loses sight.
            for child in active_children():
                child.terminate()
            if isinstance(error, BrokenProcessPool | BrokenPipeError):
                text = "warmup: a process that compiled died, perhaps for lack of memory"
                raise WorkbenchError(f"{text}; start again") from None
            raise


def _warm_aloud(say: Callable[[str], None], piece: Piece) -> list[Warmed]:
    with CompileProgress(say):
        return warm(piece)


def _training(experiment: Experiment) -> None:
    Stepper(experiment).compile()


def _views(experiment: Experiment) -> None:
    model = Stepper(experiment).model
    parameters = model.initial_parameters()
    model.loss_and_gradient(parameters)
    model.measures(parameters, model.train)
    model.predict(parameters, model.data.train.inputs[:1])
    grid_around(model, parameters[None], 2)


def _descend(experiment: Experiment, names: tuple[str, ...]) -> None:
    optimizer, schedule = experiment.optimizer.item, experiment.schedule.item
    for name in names:
        surface, at = surfaces.catalog.get(name).make(), np.zeros(2)
        surfaces.heights(surface, at, at, np.empty((2, 2)))
        trace(surface, optimizer, schedule, at, 1)


def _curvature(experiment: Experiment) -> None:
    model = Stepper(experiment).model
    point = model.initial_parameters().astype(np.float64)
    one = Samples(*(np.array(whole[:1], np.float64) for whole in model.train))
    curvature = Curvature(model.network, one)
    curvature.hessian_vector(point, point)
    if point.size <= _MOST_PARAMETERS:
        curvature.hessian(point)


def _starts(experiment: Experiment) -> None:
    if parameter_count(experiment.network.sizes) > _MOST_PARAMETERS:
        return
    deque(train_starts(experiment.replace(stop={"steps": 1}), 1, threads=1), 0)


_WORKS: dict[str, Callable[[Experiment], None]] = {
    "training": _training,
    "views": _views,
    "curvature": _curvature,
    "starts": _starts,
}
