"""Starting points that are not drawn: made from others, read, fitted to data, or constructed."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from kernels import initializers
from workbench.experiment import Experiment
from workbench.model import Model
from workbench.proof import Row, missing, philox, twins
from workbench.proof.checks.gradients import small
from workbench.proof.initializer_references import REFERENCES

SUMMARY = "every starting point that is not drawn against what defines it"
_SEED, _START = 9, 3
_PERTURBATION = 6  # the stream of perturbations, among those of a seed


def rows() -> Iterator[Row]:
    """Absolute differences of parameters, variances, and the tutorial's published figures."""
    for entry in initializers.catalog:
        if entry.cls in initializers.draw.bodies:
            continue
        if entry.name in DEFINITIONS:
            yield from DEFINITIONS[entry.name]()
        else:
            yield missing(entry.name, "starts.DEFINITIONS")


def _made(**initializer: Any) -> Model:
    return Model(small({"initializer": initializer, "seed": _SEED, "start": _START}))


def _drawn(name: str, model: Model, start: int) -> np.ndarray:
    item = initializers.catalog.get(name).make()
    parts: list[np.ndarray] = []
    for n_in, n_out in pairwise(model.experiment.network.sizes):
        place = sum(part.size for part in parts)
        weights, bias = REFERENCES[name](item, n_in, n_out, _SEED, start, place)
        parts += [np.ravel(weights), np.broadcast_to(bias, n_out)]
    return np.concatenate(parts)


def _between() -> Iterator[Row]:
    model = _made(name="between", of="he_normal", first=2, second=5, fraction=0.3)
    wanted = 0.7 * _drawn("he_normal", model, 2) + 0.3 * _drawn("he_normal", model, 5)
    error = float(np.abs(model.initial_parameters() - wanted).max())
    yield Row("between", "seven tenths of one and three of the other", error, 1e-13)


def _perturbed() -> Iterator[Row]:
    model = _made(name="perturbed", of="he_normal", of_start=4, deviation=0.2)
    places = range(model.parameter_count)
    noise = np.array([philox.normal(_SEED, _PERTURBATION, _START, k) for k in places])
    wanted = _drawn("he_normal", model, 4) + 0.2 * noise
    error = float(np.abs(model.initial_parameters() - wanted).max())
    yield Row("perturbed", "another start and Philox's deviates", error, 1e-13)


def _lsuv() -> Iterator[Row]:
    model = _made(name="lsuv")
    found = model.initial_parameters()
    twin = twins.Twin(model.experiment, model.train.inputs, model.train.targets)
    deviations = [float(z.std()) for z in twin.forward(found)[:-1]]
    error = max(abs(deviation - 1.0) for deviation in deviations)
    yield Row("lsuv: deviation of every layer", "1", error, 1e-13)
    drawn = _drawn("orthogonal", model, _START)
    pairs = zip(twin.layers(found), twin.layers(drawn), strict=True)
    ratios = [np.ptp(weights / orthogonal) for (weights, _), (orthogonal, _) in pairs]
    yield Row("lsuv: directions", "orthonormal weights", float(max(ratios)), 1e-11)


def _file() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "start.npz")
        wanted = np.random.default_rng(3).normal(size=_made(name="zeros").parameter_count)
        np.savez(path, parameters=wanted)
        found = _made(name="file", path=str(path)).initial_parameters()
    yield Row("file", "what was written", float(np.abs(found - wanted).max()), 0.0)


def _constructed() -> Iterator[Row]:
    model = Model(Experiment.preset("tutorial").replace(dtype="float64"))
    parameters = model.initial_parameters()
    loss = model.loss_and_gradient(parameters)[0]
    first = model.predict(parameters, model.data.train.inputs[0])
    wanted = first[int(model.data.train.targets[0].argmax())]
    yield Row("constructed_tutorial: loss", "the tutorial's 0.4768", abs(loss - 0.4768), 5e-5)
    error = abs(float(wanted) - 0.26)
    yield Row("constructed_tutorial: first answer", "the tutorial's 0.26", error, 5e-3)


DEFINITIONS: dict[str, Callable[[], Iterator[Row]]] = {
    "between": _between,
    "constructed_tutorial": _constructed,
    "file": _file,
    "lsuv": _lsuv,
    "perturbed": _perturbed,
}
