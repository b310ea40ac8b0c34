"""Exact Hessians, and their products with vectors, against differences of the gradient."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from workbench.model import Model
from workbench.proof import Row, twins
from workbench.proof.checks.gradients import describe, error, networks, small

SUMMARY = "exact Hessians and their products against differences of gradients"


def rows() -> Iterator[Row]:
    """Errors relative to the largest entry; the gradients are those that `gradients` proves."""
    for settings in networks(every_pair=False):
        experiment = small(settings)
        model = Model(experiment)
        twin = twins.Twin(experiment, model.train.inputs, model.train.targets)
        subject = describe(experiment)
        if lacking := twin.lacking():
            yield Row(subject, f"no twin of {', '.join(lacking)}: add one", float("inf"), 0.0)
            continue
        parameters = twins.clear_parameters(twin, model.parameter_count)
        hessian = model.hessian(parameters)
        near = twins.differences(_gradient(model), parameters)
        yield Row(subject, "differences of the gradient", error(hessian, near), 1e-8)
        apart = float(np.abs(hessian - hessian.T).max())
        yield Row(f"{subject}: asymmetry", "none", apart, 0.0)
        vector = np.random.default_rng(2).normal(size=model.parameter_count)
        product = model.hessian_vector(parameters, vector)
        yield Row(f"{subject}: product", "the Hessian", error(product, hessian @ vector), 1e-13)


def _gradient(model: Model) -> Callable[[np.ndarray], np.ndarray]:
    return lambda parameters: model.loss_and_gradient(parameters)[1]
