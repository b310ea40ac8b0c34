"""Gradients of whole networks against complex steps and finite differences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from kernels import activations, losses, outputs
from workbench.experiment import CATALOGS, Experiment
from workbench.model import Model
from workbench.proof import Row, twins

SUMMARY = "backpropagation against complex steps of NumPy and differences of the loss"
_TOGETHER = 6  # activations in one network, which is compiled once


def rows() -> Iterator[Row]:
    """Errors relative to the gradient's largest entry."""
    yield from (row for network in networks() for row in compare(network))


def networks() -> Iterator[dict[str, Any]]:
    """Settings that between them hold every activation, output, loss and penalty."""
    known = activations.catalog.names()
    for first in range(0, len(known), _TOGETHER):
        names = known[first : first + _TOGETHER]
        yield {"network.sizes": [16, *[4] * len(names), 2], "network.activations": names}
    for loss in losses.catalog:
        for output in loss.facts.get("accepts") or outputs.catalog.names():
            yield {"network.output": output, "network.loss": loss.name}
    for penalty in CATALOGS["penalty"].names() if "penalty" in CATALOGS else ():
        yield {"penalty": penalty}


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
    penalty = getattr(experiment, "penalty", None)
    extra = f", {penalty.name}" if penalty is not None and penalty.name != "none" else ""
    return f"{names}, {spec.output.name}, {spec.loss.name}{extra}"
