"""Which cases of a comparison draw their starts from the same numbers, found out from the starts.

Random numbers are functions of (seed, start index, place in the parameter vector), so two cases
share theirs where their initializers ask for the same kind of number at each place and differ in
scale alone: he_normal and glorot_normal do, he_normal and he_uniform do not, and neither do
networks of different sizes. Such pairs are more alike, and their differences less uncertain.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workbench.comparison.plan import Case
from workbench.model import Model
from workbench.starts import point

_CLOSE = 1e-5  # of a layer's largest weight: rounding, and nothing that chance would do
_MOST = 64  # cases looked at


def shared(cases: Sequence[Case]) -> list[list[str]]:
    """The labels of the cases in groups that share their random numbers."""
    groups: list[tuple[np.ndarray, list[str]]] = []
    for case in cases[:_MOST]:
        form = _form(case, 1)
        for known, labels in groups:
            if known.shape == form.shape and np.abs(known - form).max(initial=0.0) <= _CLOSE:
                labels.append(case.label)
                break
        else:
            groups.append((form, [case.label]))
    return [labels for _, labels in groups]


def unvaried(cases: Sequence[Case]) -> list[str]:
    """The labels of the cases all of whose starts are one and the same point."""
    same = [np.array_equal(_start(case, 0)[1], _start(case, 1)[1]) for case in cases[:_MOST]]
    return [case.label for case, alike in zip(cases, same, strict=False) if alike]


def _start(case: Case, index: int) -> tuple[Model, np.ndarray]:
    model = Model(case.experiment)
    chosen = case.experiment.initializer
    return model, point(chosen.name, chosen.item, model, index)


def _form(case: Case, index: int) -> np.ndarray:
    """A starting point with each layer's weights, and biases, scaled to a largest of 1."""
    model, parameters = _start(case, index)
    for layer in model.layers:
        for part in (layer.weights, layer.bias):
            largest = np.abs(parameters[part]).max(initial=0.0)
            if largest > 0.0:
                parameters[part] /= largest
    return parameters
