"""Planted end points: networks that are alike by a symmetry, and networks that are not."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest

import workbench as wb
from workbench.model import Model

# f(z) + f(-z), by the formulas: what the next bias must take up when a unit's signs change.
MIRRORS = {"tanh": 0.0, "sigmoid": 1.0, "softsign": 0.0}


@dataclass(frozen=True)
class Planted:
    """What a census needs of an end."""

    kind: str
    parameters: np.ndarray
    loss: float
    gradient_norm: float = 1e-12
    eigenvalues: tuple[float, ...] = (0.1, 0.2)
    largest: float = 3.0
    trace: float = 7.0

    @property
    def is_minimum(self):
        return self.kind in ("strict minimum", "degenerate minimum")


@pytest.fixture(scope="session")
def planted():
    """An end at given parameters of a model, of a kind."""

    def plant(model, parameters, kind="strict minimum", **facts):
        loss = facts.pop("loss", None)
        loss = model.measures(parameters, model.train)[0] if loss is None else loss
        return Planted(kind, parameters, loss, **facts)

    return plant


@pytest.fixture(scope="session")
def model_of():
    def make(activation, sizes=(16, 5, 4, 2), output="softmax", **more):
        network = {
            "sizes": list(sizes),
            "activations": [activation] * (len(sizes) - 2),
            "output": output,
        }
        return Model(
            wb.Experiment.preset("tutorial").replace(
                network=network, initializer="he_normal", dtype="float64", **more
            )
        )

    return make


def unpack(sizes, parameters):
    """[(weights, bias), …], copies."""
    found, offset = [], 0
    for n_in, n_out in pairwise(sizes):
        after = offset + n_in * n_out
        found.append(
            (parameters[offset:after].reshape(n_in, n_out).copy(),
             parameters[after : after + n_out].copy())
        )  # fmt: skip
        offset = after + n_out
    return found


@pytest.fixture(scope="session")
def twin():
    """Parameters after a random symmetry: permutations, and what else the activation allows."""

    def transform(model, parameters, activation, rng, moved=True, shift=True, unseen=True):
        sizes = [int(n) for n in model.network.sizes]
        pairs = unpack(sizes, parameters)
        for k in range(len(pairs) - 1):
            (w, b), (after, bias) = pairs[k], pairs[k + 1]
            if activation == "identity":  # any invertible map between the layers
                matrix = rng.normal(size=(len(b), len(b))) + 3.0 * np.eye(len(b))
                pairs[k] = w @ matrix, b @ matrix
                pairs[k + 1] = np.linalg.solve(matrix, after), bias
                continue
            if activation in ("relu", "leaky_relu"):
                c = np.exp(rng.normal(size=len(b)))
                w, b, after = w * c, b * c, after / c[:, None]
            if activation in MIRRORS:
                flipped = rng.random(len(b)) < 0.5
                sign = np.where(flipped, -1.0, 1.0)
                bias = bias + MIRRORS[activation] * after[flipped].sum(0)
                w, b, after = w * sign, b * sign, after * sign[:, None]
            order = rng.permutation(len(b)) if moved else np.arange(len(b))
            pairs[k], pairs[k + 1] = (w[:, order], b[order]), (after[order], bias)
        if shift:
            w, b = pairs[-1]
            pairs[-1] = w + rng.normal(size=(len(w), 1)), b + rng.normal()
        if unseen:
            # A direction that is orthogonal to every sample with a one appended.
            inputs = np.asarray(model.train.inputs)
            design = np.hstack([inputs, np.ones((len(inputs), 1))])
            null = np.linalg.svd(design)[2][np.linalg.matrix_rank(design) :]
            w, b = pairs[0]
            extra = null.T @ rng.normal(size=(len(null), len(b)))
            pairs[0] = w + extra[:-1], b + extra[-1]
        return np.concatenate([part.ravel() for pair in pairs for part in pair])

    return transform
