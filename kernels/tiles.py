"""Forward and backward pass of a tile: as many networks at once as there are lanes.

A tile's parameters are (n_parameters, width), one network a column, in the order of
kernels.network. Samples are worked on a block at a time, small enough for its units to stay in the
processor's first cache. Sums run in the order of samples and of units whatever the block, so a
network's numbers depend on nothing but its own.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba.extending import overload

from kernels.activations import slope, value
from kernels.jit import EXACT_OPTIONS, exact_kernel
from kernels.lane_products import Own, Shared, forward_layer, gradient_layer, pull_back_layer
from kernels.lane_rows import numbers, rows
from kernels.lanes import load, store, widen
from kernels.losses import compare
from kernels.outputs import respond
from kernels.rules import const


class TileWork(NamedTuple):
    """Caller-owned scratch: z, a and delta, each (n_units, block, width), of which block is the
    most samples worked on together. Units are those of all layers but the inputs."""

    z: Any
    a: Any
    delta: Any


def aligned(shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    """Zeros that begin on a cache line: a vector that straddles two is loaded twice."""
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    raw = np.zeros(size + 64, np.uint8)
    first = -raw.ctypes.data % 64
    return raw[first : first + size].view(dtype).reshape(shape)


def new_tile_work(sizes: Any, block: int, dtype: Any, width: Any) -> TileWork:
    """Scratch for networks of these layer ``sizes``."""
    shape = (int(np.sum(sizes[1:])), block, len(width))
    return TileWork(*(aligned(shape, dtype) for _ in range(3)))


@exact_kernel
def _activate_one(item: Any, work: Any, first: Any, units: Any, count: Any, width: Any) -> None:
    block = work.z.shape[1]
    for unit in range(first, first + units):
        for place in range(unit * block, unit * block + count):
            z = load(work.z, place, width)
            a = value(item, z)
            store(work.a, place, a)
            store(work.delta, place, slope(item, z, a))


def activate_tile(
    items: Any, kind: Any, work: Any, first: Any, units: Any, count: Any, width: Any
) -> None:
    """a = f(z) and delta = f'(z) with f = items[kind], for ``units`` units from ``first`` on and
    ``count`` samples; mutates work.a and work.delta."""
    _activate_one(items[kind], work, first, units, count, width)


@overload(activate_tile, jit_options=EXACT_OPTIONS, strict=False)
def _activate_tile(
    items: Any, kind: Any, work: Any, first: Any, units: Any, count: Any, width: Any
) -> Any:
    # items[kind] has no single type, so the tuple is walked at compile time.
    def only(
        items: Any, kind: Any, work: Any, first: Any, units: Any, count: Any, width: Any
    ) -> None:
        _activate_one(items[0], work, first, units, count, width)

    def first_or_rest(
        items: Any, kind: Any, work: Any, first: Any, units: Any, count: Any, width: Any
    ) -> None:
        if kind == 0:
            _activate_one(items[0], work, first, units, count, width)
        else:
            activate_tile(items[1:], kind - 1, work, first, units, count, width)

    return only if len(items) == 1 else first_or_rest


@exact_kernel
def forward_tile(
    network: Any, p: Any, inputs: Any, first: Any, count: Any, work: Any, width: Any
) -> None:
    """Pre-activations and activations of the samples first … first+count-1 of ``inputs``.

    Mutates ``work``: z, of hidden units a, and in delta's place their slopes f'(z).
    """
    sizes = network.sizes
    last = sizes.size - 2
    below, above, offset = 0, 0, 0
    for layer in range(last + 1):
        n_in, n_out = sizes[layer], sizes[layer + 1]
        if layer == 0:
            forward_layer(
                Shared(inputs), first, p, offset, n_in, n_out, work.z, above, count, width
            )
        else:
            forward_layer(Own(work.a), below, p, offset, n_in, n_out, work.z, above, count, width)
        if layer < last:
            kind = network.kinds[layer]
            activate_tile(network.activations, kind, work, above, n_out, count, width)
        below = above
        above += n_out
        offset += (n_in + 1) * n_out


@exact_kernel
def compare_tile(
    network: Any,
    targets: Any,
    first: Any,
    count: Any,
    total: Any,
    weight: Any,
    work: Any,
    width: Any,
) -> Any:
    """``total`` (float64 lanes) plus the losses of the samples that ``forward_tile`` answered.

    ``targets`` (n_samples, n_out); ``weight`` (lanes) scales dL/dz. Mutates a and delta of the last
    layer's units in ``work``.
    """
    n_out = targets.shape[1]
    block = work.z.shape[1]
    place = (work.z.shape[0] - n_out) * block
    for s in range(count):
        z = rows(work.z, place + s, n_out, block, width)
        p = rows(work.a, place + s, n_out, block, width)
        delta = rows(work.delta, place + s, n_out, block, width)
        respond(network.output, z, p)
        t = numbers(targets, (first + s) * n_out, n_out)
        total += widen(compare(network.loss, network.output, z, p, t, delta))
        for j in range(n_out):
            delta[j] = delta[j] * weight
    return total


@exact_kernel
def backward_tile(
    network: Any,
    p: Any,
    inputs: Any,
    first: Any,
    count: Any,
    gradient: Any,
    work: Any,
    width: Any,
) -> None:
    """Add the gradients of the samples that ``compare_tile`` saw to ``gradient`` (n, width).

    Mutates ``gradient`` and work.delta.
    """
    sizes = network.sizes
    above, offset = work.z.shape[0], p.shape[0]
    for layer in range(sizes.size - 2, -1, -1):
        n_in, n_out = sizes[layer], sizes[layer + 1]
        above -= n_out
        offset -= (n_in + 1) * n_out
        if layer == 0:
            gradient_layer(
                Shared(inputs),
                first,
                work.delta,
                above,
                gradient,
                offset,
                n_in,
                n_out,
                count,
                width,
            )
        else:
            below = above - n_in
            gradient_layer(
                Own(work.a), below, work.delta, above, gradient, offset, n_in, n_out, count, width
            )
            pull_back_layer(p, offset, n_in, n_out, work.delta, below, above, count, width)


@exact_kernel
def gradient_tile(
    network: Any, p: Any, inputs: Any, targets: Any, gradient: Any, work: Any, width: Any
) -> Any:
    """Mean losses (float64 lanes) and gradients (overwritten) over all of ``inputs``."""
    zero = const(load(p, 0, width), 0.0)
    for k in range(gradient.shape[0]):
        store(gradient, k, zero)
    total = widen(zero)
    n, block = inputs.shape[0], work.z.shape[1]
    weight = const(zero, 1.0 / n)
    for first in range(0, n, block):
        count = min(block, n - first)
        forward_tile(network, p, inputs, first, count, work, width)
        total = compare_tile(network, targets, first, count, total, weight, work, width)
        backward_tile(network, p, inputs, first, count, gradient, work, width)
    return total / n


@exact_kernel
def test_gd(network, p, inputs, targets, gradient, work, loss, rate, steps, width):
    for _ in range(steps):
        t = gradient_tile(network, p, inputs, targets, gradient, work, width)
        store(loss, 0, t)
        for k in range(gradient.shape[0]):
            q = load(p, k, width)
            store(p, k, q - const(q, rate) * load(gradient, k, width))
