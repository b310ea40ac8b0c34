"""Regression: normal inputs, answered by a random network, the teacher.

The student-teacher setting of Saad & Solla 1995, "On-line learning in soft committee machines",
Physical Review E 52. Inputs are standard normal; a weight of a layer with n inputs is normal with
variance 1/n, a bias normal with a variance of its own; the last layer is linear; normal noise is
added to the targets. A student of the teacher's sizes and activation can reach the noise's variance
as its mean squared error.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from kernels.domains import BadHyper, Text, Words
from workbench.datasets import COMMON, SAMPLES, SEED, Table, catalog, normals

_ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0.0),
    "identity": lambda z: z,
}


class GaussianTeacher(NamedTuple):
    """``samples`` answered by a ``teacher`` of these layer sizes, with ``activation`` in its hidden
    layers; ``bias``: standard deviation of its biases; ``noise``: that of the noise on targets;
    ``seed`` of teacher, inputs and noise."""

    samples: float = 500
    teacher: str = "5-4-1"
    activation: str = "tanh"
    bias: float = 0.0
    noise: float = 0.0
    seed: float = 0
    test_fraction: float = 0.25
    split_seed: float = 0
    scaling: str = "none"


def _sizes(text: str) -> list[int]:
    return [int(part) for part in text.split("-")]


def _check(name: str, value: str) -> str:
    parts = [part.strip() for part in value.split("-")]
    good = all(part.isascii() and part.isdigit() and 1 <= int(part[:5]) <= 1000 for part in parts)
    if not good or not 2 <= len(parts) <= 10:
        rule = "must be 2 to 10 layer sizes from 1 to 1000 with hyphens between them"
        raise BadHyper(name, rule, value, "5-4-1")
    return "-".join(str(int(part)) for part in parts)


def teacher_of(item: Any) -> list[tuple[np.ndarray, np.ndarray]]:
    """The teacher's layers: weights (n_in, n_out) and biases (n_out,), float64."""
    layers = []
    for k, (n_in, n_out) in enumerate(pairwise(_sizes(item.teacher))):
        weights = normals(item.seed, 3 + 2 * k, n_in, n_out) / np.sqrt(n_in)
        layers.append((weights, item.bias * normals(item.seed, 2 + 2 * k, n_out)))
    return layers


def _table(item: Any) -> Table:
    n, sizes = int(item.samples), _sizes(item.teacher)
    inputs = normals(item.seed, 0, n, sizes[0])
    layers = teacher_of(item)
    values = inputs
    for k, (weights, biases) in enumerate(layers):
        values = values @ weights + biases
        if k < len(layers) - 1:
            values = _ACTIVATIONS[item.activation](values)
    return Table(inputs, values + item.noise * normals(item.seed, 1, n, sizes[-1]))


def _shape(item: Any) -> tuple[int, int]:
    sizes = _sizes(item.teacher)
    return sizes[0], sizes[-1]


catalog.register(
    GaussianTeacher,
    "gaussian_teacher",
    "regression: normal inputs answered by a random network",
    hypers={
        "samples": (SAMPLES.replace("1000000", "100000"), "samples in all"),
        "teacher": (Text("layer sizes such as 5-4-1", _check), "layer sizes of the teacher"),
        "activation": (Words(tuple(_ACTIVATIONS)), "activation of the teacher's hidden layers"),
        "bias": ("[0, inf)", "standard deviation of the teacher's biases"),
        "noise": ("[0, inf)", "standard deviation of the noise on the targets"),
        "seed": SEED,
    }
    | COMMON,
    shape=_shape,
    classes=False,
    table=_table,
)
