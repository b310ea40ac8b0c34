"""What the census asks of a training loss: heights, slopes, curvature, units, in float64."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kernels import network, probes
from kernels.draws import fill_normals
from kernels.objective import TrainingLoss
from kernels.optimizers import new_memory
from kernels.optimizers.lbfgs import LBFGS
from kernels.penalties import cost
from kernels.random import STREAM_CENSUS
from kernels.settling import descend
from workbench.curvature import Curvature
from workbench.experiment import Experiment
from workbench.model import Model

_OPTIMIZER = LBFGS()


class Point(NamedTuple):
    """Training loss, gradient (n,) and samples answered right at one point; ``size`` is the
    gradient's Euclidean norm."""

    loss: float
    gradient: np.ndarray
    right: int
    size: float

    @property
    def finite(self) -> bool:
        return bool(np.isfinite(self.loss) and np.isfinite(self.size))


class Units(NamedTuple):
    """A hidden layer on all training samples: pre-activations, activations and slopes, each
    (n_samples, n_units), and ``terms``, the sum of the magnitudes that each z is made of."""

    z: np.ndarray
    a: np.ndarray
    slope: np.ndarray
    terms: np.ndarray


class Site:
    """The training loss of an experiment, penalty included, in float64 whatever its dtype.

    Keeps scratch between calls, so an instance serves one thread at a time.
    """

    def __init__(self, experiment: Experiment) -> None:
        self.model = m = Model(experiment.replace(dtype="float64"))
        self.count = len(m.train.inputs)
        self.penalized = float(cost(m.network.penalty, 1.0)) > 0.0
        everything = np.arange(self.count)
        self._objective = TrainingLoss(m.network, m.train, everything, m.new_work(), ())
        self._curvature = Curvature(m.network, m.train, threads=1)

    def look(self, parameters: np.ndarray) -> Point:
        """The loss and its gradient at ``parameters`` (n,), float64."""
        gradient = np.empty_like(parameters)
        o = self._objective
        loss, right = network.batch_gradient(
            o.network, parameters, o.samples, o.everything, self.count, gradient, o.work
        )
        return Point(float(loss), gradient, int(right), float(np.linalg.norm(gradient)))

    def loss(self, parameters: np.ndarray) -> float:
        """The loss alone."""
        return self.look(parameters).loss

    def hessian(self, parameters: np.ndarray) -> np.ndarray:
        """The exact Hessian (n, n)."""
        return self._curvature.hessian(parameters)

    def descend(self, parameters: np.ndarray, gentle: float, most: int) -> tuple[int, bool]:
        """At most ``most`` steps of L-BFGS to a gradient norm of ``gentle``; mutates ``parameters``
        (n,). Returns the steps made and whether each found a way down."""
        memory = new_memory(_OPTIMIZER, parameters.size, np.float64)
        gradient = np.empty_like(parameters)
        steps, _, down = descend(
            _OPTIMIZER, self._objective, parameters, gradient, memory, gentle, most
        )
        return int(steps), bool(down)

    def units(self, parameters: np.ndarray) -> list[Units]:
        """The hidden layers at ``parameters`` (n,), from the inputs on."""
        net, a = self.model.network, self.model.train.inputs
        found = []
        for k, place in enumerate(self.model.layers[:-1]):
            w, b = parameters[place.weights].reshape(place.shape), parameters[place.bias]
            z = a @ w + b
            terms = np.abs(a) @ np.abs(w) + np.abs(b)
            flat = np.ascontiguousarray(z).ravel()
            value, slope = np.empty_like(flat), np.empty_like(flat)
            probes.activation(net.activations[net.kinds[k]], flat, value, slope)
            a = value.reshape(z.shape)
            found.append(Units(z, a, slope.reshape(z.shape), terms))
        return found


def normals(place: int, shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    """Standard normals of ``shape``, float64: the same for the same ``place`` and ``seed``."""
    values = np.empty(int(np.prod(shape)))
    fill_normals(seed, STREAM_CENSUS, place, values)
    return values.reshape(shape)
