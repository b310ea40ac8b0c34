"""Canonical forms: one parameter vector for all that a network's symmetries make alike.

Permuting the hidden units of a layer leaves a network's answers as they are; so does scaling what
comes into a unit by c > 0 and what leaves it by 1/c where f(cz) = c f(z) (ReLU and its kin), and
changing both signs where f(-z) = -f(z) (tanh and its kin). Hecht-Nielsen 1990, "On the algebraic
structure of feedforward network weight spaces"; Chen, Lu & Hecht-Nielsen 1993 (Neural Computation
5(6), sections 2-3). Other symmetries are not removed: the shift of a softmax's inputs, linear maps
between layers of identity units, units that share their incoming weights.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels import probes
from kernels.activations import value
from kernels.network import Network
from workbench.model import Model, layers

_TRIAL = (0.3, 1.7, -0.6, -2.2)
_CLOSE = 1e-12


def is_homogeneous(activation: Any) -> bool:
    """Whether f(cz) = c f(z) for c > 0, of an item of kernels.activations."""
    return all(
        abs(float(value(activation, c * z)) - c * float(value(activation, z))) <= _CLOSE * c
        for z in _TRIAL
        for c in (0.25, 3.0)
    )


def is_odd(activation: Any) -> bool:
    """Whether f(-z) = -f(z)."""
    return all(
        abs(float(value(activation, -z)) + float(value(activation, z))) <= _CLOSE for z in _TRIAL
    )


def canonical(
    model: Model, parameters: np.ndarray, *, scales: bool = True, idle: bool = True
) -> np.ndarray:
    """The canonical forms (m, n), float64, of ``parameters`` (m, n), or (n,) of (n,).

    Layer by layer from the inputs on: of units with a homogeneous activation the incoming weights
    and bias are scaled to length 1 (``scales``); of odd ones the largest of them in magnitude is
    made positive; then the units are sorted by a fixed generic linear function of them, and by the
    length of what leaves them where that ties. Two vectors that a symmetry maps into each other
    have forms that agree up to rounding, except where a magnitude or the sorting ties to within it.

    ``idle``: units that answer every training sample with exactly zero count for nothing, so what
    comes in and what leaves is set to zero first; the network answers the training set as before,
    other inputs not.
    """
    given = np.asarray(parameters, np.float64)
    vectors = np.atleast_2d(given).copy()
    net = model.network
    places = layers(tuple(int(n) for n in net.sizes))
    if idle:
        _silence(model, vectors, places)
    weights = [vectors[:, p.weights].reshape(-1, *p.shape).copy() for p in places]
    biases = [vectors[:, p.bias].copy() for p in places]
    for k in range(len(places) - 1):
        f = net.activations[net.kinds[k]]
        w, b, after = weights[k], biases[k], weights[k + 1]
        incoming = np.concatenate([w, b[:, None, :]], 1)
        if scales and is_homogeneous(f):
            length = np.linalg.norm(incoming, axis=1)
            length[length == 0.0] = 1.0
            incoming /= length[:, None, :]
            after *= length[:, :, None]
        if is_odd(f):
            largest = np.abs(incoming).argmax(1)[:, None, :]
            sign = np.where(np.take_along_axis(incoming, largest, 1)[:, 0] < 0.0, -1.0, 1.0)
            incoming *= sign[:, None, :]
            after *= sign[:, :, None]
        key = np.tensordot(incoming, _generic(incoming.shape[1]), (1, 0))
        order = np.lexsort((np.linalg.norm(after, axis=2), key), axis=-1)
        incoming = np.take_along_axis(incoming, order[:, None, :], 2)
        weights[k], biases[k] = incoming[:, :-1], incoming[:, -1]
        weights[k + 1] = np.take_along_axis(after, order[:, :, None], 1)
    parts = [
        part for w, b in zip(weights, biases, strict=True) for part in (w.reshape(len(w), -1), b)
    ]
    return np.concatenate(parts, 1).reshape(given.shape)


def _generic(count: int) -> np.ndarray:
    """Numbers without a simple relation between them, of about one size."""
    return 1.0 + np.modf(np.sqrt(2.0) * np.arange(1, count + 1))[0]


def _silence(model: Model, vectors: np.ndarray, places: list[Any]) -> None:
    """Set the weights into and out of units that are idle on the training set to zero."""
    inputs = np.asarray(model.train.inputs, np.float64)
    piece = max(1, 4_000_000 // max(len(inputs) * int(model.network.sizes.max()), 1))
    for first in range(0, len(vectors), piece):
        part = vectors[first : first + piece]
        a = np.broadcast_to(inputs, (len(part), *inputs.shape))
        for k, place in enumerate(places[:-1]):
            w = part[:, place.weights].reshape(-1, *place.shape)
            a = activate(model.network, k, a @ w + part[:, None, place.bias])
            idle = np.logical_not((a != 0.0).any(axis=1))
            if not idle.any():
                continue
            w[np.broadcast_to(idle[:, None, :], w.shape)] = 0.0
            after = places[k + 1]
            out = part[:, after.weights].reshape(-1, *after.shape)
            out[np.broadcast_to(idle[:, :, None], out.shape)] = 0.0
            bias = part[:, place.bias]
            bias[idle] = 0.0
            part[:, place.weights] = w.reshape(len(part), -1)
            part[:, after.weights] = out.reshape(len(part), -1)
            part[:, place.bias] = bias


def activate(network: Network, layer: int, z: np.ndarray) -> np.ndarray:
    """f(z) of hidden layer ``layer`` (0 the first), float64, of an array of any shape."""
    flat = np.ascontiguousarray(z, np.float64).ravel()
    a, slope = np.empty_like(flat), np.empty_like(flat)
    probes.activation(network.activations[network.kinds[layer]], flat, a, slope)
    return a.reshape(z.shape)
