"""Gradients of whole networks against complex steps and finite differences."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from typing import Any

import numpy as np

from kernels import activations, losses, outputs
from workbench.experiment import CATALOGS, Experiment
from workbench.model import Model
from workbench.proof import Row, twins

SUMMARY = "backpropagation against complex steps of NumPy and differences of the loss"
_TOGETHER = 10  # activations in one network, which is compiled once


def rows() -> Iterator[Row]:
    """Errors relative to the gradient's largest entry."""
    yield from (row for network in networks() for row in compare(network))


def networks(every_pair: bool = True) -> Iterator[dict[str, Any]]:
    """Settings that between them hold every activation, output, loss and penalty.

    A loss that takes any output is paired with each of them, or, without ``every_pair``, with one.
    """
    known = activations.catalog.names()
    for first in range(0, len(known), _TOGETHER):
        names = known[first : first + _TOGETHER]
        yield {"network.sizes": [16, *[4] * len(names), 2], "network.activations": names}
    penalties = cycle(CATALOGS["penalty"].names())
    any_output = cycle(outputs.catalog.names())
    for loss in losses.catalog:
        free = outputs.catalog.names() if every_pair else [next(any_output)]
        for output in loss.facts.get("accepts") or free:
            settings = {"network.output": output, "network.loss": loss.name}
            yield settings | {"penalty": next(penalties)}


def small(settings: dict[str, Any]) -> Experiment:
    """A small experiment in float64 with these settings."""
    base = {
        "data": {"name": "drawn01_4x4", "test_fraction": 0.8},
        "network": {"sizes": [16, 4, 2], "activations": "tanh"},
        "dtype": "float64",
    }
    return Experiment.of(base).replace(settings)


def compare(settings: dict[str, Any]) -> Iterator[Row]:
    """The gradient that the kernels make of a network, against both."""
    experiment = small(settings)
    model = Model(experiment)
    twin = twins.Twin(experiment, model.train.inputs, model.train.targets)
    subject = describe(experiment)
    if lacking := twin.lacking():
        yield Row(subject, f"no twin of {', '.join(lacking)}: add one", float("inf"), 0.0)
        return
    parameters = twins.clear_parameters(twin, model.parameter_count)
    loss, gradient = model.loss_and_gradient(parameters)
    known = float(twin.loss(parameters))
    yield Row(f"{subject}: loss", "NumPy", abs(loss - known) / max(abs(known), 1.0), 1e-13)
    exact = twin.gradient(parameters)
    yield Row(subject, "complex step", error(gradient, exact), 1e-12)
    near = twins.differences(lambda p: model.loss_and_gradient(p)[0], parameters)
    yield Row(subject, "differences of its own loss", error(gradient, near), 1e-7)


def error(got: np.ndarray, wanted: np.ndarray) -> float:
    """The largest difference, relative to the largest entry."""
    return float(np.abs(got - wanted).max() / np.abs(wanted).max())


def describe(experiment: Experiment) -> str:
    """What is particular about an experiment of ``small``."""
    spec = experiment.network
    names = "·".join(choice.name for choice in spec.activations)
    penalty = experiment.penalty.name
    extra = f", {penalty}" if penalty != "none" else ""
    return f"{names}, {spec.output.name}, {spec.loss.name}{extra}"
