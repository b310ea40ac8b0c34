"""Exact second derivatives of the mean loss: the Hessian H times a vector, without the matrix.

H v is the derivative of backpropagation along v, the R-operator of Pearlmutter 1994, "Fast exact
multiplication by the Hessian", Neural Computation 6, section 3. ``hessian.py`` builds the matrix on
the same passes.

Samples lie side by side in the last axis, ``TILE`` at a time. At a kink of an activation or loss
the derivatives are those that its rules state (ReLU: f' = f'' = 0 there), so the Hessian is that of
the piece, without the delta function.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba.extending import overload

from kernels.activations import bend, slope
from kernels.jit import OPTIONS, kernel
from kernels.losses import bend_loss
from kernels.network import activate
from kernels.outputs import respond
from kernels.rules import const

TILE = 64  # samples side by side: a multiple of every SIMD width


class Curve(NamedTuple):
    """Caller-owned scratch for ``TILE`` samples, all of one dtype.

    (n_units, TILE) over all layers, inputs first: ``z``, ``a``; ``delta`` = dL/dz, ``slope`` = f',
    ``bend`` = f'' dL/da; ``dz``, ``da``, ``ddelta``, the change of z, a and delta along a
    direction. ``matrix`` (n_out, n_out, TILE) = d²L/dz² of the outputs. ``vectors`` (4, n_out) and
    ``square`` (n_out, n_out) hold one sample's outputs. ``ones`` (TILE,) is what a bias multiplies.
    """

    z: Any
    a: Any
    delta: Any
    slope: Any
    bend: Any
    dz: Any
    da: Any
    ddelta: Any
    matrix: Any
    vectors: Any
    square: Any
    ones: Any


def new_curve(network: Any, dtype: Any) -> Curve:
    """Scratch of ``hessian_rows`` and ``hessian_vector`` for ``network`` in ``dtype``."""
    units, n_out = int(network.sizes.sum()), int(network.sizes[-1])
    tiles = [np.zeros((units, TILE), dtype) for _ in range(8)]
    square = np.zeros((n_out, n_out), dtype)
    matrix = np.zeros((n_out, n_out, TILE), dtype)
    vectors = np.zeros((4, n_out), dtype)
    return Curve(*tiles, matrix, vectors, square, np.ones(TILE, dtype))


def _bend_unit(item: Any, z: Any, a: Any, delta: Any, first: Any, second: Any) -> None:
    for k in range(z.size):
        first[k] = slope(item, z[k], a[k])
        second[k] = bend(item, z[k], a[k]) * delta[k]
        delta[k] *= first[k]


@overload(_bend_unit, jit_options=OPTIONS, strict=False)
def _bend_unit_compiled(item: Any, z: Any, a: Any, delta: Any, first: Any, second: Any) -> Any:
    return _bend_unit


def differentiate(
    items: Any, kind: Any, z: Any, a: Any, delta: Any, first: Any, second: Any
) -> None:
    """Of f = items[kind]: first = f'(z), second = f''(z) delta, delta *= f'(z), in this order."""
    _bend_unit(items[kind], z, a, delta, first, second)


@overload(differentiate, jit_options=OPTIONS, strict=False)
def _differentiate(
    items: Any, kind: Any, z: Any, a: Any, delta: Any, first: Any, second: Any
) -> Any:
    # As in network.activate, the tuple of items is walked at compile time.
    def only(items: Any, kind: Any, z: Any, a: Any, delta: Any, first: Any, second: Any) -> None:
        _bend_unit(items[0], z, a, delta, first, second)

    def first_or_rest(
        items: Any, kind: Any, z: Any, a: Any, delta: Any, first: Any, second: Any
    ) -> None:
        if kind == 0:
            _bend_unit(items[0], z, a, delta, first, second)
        else:
            differentiate(items[1:], kind - 1, z, a, delta, first, second)

    return only if len(items) == 1 else first_or_rest


@kernel
def _forward(network: Any, parameters: Any, samples: Any, start: Any, curve: Any) -> None:
    """Answer samples start … start+TILE-1, the last one repeated: fills z, and a of the hidden."""
    sizes = network.sizes
    z, a = curve.z, curve.a
    last = samples.inputs.shape[0] - 1
    for t in range(TILE):
        sample = min(start + t, last)
        for i in range(sizes[0]):
            a[i, t] = samples.inputs[sample, i]
    here, offset = 0, 0
    for layer in range(sizes.size - 1):
        n_in, n_out = sizes[layer], sizes[layer + 1]
        after, bias = here + n_in, offset + n_in * n_out
        for j in range(n_out):
            for t in range(TILE):
                z[after + j, t] = parameters[bias + j]
            for i in range(n_in):
                w = parameters[offset + i * n_out + j]
                for t in range(TILE):
                    z[after + j, t] += w * a[here + i, t]
            if layer < sizes.size - 2:
                activate(network.activations, network.kinds[layer], z[after + j], a[after + j])
        here, offset = after, bias + n_out


@kernel
def _judge(network: Any, samples: Any, start: Any, curve: Any) -> None:
    """First and second derivatives of the mean loss in the outputs' z: fills delta and matrix."""
    n = samples.inputs.shape[0]
    n_out = network.sizes[-1]
    after = curve.z.shape[0] - n_out
    z, p, delta, t = curve.vectors[0], curve.vectors[1], curve.vectors[2], curve.vectors[3]
    for k in range(TILE):
        sample = min(start + k, n - 1)
        weight = const(z[0], 1.0 / n if start + k < n else 0.0)
        for j in range(n_out):
            z[j] = curve.z[after + j, k]
            t[j] = samples.targets[sample, j]
        respond(network.output, z, p)
        bend_loss(network.loss, network.output, z, p, t, delta, curve.square)
        for j in range(n_out):
            curve.delta[after + j, k] = weight * delta[j]
            for i in range(n_out):
                curve.matrix[j, i, k] = weight * curve.square[j, i]


@kernel
def _backward(network: Any, parameters: Any, curve: Any) -> None:
    """Backpropagation below the outputs: fills delta, slope and bend of the hidden units."""
    sizes = network.sizes
    delta = curve.delta
    after = delta.shape[0] - sizes[-1]
    offset = parameters.size
    for layer in range(sizes.size - 2, 0, -1):
        n_in, n_out = sizes[layer], sizes[layer + 1]
        here = after - n_in
        offset -= (n_in + 1) * n_out
        for i in range(n_in):
            u = here + i
            for t in range(TILE):
                delta[u, t] = 0.0
            for j in range(n_out):
                w = parameters[offset + i * n_out + j]
                for t in range(TILE):
                    delta[u, t] += w * delta[after + j, t]
            kind = network.kinds[layer - 1]
            differentiate(
                network.activations,
                kind,
                curve.z[u],
                curve.a[u],
                delta[u],
                curve.slope[u],
                curve.bend[u],
            )
        after = here


@kernel
def linearize(network: Any, parameters: Any, samples: Any, start: Any, curve: Any) -> None:
    """Forward and backward pass of the samples start … start+TILE-1, weighted 1 / n_samples.

    Fills all of ``curve`` but dz, da and ddelta. Beyond the last sample it is repeated, weight 0.
    """
    _forward(network, parameters, samples, start, curve)
    _judge(network, samples, start, curve)
    _backward(network, parameters, curve)


@kernel
def bend_outputs(n_out: Any, curve: Any) -> None:
    """ddelta = matrix dz at the outputs."""
    after = curve.dz.shape[0] - n_out
    for j in range(n_out):
        for t in range(TILE):
            curve.ddelta[after + j, t] = 0.0
        for i in range(n_out):
            for t in range(TILE):
                curve.ddelta[after + j, t] += curve.matrix[j, i, t] * curve.dz[after + i, t]


@kernel
def _shift(network: Any, parameters: Any, vector: Any, curve: Any) -> None:
    """Fill dz, da and ddelta of all units along the direction ``vector`` (n_parameters,)."""
    sizes = network.sizes
    a, dz, da, delta, ddelta = curve.a, curve.dz, curve.da, curve.delta, curve.ddelta
    for i in range(sizes[0]):
        for t in range(TILE):
            da[i, t] = 0.0
    here, offset = 0, 0
    for layer in range(sizes.size - 1):
        n_in, n_out = sizes[layer], sizes[layer + 1]
        after, bias = here + n_in, offset + n_in * n_out
        for j in range(n_out):
            for t in range(TILE):
                dz[after + j, t] = vector[bias + j]
            for i in range(n_in):
                w, v = parameters[offset + i * n_out + j], vector[offset + i * n_out + j]
                for t in range(TILE):
                    dz[after + j, t] += v * a[here + i, t] + w * da[here + i, t]
            if layer < sizes.size - 2:
                for t in range(TILE):
                    da[after + j, t] = curve.slope[after + j, t] * dz[after + j, t]
        here, offset = after, bias + n_out
    bend_outputs(sizes[-1], curve)
    for layer in range(sizes.size - 2, 0, -1):
        n_in, n_out = sizes[layer], sizes[layer + 1]
        after = here
        here -= n_in
        offset -= (n_in + 1) * n_out
        for i in range(n_in):
            u = here + i
            for t in range(TILE):
                ddelta[u, t] = 0.0
            for j in range(n_out):
                w, v = parameters[offset + i * n_out + j], vector[offset + i * n_out + j]
                for t in range(TILE):
                    ddelta[u, t] += v * delta[after + j, t] + w * ddelta[after + j, t]
            for t in range(TILE):
                ddelta[u, t] = curve.slope[u, t] * ddelta[u, t] + curve.bend[u, t] * dz[u, t]


@kernel
def hessian_vector(
    network: Any,
    parameters: Any,
    samples: Any,
    span: Any,
    vector: Any,
    curve: Any,
    out: Any,
) -> None:
    """Add to ``out`` the part of H ``vector`` that the samples span[0] … span[1]-1 contribute.

    H is the Hessian of the mean loss over all of ``samples``. parameters, vector and out are
    (n_parameters,), of one dtype with the samples; span[0] is a multiple of ``TILE``, and span[1]
    is too or is n_samples. Mutates ``out`` and the scratch ``curve`` (new_curve).
    """
    sizes = network.sizes
    a, da, delta, ddelta = curve.a, curve.da, curve.delta, curve.ddelta
    for start in range(span[0], span[1], TILE):
        linearize(network, parameters, samples, start, curve)
        _shift(network, parameters, vector, curve)
        here, c = 0, 0
        for layer in range(sizes.size - 1):
            after = here + sizes[layer]
            for i in range(here, after):
                for j in range(after, after + sizes[layer + 1]):
                    total = const(parameters[0], 0.0)
                    for t in range(TILE):
                        total += a[i, t] * ddelta[j, t] + da[i, t] * delta[j, t]
                    out[c] += total
                    c += 1
            for j in range(after, after + sizes[layer + 1]):
                total = const(parameters[0], 0.0)
                for t in range(TILE):
                    total += ddelta[j, t]
                out[c] += total
                c += 1
            here = after
