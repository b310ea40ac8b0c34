"""Hidden units beside one another: what comes into each, and what leaves it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from workbench.experiment import Experiment
from workbench.model import Model
from workbench.run import Run


class Drift(NamedTuple):
    """``change`` (n_hidden,) of ‖in‖² - ‖out‖² over a run of ``steps`` steps of ``rate``, and
    ``predicted`` (n_hidden,), what gradient descent must change it by."""

    rate: float
    steps: int
    change: np.ndarray
    predicted: np.ndarray


def along(experiment: Experiment, every: int) -> Iterator[tuple[int, np.ndarray]]:
    """The parameters (n,) after 0, ``every``, 2 ``every`` … steps of a run, with the step."""
    run = Run(experiment)
    yield 0, run.snapshot().parameters
    while run.step(every):
        yield run.steps, run.snapshot().parameters


def parts(model: Model, parameters: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Of each hidden layer what comes into its units, (n_units, n_in + 1), weights and bias, and
    what leaves them, (n_units, n_out)."""
    found = []
    for into, away in pairwise(model.layers):
        weights = parameters[into.weights].reshape(into.shape)
        coming = np.vstack([weights, parameters[into.bias]]).T
        found.append((coming, parameters[away.weights].reshape(away.shape)))
    return found


def apart(model: Model, parameters: np.ndarray) -> tuple[float, float]:
    """How far the two most alike and the two most different units of a hidden layer are apart: the
    largest difference between any of their weights and biases."""
    distances = []
    for both in parts(model, parameters):
        units = np.hstack(both)
        gaps = np.abs(units[:, None] - units[None]).max(2)
        distances.append(gaps[np.triu_indices(len(units), 1)])
    together = np.concatenate(distances)
    return float(together.min()), float(together.max())


def collapsed(model: Model, parameters: np.ndarray) -> tuple[list[int], np.ndarray]:
    """Sizes and parameters of the network that has the first unit of each hidden layer alone, with
    as much leaving it as leaves them all."""
    layers, pieces = model.layers, []
    for k, place in enumerate(layers):
        weights = parameters[place.weights].reshape(place.shape)
        bias = parameters[place.bias]
        if k:
            weights = weights.sum(0, keepdims=True)
        if k < len(layers) - 1:
            weights, bias = weights[:, :1], bias[:1]
        pieces += [weights.ravel(), bias]
    ends = [int(model.network.sizes[k]) for k in (0, -1)]
    return [ends[0], *[1] * (len(layers) - 1), ends[1]], np.concatenate(pieces)


def balance(model: Model, vector: np.ndarray) -> np.ndarray:
    """‖in‖² - ‖out‖² of all hidden units (n_hidden,), biases among what comes in."""
    both = parts(model, vector)
    return np.concatenate([(a**2).sum(1) - (b**2).sum(1) for a, b in both])


def drift(experiment: Experiment, rate: float, steps: int) -> Drift:
    """How far plain gradient descent takes ``balance`` from where it was.

    Units with f(cz) = c f(z) have ⟨in, its gradient⟩ = ⟨out, its gradient⟩, so that a step changes
    ‖in‖² - ‖out‖² by rate² times the same difference of the gradient: Du, Hu & Lee 2018, arXiv
    1806.00900, theorem 2.1 and its proof.
    """
    e = experiment.replace(optimizer={"name": "sgd", "learning_rate": rate}, stop={"steps": steps})
    model = Model(e)
    predicted, first = np.zeros(0), np.zeros(0)
    for step, parameters in along(e, 1):
        now = balance(model, parameters)
        if step == 0:
            first, predicted = now, np.zeros_like(now)
        if step < steps:
            predicted = predicted + rate**2 * balance(model, model.loss_and_gradient(parameters)[1])
    return Drift(rate, steps, now - first, predicted)
