"""An experiment's network with its data, in the form that kernels take."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from kernels import network
from kernels.activations.identity import Identity
from kernels.schedules import current, new_schedule_memory
from workbench import datasets, starts
from workbench.curvature import Curvature
from workbench.errors import BadValue
from workbench.experiment import Experiment
from workbench.scaling import Scaling


class Layer(NamedTuple):
    """One layer's place in the flat parameter vector.

    ``weights`` and ``bias`` are slices; ``shape`` is (n_in, n_out); ``name`` reads as "6 → 2".
    """

    name: str
    shape: tuple[int, int]
    weights: slice
    bias: slice


def layers(sizes: tuple[int, ...]) -> list[Layer]:
    """The layers of a network of these sizes, in order."""
    found, offset = [], 0
    for n_in, n_out in pairwise(sizes):
        bias = offset + n_in * n_out
        place = slice(offset, bias), slice(bias, bias + n_out)
        found.append(Layer(f"{n_in} → {n_out}", (n_in, n_out), *place))
        offset = bias + n_out
    return found


def load_data(experiment: Experiment) -> datasets.DataSet:
    """The experiment's data set, train and test parts, in its dtype, before any scaling."""
    data, dtype = experiment.data, experiment.numpy_dtype
    known = tuple(found for found in experiment.digests if found[0].startswith("data."))
    return datasets.load(data.name, data.item, dtype, known)


class Model:
    """A network, its data set, and what can be asked of them for any parameters.

    ``network`` is the kernels' description; ``train`` and ``test`` are the kernels' samples;
    ``data`` is the data set. Methods that take parameters accept any array-like of the right
    length, compute in the experiment's dtype, and may be called from several threads at once.
    """

    def __init__(self, experiment: Experiment) -> None:
        self.experiment = experiment
        self.dtype = experiment.numpy_dtype
        spec = experiment.network
        # Equal tuples of different classes compare equal, so the class is part of the key.
        keys = [(type(c.item), c.item) for c in spec.activations]
        distinct = list(dict.fromkeys(keys)) or [(Identity, Identity())]
        self.network = network.Network(
            np.array(spec.sizes, np.int64),
            tuple(item for _, item in distinct),
            np.array([distinct.index(key) for key in keys], np.int64),
            spec.output.item,
            spec.loss.item,
            experiment.penalty.item,
        )
        self.data = load_data(experiment)
        self.scaling = Scaling.fit(experiment.data.scaling, self.data.train.inputs)
        self.train = self._samples(self.data.train)
        self.test = self._samples(self.data.test)
        self.layers = layers(spec.sizes)
        self.parameter_count = network.parameter_count(spec.sizes)

    def _samples(self, split: datasets.Split) -> network.Samples:
        inputs = self.scaling.apply(split.inputs)
        return network.Samples(*(_writable(a, self.dtype) for a in (inputs, split.targets)))

    def new_work(self) -> network.Work:
        """Scratch for one thread's kernel calls."""
        return network.new_work(self.network, self.dtype)

    def initial_parameters(self) -> np.ndarray:
        """The starting point, (n,), of the experiment's dtype."""
        return self.start(self.experiment.start)

    def start(self, index: int) -> np.ndarray:
        """Starting point ``index`` of the experiment's seed, (n,), of its dtype."""
        initializer = self.experiment.initializer
        parameters = starts.point(initializer.name, initializer.item, self, index)
        with np.errstate(over="ignore"):  # a run says so itself, as divergence at step 0
            return parameters.astype(self.dtype)

    def learning_rate(self, step: int, seen: np.ndarray | None = None) -> float:
        """The learning rate that the step after ``step`` steps takes.

        ``seen`` is what the schedule has seen, ``State.schedule``; without it, nothing yet.
        """
        e = self.experiment
        memory = new_schedule_memory(e.schedule.item) if seen is None else seen
        return e.optimizer.learning_rate * float(current(e.schedule.item, step, memory))

    def check(self, parameters: object) -> np.ndarray:
        """``parameters`` as a contiguous vector of the dtype; raises BadValue."""
        return self._vector("parameters", parameters, self.dtype)

    def _check_wide(self, name: str, values: object) -> np.ndarray:
        return self._vector(name, values, np.dtype(np.float64))

    def _vector(self, name: str, values: object, dtype: np.dtype) -> np.ndarray:
        rule = f"must be {self.parameter_count} numbers"
        try:
            vector = _writable(values, dtype)
        except (TypeError, ValueError):
            raise BadValue(name, rule, type(values).__name__, "an array") from None
        if vector.shape != (self.parameter_count,):
            shape = f"shape ({self.parameter_count},)"
            raise BadValue(name, rule, f"shape {vector.shape}", shape)
        return vector

    def loss_and_gradient(self, parameters: object) -> tuple[float, np.ndarray]:
        """Training loss, the penalty in it, and its gradient (n,), over the whole training set."""
        vector = self.check(parameters)
        gradient = np.empty_like(vector)
        n = len(self.train.inputs)
        loss, _ = network.batch_gradient(
            self.network, vector, self.train, np.arange(n), n, gradient, self.new_work()
        )
        return float(loss), gradient

    def hessian(self, parameters: object) -> np.ndarray:
        """The exact Hessian (n, n) of the training loss, in float64 for every experiment."""
        return self._curvature.hessian(self._check_wide("parameters", parameters))

    def hessian_vector(self, parameters: object, vector: object) -> np.ndarray:
        """Its product with ``vector`` (n,), float64, without the matrix."""
        point = self._check_wide("parameters", parameters)
        return self._curvature.hessian_vector(point, self._check_wide("vector", vector))

    @property
    def _curvature(self) -> Curvature:
        # A new one each time: it holds scratch, and a model may be asked from several threads.
        samples = network.Samples(*(_writable(a, np.dtype(np.float64)) for a in self.train))
        return Curvature(self.network, samples)

    def units(self, parameters: object, inputs: object) -> np.ndarray:
        """Activations of all units, (n_samples, n_units), the scaled inputs first.

        ``inputs`` are as the data set has them: the experiment's scaling is applied here.
        """
        n_in = int(self.network.sizes[0])
        rule = f"must be numbers of shape (n_samples, {n_in})"
        try:
            samples = _writable(inputs, self.dtype)
        except (TypeError, ValueError):
            raise BadValue("inputs", rule, type(inputs).__name__, "an array") from None
        single = samples.ndim == 1
        samples = samples[None] if single else samples
        if samples.ndim != 2 or samples.shape[1] != n_in:
            raise BadValue("inputs", rule, f"shape {samples.shape}", f"shape (1, {n_in})")
        units = self.respond(parameters, self.scaling.apply(samples))
        return units[0] if single else units

    def respond(self, parameters: object, inputs: np.ndarray) -> np.ndarray:
        """As ``units``, for inputs (n_samples, n_in) that are scaled, as in ``train.inputs``."""
        samples = _writable(inputs, self.dtype)
        units = np.empty((len(samples), int(self.network.sizes.sum())), self.dtype)
        network.respond_all(self.network, self.check(parameters), samples, units, self.new_work())
        return units

    def predict(self, parameters: object, inputs: object) -> np.ndarray:
        """The network's answers, (n_samples, n_out); (n_out,) for a single sample.

        ``inputs`` are as the data set has them: the experiment's scaling is applied here.
        """
        return self.units(parameters, inputs)[..., -int(self.network.sizes[-1]) :]

    def measures(self, parameters: object, samples: network.Samples) -> tuple[float, float]:
        """Mean loss, without penalty, and share answered right over ``train`` or ``test``.

        The share is NaN for a regression, where no answer is right or wrong.
        """
        loss, right = network.evaluate(
            self.network, self.check(parameters), samples, self.new_work()
        )
        return float(loss), float(right) if self.data.classes else float("nan")

    def dead_units(self, parameters: object) -> list[int]:
        """Per hidden layer, how many units answer every training sample with exactly zero."""
        units = self.respond(parameters, self.train.inputs)
        ends = np.cumsum(self.network.sizes)
        hidden = pairwise(ends[:-1])
        return [int((~units[:, a:b].any(axis=0)).sum()) for a, b in hidden]


def _writable(values: Any, dtype: np.dtype) -> np.ndarray:
    """``values`` in C order and ``dtype``, copied only where needed.

    Read-only arrays are another type to Numba, and would compile everything a second time.
    """
    return np.require(values, dtype, ("C", "A", "W"))
