"""Compiles ahead of time what runs and the window's views will call for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from kernels import compiling, surfaces
from workbench.descent import trace
from workbench.experiment import Experiment
from workbench.landscape import grid_around
from workbench.stepper import Stepper


class Warmed(NamedTuple):
    """One piece of work: whom it is for, and the kernels that had to be compiled for it, each with
    its seconds."""

    name: str
    part: str
    compiled: list[tuple[str, float]]


def warm(experiments: dict[str, Experiment]) -> Iterator[Warmed]:
    """Call every kernel once that the experiments, by name, will call; yields after each piece.

    Nothing is trained: a kernel is called for no steps, on one point or on the smallest grid.
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


_WORKS: dict[str, Callable[[Experiment], None]] = {
    "training": _training,
    "views": _views,
    "surfaces": _surfaces,
}
