"""What a trainability map trains: the published settings, and any experiment.

Sohl-Dickstein 2024, "The boundary of neural network trainability is fractal", arXiv 2402.06184:
one hidden layer of 16 units, 16 inputs, one output, no biases, mean squared error, gradient descent
in float64. The paper's network answers W₁ f(√(2/16) W₀ x) / 16 (identity: √(1/16)), all of W, x and
y standard normal; here weights are kept times those factors a, and rates times a², which is the
same descent up to rounding. The numbers drawn are those of the program published with it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from kernels import batchings, optimizers, schedules
from kernels.batchings import select, size
from kernels.network import Network, Samples, parameter_count
from workbench.errors import BadValue
from workbench.experiment import Experiment
from workbench.fields import integer, plain
from workbench.maps import threefry
from workbench.model import Model, layers

WIDTH = 16
_SHUFFLE = 42  # the seed of the published mini-batches


@dataclass(frozen=True)
class Setting:
    """What every pixel of a map trains, from ``start`` (n,), for ``batches`` int64 (steps, size).

    ``batches`` names each step's samples; size 0 is the full batch. ``factors`` (n_layers, 2)
    multiply a layer's learning rate for its weights and its biases. ``published`` is the paper's
    dimension of the boundary, if there is one. Arrays are of the dtype to compute in.
    """

    name: str
    summary: str
    network: Network
    samples: Samples
    start: np.ndarray
    batches: np.ndarray
    factors: np.ndarray
    published: float | None = None

    @property
    def steps(self) -> int:
        """Steps that every network makes."""
        return len(self.batches)


@dataclass(frozen=True)
class _Published:
    summary: str
    activation: str
    dimension: float
    samples: int
    batch: int = 0


_ALL = WIDTH * WIDTH + WIDTH  # as many samples as parameters
_PUBLISHED = {
    "tanh": _Published("tanh, full batch", "tanh", 1.66, _ALL),
    "relu": _Published("ReLU, full batch", "relu", 1.20, _ALL),
    "identity": _Published("deep linear network, full batch", "identity", 1.17, WIDTH),
    "single": _Published("tanh, a single training point", "tanh", 1.41, 1),
    "minibatch": _Published("tanh, mini-batches of 16", "tanh", 1.55, _ALL, 16),
}
NAMES = tuple(_PUBLISHED)
STEPS = 500


def setting(name: str, steps: int | None = None, seed: int = 0) -> Setting:
    """The published setting of that name, with the paper's 500 steps unless said otherwise.

    ``seed`` 0 draws the published weights and data. Raises BadValue.
    """
    if name not in _PUBLISHED:
        raise BadValue("setting", f"must be one of {', '.join(NAMES)}", name, NAMES[0])
    steps = STEPS if steps is None else integer("steps", plain(steps), 20, 1_000_000)
    return _make(name, steps, integer("seed", plain(seed), 0, 2**63 - 1))


@cache
def _make(name: str, steps: int, seed: int) -> Setting:
    from kernels import activations, losses, outputs, penalties

    spec = _PUBLISHED[name]
    rng, own = threefry.split(threefry.key(seed))
    first, second = threefry.split(own)
    weights = threefry.normal(first, (WIDTH, WIDTH)), threefry.normal(second, (WIDTH, 1))
    rng, own = threefry.split(rng)
    inputs = threefry.normal(own, (spec.samples, WIDTH))
    rng, own = threefry.split(rng)
    targets = threefry.normal(own, (spec.samples, 1))
    gain = 1.0 if spec.activation == "identity" else 2.0
    scales = math.sqrt(gain / WIDTH), 1.0 / WIDTH
    start = np.concatenate(
        [part for w, a in zip(weights, scales, strict=True) for part in (_flat(w, a))]
    )
    catalogs = activations.catalog, outputs.catalog, losses.catalog, penalties.catalog
    names = spec.activation, "identity", "mean_squared_error", "none"
    f, output, loss, penalty = (c.get(n).make() for c, n in zip(catalogs, names, strict=True))
    sizes = np.array([WIDTH, WIDTH, 1], np.int64)
    batches = np.zeros((steps, spec.batch), np.int64)
    for step, own in enumerate(threefry.split(threefry.key(_SHUFFLE), steps) if spec.batch else ()):
        batches[step] = threefry.integers(own, spec.batch, spec.samples)
    return Setting(
        name,
        spec.summary,
        Network(sizes, (f,), np.zeros(1, np.int64), output, loss, penalty),
        Samples(inputs, targets),
        start,
        batches,
        np.array([[a * a, 0.0] for a in scales]),
        spec.dimension,
    )


def _flat(weights: np.ndarray, scale: float) -> tuple[np.ndarray, np.ndarray]:
    return scale * weights.ravel(), np.zeros(weights.shape[1])


def setting_of(experiment: Experiment) -> Setting:
    """An experiment as a setting: its network, data, start, batching and number of steps.

    Its own learning rate is left out. Raises BadValue where it is anything but plain gradient
    descent with a constant rate, or has fewer than 20 steps.
    """
    e = experiment
    for field, entry, catalog, name in (
        ("optimizer.name", e.optimizer, optimizers.catalog, "sgd"),
        ("schedule.name", e.schedule, schedules.catalog, "constant"),
    ):
        if type(entry.item) is not catalog.get(name).cls:
            raise BadValue(field, "must be plain gradient descent's", entry.name, name)
    steps = integer("stop.steps", e.stop.steps, 20, 1_000_000)
    model = Model(e)
    n = len(model.train.inputs)
    full = bool(batchings.catalog.of(e.batching.item).facts["exact"])
    batches = np.zeros((steps, 0 if full else int(size(e.batching.item, n))), np.int64)
    order = np.full(n + 1, -1)
    for step in range(0 if full else steps):
        if select(e.batching.item, e.seed, step, order, batches[step]) < batches.shape[1]:
            rule = "must divide the training set for a trainability map"
            raise BadValue("batching", rule, batches.shape[1], "full_batch")
    count = len(layers(e.network.sizes))
    title = e.title or "an experiment"
    return Setting(
        "experiment",
        title,
        model.network,
        model.train,
        model.initial_parameters(),
        batches,
        np.ones((count, 2)),
    )


def describe(made: Setting) -> dict[str, Any]:
    """The setting in figures, ready for JSON."""
    full = made.batches.shape[1] == 0
    return {
        "setting": made.name,
        "summary": made.summary,
        "sizes": [int(n) for n in made.network.sizes],
        "parameters": parameter_count(made.network.sizes),
        "samples": len(made.samples.inputs),
        "batch": "full" if full else made.batches.shape[1],
        "steps": made.steps,
        "dtype": str(made.start.dtype),
        "published_dimension": made.published,
    }
