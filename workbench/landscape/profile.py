"""Loss and accuracy along a curve from one point of parameter space to another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.landscape.evaluate import evaluate_points
from workbench.model import Model


@dataclass(frozen=True)
class Profile:
    """What a curve meets on its way; arrays are float64 (k,).

    ``t`` runs from 0 at the one end to 1 at the other. ``loss`` is what training minimises,
    ``loss_test`` the mean loss over the test set (NaN where there is none); a regression's
    accuracies are NaN.
    """

    name: str
    t: np.ndarray
    loss: np.ndarray
    loss_test: np.ndarray
    accuracy: np.ndarray
    accuracy_test: np.ndarray

    @property
    def barrier(self) -> float:
        """How far ``loss`` rises above the straight line between its values at the ends; 0 where it
        nowhere does. The loss barrier of Entezari et al. 2022, arXiv 2110.06296."""
        ends = (1.0 - self.t) * self.loss[0] + self.t * self.loss[-1]
        return float(np.max(self.loss - ends))

    @property
    def mean(self) -> float:
        """The mean of ``loss`` over t, by the trapezoidal rule."""
        return float(np.trapezoid(self.loss, self.t))

    def summary(self) -> dict[str, float | None]:
        """The figures, ready for JSON."""
        top = int(np.argmax(np.where(np.isfinite(self.loss), self.loss, -np.inf)))
        figures = {
            "barrier": self.barrier,
            "loss_mean": self.mean,
            "loss_first": self.loss[0],
            "loss_last": self.loss[-1],
            "loss_highest": self.loss[top],
            "t_highest": self.t[top],
        }
        return {k: float(v) if np.isfinite(v) else None for k, v in figures.items()}


def measure(model: Model, name: str, t: np.ndarray, points: np.ndarray) -> Profile:
    """The profile of a curve that has ``points`` (k, n) at ``t`` (k,)."""
    found = {}
    for height in ("loss", "loss_test", "accuracy", "accuracy_test"):
        needed = height == "loss" or not height.startswith("accuracy") or model.data.classes
        empty = height.endswith("_test") and not len(model.test.inputs)
        found[height] = (
            evaluate_points(model, points, height)
            if needed and not empty
            else np.full(len(t), np.nan)
        )
    return Profile(name, t, **found)
