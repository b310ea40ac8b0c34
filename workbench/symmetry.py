"""Canonical forms: one parameter vector for all that a network's symmetries make alike.

The answers on the training set stay as they are under

- permuting the hidden units of a layer;
- scaling what comes into a unit by c > 0 and what leaves it by 1/c, where f(cz) = c f(z) for c > 0
  (ReLU and its kin);
- changing both signs where f(-z) + f(z) is the same for all z (tanh: 0; the logistic sigmoid: 1,
  where the bias after it takes up the difference);
- adding one number to all weights that leave a unit, or to all biases, of the outputs of a softmax;
- what in the first layer's weights and bias no training sample sees: an input that is never on, and
  in general all that is orthogonal to the samples with a one appended.

Hecht-Nielsen 1990, "On the algebraic structure of feedforward network weight spaces"; Chen, Lu &
Hecht-Nielsen 1993 (Neural Computation 5(6), sections 2-3); Sussmann 1992 (Neural Networks 5(4)).
Not removed are those of units that share their incoming weights, nor, by ``canonical``, the linear
maps between layers of identity units, which ``reduce`` removes by multiplying such layers out.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from kernels import probes
from kernels.activations import value
from kernels.activations.identity import Identity
from kernels.network import Network
from kernels.outputs.softmax import Softmax
from workbench.model import Model

_TRIAL = (0.3, 1.7, -0.6, -2.2)
_CLOSE = 1e-12
_RANK = 1e-10  # of the largest singular value: what is less is a direction that no sample has
_known: WeakKeyDictionary[Model, np.ndarray] = WeakKeyDictionary()


def is_homogeneous(activation: Any) -> bool:
    """Whether f(cz) = c f(z) for c > 0, of an item of kernels.activations."""
    return all(
        abs(float(value(activation, c * z)) - c * float(value(activation, z))) <= _CLOSE * c
        for z in _TRIAL
        for c in (0.25, 3.0)
    )


def mirror(activation: Any) -> float | None:
    """The number that f(z) + f(-z) is for all z; None where it is not one number."""
    sums = [float(value(activation, z)) + float(value(activation, -z)) for z in _TRIAL]
    return sums[0] if max(sums) - min(sums) <= _CLOSE else None


def is_odd(activation: Any) -> bool:
    """Whether f(-z) = -f(z)."""
    found = mirror(activation)
    return found is not None and abs(found) <= _CLOSE


class Units(NamedTuple):
    """What a hidden layer's activation allows: units may be scaled (``scales``), and their signs
    changed (``signs``); ``mirror`` is f(z) + f(-z), 0 where signs may not."""

    scales: bool
    signs: bool
    mirror: float

    @staticmethod
    def of(activation: Any) -> Units:
        """The ones of an item of kernels.activations."""
        found = mirror(activation)
        return Units(is_homogeneous(activation), found is not None, found or 0.0)


def stack(sizes: Any, parameters: np.ndarray) -> list[np.ndarray]:
    """Each layer's weights with the bias as the last row, (m, n_in + 1, n_out), of ``parameters``
    (m, n); float64 copies."""
    found, offset = [], 0
    for n_in, n_out in pairwise(sizes):
        after = offset + int(n_in + 1) * int(n_out)
        rows = parameters[:, offset:after].reshape(len(parameters), int(n_in) + 1, int(n_out))
        found.append(np.array(rows, np.float64))
        offset = after
    return found


def flat(stacks: list[np.ndarray]) -> np.ndarray:
    """The parameters (m, n) of ``stack``."""
    return np.concatenate([layer.reshape(len(layer), -1) for layer in stacks], 1)


def unit_kinds(model: Model) -> list[Units]:
    """One for each hidden layer of the network."""
    net = model.network
    return [Units.of(net.activations[k]) for k in net.kinds]


def canonical(
    model: Model, parameters: np.ndarray, *, scales: bool = True, idle: bool = True
) -> np.ndarray:
    """The canonical forms (m, n), float64, of ``parameters`` (m, n), or (n,) of (n,).

    What no sample and no softmax sees is set to zero. Then, layer by layer from the inputs on: of
    units with a homogeneous activation the incoming weights and bias are scaled to length 1
    (``scales``); of those whose signs may change the largest of them in magnitude is made positive;
    then the units are sorted by a fixed generic linear function of them, and by the length of what
    leaves them where that ties. Two vectors that a symmetry maps into each other have forms that
    agree up to rounding, except where a magnitude or the sorting ties to within it.

    ``idle``: units that answer every training sample with exactly zero count for nothing, so what
    comes in and what leaves is set to zero first. The network answers the training set as before,
    other inputs not.
    """
    given = np.asarray(parameters, np.float64)
    kinds = unit_kinds(model)
    stacks = stack(model.network.sizes, np.atleast_2d(given))
    _normalise(model, stacks, kinds, scales, idle)
    order(stacks, kinds)
    centre(stacks, kinds, -1.0)
    return flat(stacks).reshape(given.shape)


def reduce(model: Model, parameters: np.ndarray) -> tuple[list[np.ndarray], list[Units]]:
    """Stacks of ``parameters`` (m, n) without any continuous symmetry, and the hidden layers left.

    As for ``canonical``, but layers of identity units are multiplied out, biases are centred
    (``centre``), and neither signs nor the order of units are touched: two vectors that a symmetry
    maps into each other differ in those alone.
    """
    net, kinds = model.network, unit_kinds(model)
    stacks = stack(net.sizes, np.asarray(parameters, np.float64))
    linear = [type(net.activations[k]) is Identity for k in net.kinds]
    _normalise(model, stacks, kinds, True, True, linear)
    return stacks, kinds


def order(stacks: list[np.ndarray], kinds: list[Units]) -> None:
    """Bring signs and the order of units into their canonical form; mutates ``stacks``."""
    for k, units in enumerate(kinds):
        incoming, after = stacks[k], stacks[k + 1]
        if units.signs:
            largest = np.abs(incoming).argmax(1)[:, None, :]
            sign = np.where(np.take_along_axis(incoming, largest, 1)[:, 0] < 0.0, -1.0, 1.0)
            incoming *= sign[:, None, :]
            after[:, :-1] *= sign[:, :, None]
        key = np.tensordot(incoming, _generic(incoming.shape[1]), (1, 0))
        places = np.lexsort((np.linalg.norm(after[:, :-1], axis=2), key), axis=-1)
        stacks[k] = np.take_along_axis(incoming, places[:, None, :], 2)
        after[:, :-1] = np.take_along_axis(after[:, :-1], places[:, :, None], 1)


def centre(stacks: list[np.ndarray], kinds: list[Units], direction: float = 1.0) -> None:
    """Let biases take up half of f(z) + f(-z), so that a change of signs is nothing else; mutates
    ``stacks``. ``direction`` -1 is the way back."""
    for k, units in enumerate(kinds):
        if units.mirror:
            stacks[k + 1][:, -1] += direction * units.mirror / 2.0 * stacks[k + 1][:, :-1].sum(1)


def rescale(stacks: list[np.ndarray], kinds: list[Units]) -> list[np.ndarray]:
    """Scale what comes into units to length 1 where that is a symmetry; mutates ``stacks``.

    Returns the lengths (m, n_units) that were divided by; 1 where there is none.
    """
    lengths = []
    for k, units in enumerate(kinds):
        length = np.linalg.norm(stacks[k], axis=1)
        length[(length == 0.0) | (not units.scales)] = 1.0
        stacks[k] /= length[:, None, :]
        stacks[k + 1][:, :-1] *= length[:, :, None]
        lengths.append(length)
    return lengths


def seen(model: Model, first: np.ndarray) -> np.ndarray:
    """The part of the first layer's weights and bias (…, n_in + 1, n_out) that samples see."""
    spanned = _spanned(model)
    # With full rank nothing is hidden, and nothing is to be rounded.
    return first if len(spanned) == first.shape[-2] else spanned.T @ (spanned @ first)


def _spanned(model: Model) -> np.ndarray:
    """Orthonormal rows, (rank, n_in + 1), that span the training inputs with a one appended."""
    if model not in _known:
        inputs = np.asarray(model.train.inputs, np.float64)
        design = np.concatenate([inputs, np.ones((len(inputs), 1))], 1)
        size, rows = np.linalg.svd(design, full_matrices=False)[1:]
        _known[model] = rows[size > _RANK * size.max(initial=0.0)]
    return _known[model]


def shift(model: Model, last: np.ndarray) -> np.ndarray:
    """The part (…, n_in + 1, 1) of the last layer's weights and biases that a softmax ignores."""
    if not isinstance(model.network.output, Softmax):
        return np.zeros((*last.shape[:-1], 1))
    return last.mean(-1, keepdims=True)


def _normalise(
    model: Model,
    stacks: list[np.ndarray],
    kinds: list[Units],
    scales: bool,
    idle: bool,
    linear: list[bool] | None = None,
) -> None:
    """Remove what is continuous, and centre; mutates ``stacks``, and ``kinds`` where layers of
    identity units, those marked in ``linear``, are multiplied out."""
    if idle:
        _silence(model, stacks)
    stacks[0] = seen(model, stacks[0])
    stacks[-1] -= shift(model, stacks[-1])
    for k in reversed(range(len(kinds))):
        if linear and linear[k]:
            joined = stacks[k] @ stacks[k + 1][:, :-1]
            joined[:, -1] += stacks[k + 1][:, -1]
            stacks[k : k + 2] = [joined]
            del kinds[k]
    centre(stacks, kinds)
    if scales:
        rescale(stacks, kinds)


def _generic(count: int) -> np.ndarray:
    """Numbers without a simple relation between them, of about one size."""
    return 1.0 + np.modf(np.sqrt(2.0) * np.arange(1, count + 1))[0]


def _silence(model: Model, stacks: list[np.ndarray]) -> None:
    """Set the weights into and out of units that are idle on the training set to zero."""
    inputs = np.asarray(model.train.inputs, np.float64)
    piece = max(1, 4_000_000 // max(len(inputs) * int(model.network.sizes.max()), 1))
    for first in range(0, len(stacks[0]), piece):
        a = inputs
        for k in range(len(stacks) - 1):
            here, after = (layer[first : first + piece] for layer in stacks[k : k + 2])
            a = activate(model.network, k, a @ here[:, :-1] + here[:, None, -1])
            idle = np.logical_not((a != 0.0).any(axis=1))
            here[np.broadcast_to(idle[:, None, :], here.shape)] = 0.0
            weights = after[:, :-1]
            weights[np.broadcast_to(idle[:, :, None], weights.shape)] = 0.0


def activate(network: Network, layer: int, z: np.ndarray) -> np.ndarray:
    """f(z) of hidden layer ``layer`` (0 the first), float64, of an array of any shape."""
    flat_z = np.ascontiguousarray(z, np.float64).ravel()
    a, slope = np.empty_like(flat_z), np.empty_like(flat_z)
    probes.activation(network.activations[network.kinds[layer]], flat_z, a, slope)
    return a.reshape(z.shape)
