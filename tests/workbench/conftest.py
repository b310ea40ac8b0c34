"""What the tests of the workbench share: an independent network in plain NumPy, small experiments.

Experiments are few on purpose: each new combination of types is compiled for seconds.
"""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import workbench as wb

ROOT = Path(__file__).parents[2]


class PlainNetwork:
    """A fully connected ReLU network with mean squared error, float64, whole arrays at once."""

    def __init__(self, sizes, output="softmax"):
        self.sizes = list(sizes)
        self.output = output

    def unpack(self, parameters):
        found, offset = [], 0
        for n_in, n_out in pairwise(self.sizes):
            weights = parameters[offset : offset + n_in * n_out].reshape(n_in, n_out)
            offset += n_in * n_out
            found.append((weights, parameters[offset : offset + n_out]))
            offset += n_out
        assert offset == len(parameters)
        return found

    def layers(self, parameters, inputs):
        """Activations of every layer, inputs first; the last is the answer."""
        values = [np.asarray(inputs, np.float64)]
        pairs = self.unpack(np.asarray(parameters, np.float64))
        for k, (weights, bias) in enumerate(pairs):
            z = values[-1] @ weights + bias
            if k < len(pairs) - 1:
                values.append(np.maximum(z, 0.0))
            elif self.output == "softmax":
                e = np.exp(z - z.max(axis=1, keepdims=True))
                values.append(e / e.sum(axis=1, keepdims=True))
            else:
                values.append(z)
        return values

    def answer(self, parameters, inputs):
        return self.layers(parameters, inputs)[-1]

    def loss(self, parameters, inputs, targets):
        return np.mean((self.answer(parameters, inputs) - targets) ** 2)

    def accuracy(self, parameters, inputs, targets):
        return np.mean(self.answer(parameters, inputs).argmax(1) == targets.argmax(1))

    def gradient(self, parameters, inputs, targets):
        values = self.layers(parameters, inputs)
        p = values[-1]
        delta = 2.0 * (p - targets) / targets.size
        if self.output == "softmax":
            delta = p * (delta - (delta * p).sum(axis=1, keepdims=True))
        pairs, pieces = self.unpack(np.asarray(parameters, np.float64)), []
        for k in range(len(pairs) - 1, -1, -1):
            pieces[:0] = [(values[k].T @ delta).ravel(), delta.sum(0)]
            delta = (delta @ pairs[k][0].T) * (values[k] > 0)
        return np.concatenate(pieces)


@pytest.fixture(scope="session")
def plain_tutorial():
    return PlainNetwork([16, 6, 6, 2])


@pytest.fixture
def plain_network():
    return PlainNetwork


@pytest.fixture(scope="session")
def tutorial():
    return wb.Experiment.preset("tutorial")


def _small(**changes):
    base = {
        "data": {"name": "drawn01_4x4", "test_fraction": 0.25},
        "initializer": "he_normal",
        "stop": {"steps": 200},
    }
    return wb.Experiment.of(base).replace(changes)


# Full batch with SGD, mini-batches with SGD, single samples with Adam.
SMALL = {
    "full batch": _small(),
    "mini-batch": _small(batching={"name": "mini_batch", "size": 5}),
    "single sample": _small(
        batching="single_sample", optimizer={"name": "adam", "learning_rate": 0.01}
    ),
}


@pytest.fixture(params=list(SMALL))
def small(request):
    """Each way of batching in turn, over 24 samples, 200 steps."""
    return SMALL[request.param]


@pytest.fixture(scope="session")
def full_batch():
    return SMALL["full batch"]


@pytest.fixture(scope="session")
def penalized(full_batch):
    """The full batch with a penalty that is a good part of its training loss."""
    return full_batch.replace(penalty={"name": "l2", "strength": 0.02})


@pytest.fixture
def weight_cost(plain_network):
    """strength / 2 · Σ w² over the weights, without the biases, in plain NumPy."""

    def cost(experiment, parameters):
        layers = plain_network(experiment.network.sizes).unpack(parameters)
        squares = (np.square(weights, dtype=np.float64).sum() for weights, _ in layers)
        return experiment.penalty.strength / 2 * sum(squares)

    return cost


@pytest.fixture(scope="session")
def diverging(tutorial):
    return tutorial.replace(network={"output": "identity"}, optimizer={"learning_rate": 1e6})


def start_python(*arguments, cwd, **environment):
    """A Python of its own that sees this checkout; returns the process, both outputs piped."""
    unset = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "PYTHONPATH"}
    kept = {key: value for key, value in os.environ.items() if key not in unset}
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=cwd,
        env=kept | {"PYTHONPATH": str(ROOT)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


@pytest.fixture
def python(tmp_path):
    """Run Python in an empty folder; returns (exit code, standard output, standard error)."""

    def call(*arguments, **environment):
        process = start_python(*arguments, cwd=tmp_path, **environment)
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err

    return call


@pytest.fixture
def starting(tmp_path):
    """Start Python in an empty folder without waiting for it."""
    started = []

    def start(*arguments, **environment):
        started.append(start_python(*arguments, cwd=tmp_path, **environment))
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()
