"""Second derivatives of the training loss: the Hessian H times a vector, without the matrix.

H v is the derivative of backpropagation along v, the R-operator of Pearlmutter 1994, "Fast exact
multiplication by the Hessian", Neural Computation 6, section 3. ``hessian.py`` builds the matrix on
the same passes.

Samples lie in SIMD lanes, ``width`` (see kernels.lanes) of them at a time. At a kink of an
activation or loss the derivatives are those that its rules state (ReLU: f' = f'' = 0 there), so the
Hessian is that of the piece, without the delta function.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from kernels.activations import bend, slope, value
from kernels.jit import exact_kernel
from kernels.lanes import load, store, width_of
from kernels.lanes.sums import lane_sum
from kernels.losses import bend_loss
from kernels.network import parameter_count
from kernels.outputs import respond
from kernels.penalties import add_bends
from kernels.rules import const, overload_rule


class Curve(NamedTuple):
    """Caller-owned scratch for one tile of samples, all of one dtype.

    (n_units, tile) over all layers, inputs first: ``a``; ``delta`` = dL/dz, ``slope`` = f'(z),
    ``bend`` = f''(z) dL/da; ``dz``, ``da``, ``ddelta``, the change of z, a and delta along a
    direction. ``matrix`` (n_out, n_out, tile) = d²L/dz² of the outputs. ``vectors`` (4, n_out) and
    ``square`` (n_out, n_out) hold one sample's outputs, ``diagonal`` (n_parameters,) the penalty's
    second derivatives.
    """

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
    diagonal: Any


def tile_width(dtype: Any) -> tuple[None, ...]:
    """The ``width`` of a tile of samples: lanes that fill four registers."""
    return width_of(dtype, 4)


def new_curve(network: Any, dtype: Any, width: Any) -> Curve:
    """Scratch of the kernels below for ``network`` in ``dtype``, ``len(width)`` samples a tile."""
    units, n_out, tile = int(network.sizes.sum()), int(network.sizes[-1]), len(width)
    tiles = [np.zeros((units, tile), dtype) for _ in range(7)]
    shapes = (n_out, n_out, tile), (4, n_out), (n_out, n_out), (parameter_count(network.sizes),)
    return Curve(*tiles, *(np.zeros(shape, dtype) for shape in shapes))


def answer(items: Any, kind: Any, z: Any) -> Any:
    """(f(z), f'(z), f''(z)) with f the activation items[kind], of lanes."""
    a = value(items[kind], z)
    return a, slope(items[kind], z, a), bend(items[kind], z, a)


@overload_rule(answer)
def _answer(items: Any, kind: Any, z: Any) -> Any:
    # items[kind] has no single type, so the tuple is walked at compile time.
    def only(items: Any, kind: Any, z: Any) -> Any:
        a = value(items[0], z)
        return a, slope(items[0], z, a), bend(items[0], z, a)

    def first_or_rest(items: Any, kind: Any, z: Any) -> Any:
        if kind == 0:
            a = value(items[0], z)
            return a, slope(items[0], z, a), bend(items[0], z, a)
        return answer(items[1:], kind - 1, z)

    return only if len(items) == 1 else first_or_rest


@exact_kernel
def forward(
    sizes: Any,
    activations: Any,
    kinds: Any,
    parameters: Any,
    inputs: Any,
    start: Any,
    width: Any,
    curve: Any,
) -> None:
    """Answer a tile of samples from ``start`` on; beyond the last one it is repeated.

    Fills a, slope and, with f''(z) alone, bend; at the outputs, a holds z.
    """
    a = curve.a
    last = inputs.shape[0] - 1
    for t in range(len(width)):
        sample = min(start + t, last)
        for i in range(sizes[0]):
            a[i, t] = inputs[sample, i]
    here, offset = 0, 0
    for layer in range(sizes.size - 1):
        n_in, n_out = sizes[layer], sizes[layer + 1]
        after, bias = here + n_in, offset + n_in * n_out
        for j in range(n_out):
            z = const(load(a, here, width), parameters[bias + j])
            for i in range(n_in):
                z += parameters[offset + i * n_out + j] * load(a, here + i, width)
            if layer < sizes.size - 2:
                z, first, second = answer(activations, kinds[layer], z)
                store(curve.slope, after + j, first)
                store(curve.bend, after + j, second)
            store(a, after + j, z)
        here, offset = after, bias + n_out


@exact_kernel
def judge(loss: Any, output: Any, targets: Any, start: Any, width: Any, curve: Any) -> None:
    """Derivatives of the mean loss in the outputs' z: fills their delta, and matrix.

    Every sample counts 1 / n_samples; the lanes beyond the last sample count nothing.
    """
    n, n_out = targets.shape
    after = curve.a.shape[0] - n_out
    z, p, delta, t = curve.vectors[0], curve.vectors[1], curve.vectors[2], curve.vectors[3]
    for k in range(len(width)):
        sample = min(start + k, n - 1)
        weight = const(z[0], 1.0 / n if start + k < n else 0.0)
        for j in range(n_out):
            z[j] = curve.a[after + j, k]
            t[j] = targets[sample, j]
        respond(output, z, p)
        bend_loss(loss, output, z, p, t, delta, curve.square)
        for j in range(n_out):
            curve.delta[after + j, k] = weight * delta[j]
            for i in range(n_out):
                curve.matrix[j, i, k] = weight * curve.square[j, i]


def linearize(
    network: Any, parameters: Any, samples: Any, start: Any, width: Any, curve: Any
) -> None:
    """Answer the samples from ``start`` on, and judge the answers: the part of the work that the
    network's items have a say in.

    Fills a (at the outputs, with z), slope, bend (with f''(z) alone) and matrix of ``curve``, and
    the outputs' delta. Python, so that what comes after is compiled once for all networks.
    """
    sizes, items, kinds = network.sizes, network.activations, network.kinds
    forward(sizes, items, kinds, parameters, samples.inputs, start, width, curve)
    judge(network.loss, network.output, samples.targets, start, width, curve)


@exact_kernel
def backward(sizes: Any, parameters: Any, width: Any, curve: Any) -> None:
    """Backpropagation below the outputs: fills delta and bend of the hidden units."""
    delta = curve.delta
    here, offset = delta.shape[0] - sizes[-1], parameters.size
    for layer in range(sizes.size - 2, 0, -1):
        n_in, n_out = sizes[layer], sizes[layer + 1]
        after = here
        here -= n_in
        offset -= (n_in + 1) * n_out
        for i in range(n_in):
            wish = parameters[offset + i * n_out] * load(delta, after, width)
            for j in range(1, n_out):
                wish += parameters[offset + i * n_out + j] * load(delta, after + j, width)
            store(delta, here + i, wish * load(curve.slope, here + i, width))
            store(curve.bend, here + i, wish * load(curve.bend, here + i, width))


@exact_kernel
def bend_outputs(n_out: Any, width: Any, curve: Any) -> None:
    """ddelta = matrix dz at the outputs."""
    after = curve.dz.shape[0] - n_out
    for j in range(n_out):
        d = load(curve.matrix, j * n_out, width) * load(curve.dz, after, width)
        for i in range(1, n_out):
            d += load(curve.matrix, j * n_out + i, width) * load(curve.dz, after + i, width)
        store(curve.ddelta, after + j, d)


@exact_kernel
def bend_penalty(penalty: Any, sizes: Any, parameters: Any, diagonal: Any) -> None:
    """Overwrite ``diagonal`` (n_parameters,) with the penalty's second derivatives."""
    for k in range(diagonal.size):
        diagonal[k] = 0.0
    add_bends(penalty, sizes, parameters, diagonal)


@exact_kernel
def _shift(sizes: Any, parameters: Any, vector: Any, width: Any, curve: Any) -> None:
    """Fill dz, da and ddelta of all units along the direction ``vector`` (n_parameters,)."""
    a, dz, da, delta, ddelta = curve.a, curve.dz, curve.da, curve.delta, curve.ddelta
    here, offset = 0, 0
    for layer in range(sizes.size - 1):
        n_in, n_out = sizes[layer], sizes[layer + 1]
        after, bias = here + n_in, offset + n_in * n_out
        for j in range(n_out):
            d = const(load(a, here, width), vector[bias + j])
            for i in range(n_in):
                d += vector[offset + i * n_out + j] * load(a, here + i, width)
            if layer > 0:  # the inputs do not move
                for i in range(n_in):
                    d += parameters[offset + i * n_out + j] * load(da, here + i, width)
            store(dz, after + j, d)
            if layer < sizes.size - 2:
                store(da, after + j, d * load(curve.slope, after + j, width))
        here, offset = after, bias + n_out
    bend_outputs(sizes[-1], width, curve)
    for layer in range(sizes.size - 2, 0, -1):
        n_in, n_out = sizes[layer], sizes[layer + 1]
        after = here
        here -= n_in
        offset -= (n_in + 1) * n_out
        for i in range(n_in):
            u = here + i
            d = const(load(delta, after, width), 0.0)
            for j in range(n_out):
                d += vector[offset + i * n_out + j] * load(delta, after + j, width)
                d += parameters[offset + i * n_out + j] * load(ddelta, after + j, width)
            d = d * load(curve.slope, u, width) + load(curve.bend, u, width) * load(dz, u, width)
            store(ddelta, u, d)


@exact_kernel
def add_product(sizes: Any, parameters: Any, vector: Any, width: Any, curve: Any, out: Any) -> None:
    """Add H ``vector``, of the tile that ``linearize`` left in ``curve``, to ``out``.

    parameters, vector and out are (n_parameters,). Mutates ``out`` and ``curve``.
    """
    a, da, delta, ddelta = curve.a, curve.da, curve.delta, curve.ddelta
    backward(sizes, parameters, width, curve)
    _shift(sizes, parameters, vector, width, curve)
    here, c = 0, 0
    for layer in range(sizes.size - 1):
        n_in, n_out = sizes[layer], sizes[layer + 1]
        after = here + n_in
        for i in range(here, after):
            x = load(a, i, width)
            dx = load(da, i, width)  # zero, as it was allocated, for the inputs
            for j in range(after, after + n_out):
                out[c] += lane_sum(x * load(ddelta, j, width) + dx * load(delta, j, width))
                c += 1
        for j in range(after, after + n_out):
            out[c] += lane_sum(load(ddelta, j, width))
            c += 1
        here = after


def hessian_vector(
    network: Any,
    parameters: Any,
    samples: Any,
    span: Any,
    vector: Any,
    width: Any,
    curve: Any,
    out: Any,
) -> None:
    """Add to ``out`` the part of H ``vector`` that the samples span[0] … span[1]-1 contribute.

    H is the Hessian of the training loss over all of ``samples``; the penalty counts with sample 0.
    parameters, vector and out are (n_parameters,), of one dtype with the samples; span[1] - span[0]
    is a multiple of len(width), or span[1] is n_samples. Mutates ``out`` and the scratch ``curve``
    (new_curve).
    """
    if span[0] == 0:
        bend_penalty(network.penalty, network.sizes, parameters, curve.diagonal)
        out += curve.diagonal * vector
    for start in range(span[0], span[1], len(width)):
        linearize(network, parameters, samples, start, width, curve)
        add_product(network.sizes, parameters, vector, width, curve, out)
