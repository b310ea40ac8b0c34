"""How strong activations and gradients are at every depth of networks that were just drawn."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from scipy.stats import norm

from kernels import activations, initializers, losses, network, outputs, penalties
from workbench.census.statistics import holm
from workbench.datasets import normals
from workbench.in_order import in_order
from workbench.model import layers
from workbench.reproductions import Watch

_BLOCK = 25  # starts that a thread takes at a time
_FAR = 1e12  # a target above all answers: the mean absolute error's slope is the same for all


class Case(NamedTuple):
    """Networks of ``sizes`` whose hidden units have ``activation``, drawn by ``initializer`` with
    its ``values``, for inputs of standard deviation ``scale``.

    ``gain``: the share of a mean square that an activation lets through by the formulas, forwards
    and backwards; ``variance(n_in, n_out)``: that of a weight.
    """

    name: str
    sizes: tuple[int, ...]
    activation: str
    initializer: str
    gain: float
    variance: Callable[[int, int], float]
    scale: float = 1.0
    values: Mapping[str, float] | None = None

    def formulas(self) -> tuple[np.ndarray, np.ndarray]:
        """The mean square of the activations of hidden layer 1, 2, … over that of the inputs, and
        of the loss's derivatives in their z over that of the outputs: (depth,) each.

        One layer takes the first times n_in Var(w) and the second times n_out Var(w), both times
        the gain: Glorot & Bengio 2010, eq. 5 and 6; He et al. 2015, eq. 9 and 13.
        """
        pairs = list(zip(self.sizes, self.sizes[1:], strict=False))
        ahead = [self.gain * n_in * self.variance(n_in, n_out) for n_in, n_out in pairs]
        back = [self.gain * n_out * self.variance(n_in, n_out) for n_in, n_out in pairs]
        return np.cumprod(ahead[:-1]), np.cumprod(back[:0:-1])[::-1]


class Signals(NamedTuple):
    """``forward`` and ``backward``, each (starts, depth), measured of what ``Case.formulas`` is."""

    forward: np.ndarray
    backward: np.ndarray


class Estimate(NamedTuple):
    """Means (depth,) over starts with 95 % intervals, ``low`` to ``high``, and ``p_value`` (depth,)
    of their z tests against the formula, Holm-corrected."""

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p_value: np.ndarray


def measure(case: Case, starts: int, seed: int, watch: Watch) -> Signals:
    """Draw the networks ``starts`` times, and answer one normal input with each."""
    blocks = [range(k, min(k + _BLOCK, starts)) for k in range(0, starts, _BLOCK)]

    def work(block: range) -> Signals:
        return _measure(case, block, seed)

    found = []
    for part in in_order(work, blocks, os.cpu_count() or 1, "signals", watch.cancelled):
        found.append(part)
        watch.at(len(found) / len(blocks))
    watch.at(1.0)
    return Signals(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def _measure(case: Case, starts: range, seed: int) -> Signals:
    sizes, depth = np.array(case.sizes, np.int64), len(case.sizes) - 2
    kinds = np.zeros(depth, np.int64)
    net = network.Network(
        sizes,
        (activations.catalog.get(case.activation).make(),),
        kinds,
        outputs.catalog.get("identity").make(),
        losses.catalog.get("mean_absolute_error").make(),
        penalties.catalog.get("none").make(),
    )
    work, places = network.new_work(net, np.float64), layers(case.sizes)
    parameters = np.empty(network.parameter_count(sizes))
    gradient, units = np.empty_like(parameters), np.empty((1, int(sizes.sum())))
    targets, one, ends = np.full((1, case.sizes[-1]), _FAR), np.zeros(1, np.int64), np.cumsum(sizes)
    item = initializers.catalog.get(case.initializer).make(case.values)
    forward, backward = np.empty((2, len(starts), depth))
    for row, start in enumerate(starts):
        initializers.initialize(item, sizes, seed, start, parameters)
        inputs = case.scale * normals(seed, start, 1, case.sizes[0])
        samples = network.Samples(inputs, targets)
        network.respond_all(net, parameters, inputs, units, work)
        network.batch_gradient(net, parameters, samples, one, 1, gradient, work)
        squares = [np.mean(part**2) for part in np.split(units[0], ends[:-1])]
        forward[row] = np.array(squares[1:-1]) / squares[0]
        # Of one sample, the gradient in a bias is the derivative in its unit's z.
        slopes = np.array([np.mean(gradient[place.bias] ** 2) for place in places])
        backward[row] = slopes[:-1] / slopes[-1]
    return Signals(forward, backward)


def estimate(values: np.ndarray, formula: np.ndarray) -> Estimate:
    """The means of ``values`` (starts, depth) beside ``formula`` (depth,)."""
    mean = values.mean(0)
    error = values.std(0, ddof=1) / np.sqrt(len(values))
    half = norm.isf(0.025) * error
    p = 2.0 * norm.sf(np.abs(mean - formula) / error)
    return Estimate(mean, mean - half, mean + half, holm(p))
