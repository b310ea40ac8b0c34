"""Planes through parameter space, and all units' answers, against NumPy."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from workbench.landscape import grid_around
from workbench.model import Model
from workbench.proof import Row, twins
from workbench.proof.checks.gradients import small

SUMMARY = "the loss over a plane, answers and accuracies against NumPy"


def rows() -> Iterator[Row]:
    """Absolute differences; the plane is that of a bent path."""
    for output, loss in (("softmax", "cross_entropy"), ("identity", "mean_squared_error")):
        experiment = small(
            {"network.output": output, "network.loss": loss, "data.test_fraction": 0.5}
        )
        model = Model(experiment)
        twin = twins.Twin(experiment, model.train.inputs, model.train.targets)
        path = np.random.default_rng(1).normal(0.0, 0.5, (4, model.parameter_count)).cumsum(0)
        grid = grid_around(model, path, 9)
        wanted = [
            [
                float(twin.loss(grid.plane.origin + np.array([x, y]) @ grid.plane.directions))
                for x in grid.along
            ]
            for y in grid.across
        ]
        subject = f"tanh, {output}, {loss}"
        error = float(np.abs(grid.values - wanted).max() / np.max(wanted))
        yield Row(f"{subject}: 9×9 points of a plane", "NumPy", error, 1e-13)
        answers = twin.forward(path[-1])[-1]
        got = model.predict(path[-1], model.data.train.inputs)
        yield Row(f"{subject}: answers", "NumPy", float(np.abs(got - answers).max()), 1e-13)
        right = np.mean(answers.argmax(1) == twin.targets.argmax(1))
        found = model.measures(path[-1], model.train)[1]
        yield Row(f"{subject}: share answered right", "NumPy", abs(float(found - right)), 0.0)
