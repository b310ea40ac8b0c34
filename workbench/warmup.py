"""Compiles ahead of time what runs and the window's views will call for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from kernels import compiling, surfaces
from kernels.network import Samples, parameter_count
from workbench.curvature import Curvature
from workbench.descents.descent import trace
from workbench.experiment import Experiment
from workbench.landscape import grid_around
from workbench.multistart import train_starts
from workbench.stepper import Stepper

# Of a network whose Hessian, or a tile of whose starts, costs little next to compiling.
_MOST_PARAMETERS = 4096


class Warmed(NamedTuple):
    """One piece of work: whom it is for, and the kernels that had to be compiled for it, each with
    its seconds."""

    name: str
    part: str
    compiled: list[tuple[str, float]]


def warm(experiments: dict[str, Experiment]) -> Iterator[Warmed]:
    """Call every kernel once that the experiments, by name, will call; yields after each piece.

    Kernels are called for no steps or one, on one point or on the smallest grid.
    """
    for name, experiment in experiments.items():
        for part, work in _WORKS.items():
            before = len(compiling.done())
            work(experiment)
            yield Warmed(name, part, compiling.done()[before:])


def _training(experiment: Experiment) -> None:
    Stepper(experiment).compile()


def _views(experiment: Experiment) -> None:
    model = Stepper(experiment).model
    parameters = model.initial_parameters()
    model.loss_and_gradient(parameters)
    model.measures(parameters, model.train)
    model.predict(parameters, model.data.train.inputs[:1])
    grid_around(model, parameters[None], 2)


def _surfaces(experiment: Experiment) -> None:
    optimizer = experiment.optimizer.item
    for entry in surfaces.catalog:
        surface, at = entry.make(), np.zeros(2)
        surfaces.heights(surface, at, at, np.empty((2, 2)))
        trace(surface, optimizer, experiment.schedule.item, at, 1)


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
    "surfaces": _surfaces,
}
