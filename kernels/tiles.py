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

from kernels import penalties
from kernels.jit import EXACT_OPTIONS, exact_kernel
from kernels.lanes import COMPILED, keep_apart, load, store, widen
from kernels.lanes.loops import BLOCK, STRIDE, Own, Shared
from kernels.lanes.passes import Backward, Forward, pass_layer
from kernels.lanes.products import forward_layer, gradient_layer
from kernels.lanes.rows import add_parts, repeats, rows
from kernels.losses import compare, is_right
from kernels.outputs import respond
from kernels.rules import const, select

# Samples whose answers are compared with their targets side by side; STRIDE is a multiple of it.
SAMPLES = 4


class TileWork(NamedTuple):
    """Caller-owned scratch for BLOCK samples worked on together: ``a`` (n_hidden, STRIDE, width) of
    hidden units, ``z`` and ``p`` (n_out, STRIDE, width) of outputs, ``delta`` (n_hidden + n_out,
    STRIDE, width). ``wide`` says by its type how many lanes of several samples make one vector."""

    a: Any
    z: Any
    p: Any
    delta: Any
    wide: Any


def aligned(shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    """Zeros that begin on a cache line: a vector that straddles two is loaded twice."""
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    raw = np.zeros(size + 64, np.uint8)
    first = -raw.ctypes.data % 64
    return raw[first : first + size].view(dtype).reshape(shape)


def new_tile_work(sizes: Any, dtype: Any, width: Any) -> TileWork:
    """Scratch for networks of these layer ``sizes``."""
    hidden, n_out = int(np.sum(sizes[1:-1])), int(sizes[-1])
    units = [hidden, n_out, n_out, hidden + n_out]
    wide = width * (SAMPLES if COMPILED else 1)
    a, z, p, delta = (aligned((n, STRIDE, len(width)), dtype) for n in units)
    return TileWork(a, z, p, delta, wide)


@exact_kernel
def forward_tile(
    network: Any, p: Any, inputs: Any, first: Any, count: Any, work: Any, width: Any
) -> None:
    """Activations and last pre-activations of the samples first … first+count-1 of ``inputs``.

    Mutates ``work``: z, a, and in delta's place of hidden units the slopes that a does not tell.
    """
    keep_apart()
    sizes = network.sizes
    last = sizes.size - 2
    above, offset = 0, 0
    for layer in range(last + 1):
        n_in, n_out = sizes[layer], sizes[layer + 1]
        below = above - n_in
        if layer == last:
            if layer == 0:
                forward_layer(
                    Shared(inputs), first, p, offset, n_in, n_out, work.z, 0, count, width
                )
            else:
                forward_layer(Own(work.a), below, p, offset, n_in, n_out, work.z, 0, count, width)
        elif layer == 0:
            pass_layer(
                network.activations,
                network.kinds[layer],
                Forward(
                    Shared(inputs), first, p, offset, n_in, n_out, work.a, work.delta, above, count,
                    width,
                ),
            )  # fmt: skip
        else:
            pass_layer(
                network.activations,
                network.kinds[layer],
                Forward(
                    Own(work.a), below, p, offset, n_in, n_out, work.a, work.delta, above, count,
                    width,
                ),
            )  # fmt: skip
        above += n_out
        offset += (n_in + 1) * n_out


@exact_kernel
def _compare_samples(
    network: Any, targets: Any, sample: Any, s: Any, weight: Any, work: Any, width: Any, wide: Any
) -> Any:
    """Losses of the samples from ``sample``, the block's ``s``, on that fit into ``wide`` lanes."""
    n_out = targets.shape[1]
    samples = len(wide) // len(width)
    place, block = s // samples, STRIDE // samples
    z = rows(work.z, place, n_out, block, wide)
    p = rows(work.p, place, n_out, block, wide)
    delta = rows(work.delta, place + work.a.shape[0] * block, n_out, block, wide)
    respond(network.output, z, p)
    t = repeats(targets, sample * n_out, n_out, n_out, width, wide)
    loss = compare(network.loss, network.output, z, p, t, delta)
    for j in range(n_out):
        delta[j] *= const(loss, weight)
    return loss


@exact_kernel
def compare_tile(
    network: Any, targets: Any, first: Any, count: Any, total: Any, weight: Any, work: Any,
    width: Any,
) -> Any:  # fmt: skip
    """``total`` (float64 lanes) plus the losses of the samples that ``forward_tile`` answered.

    ``targets`` (n_samples, n_out); ``weight`` scales dL/dz. Mutates work.p and, of
    the outputs, work.delta.
    """
    keep_apart()
    # Several samples side by side: one's exponentials and divisions leave the processor waiting.
    together = len(work.wide) // len(width)
    s = 0
    while s + together <= count:
        losses = _compare_samples(network, targets, first + s, s, weight, work, width, work.wide)
        total = add_parts(total, losses)
        s += together
    while s < count:
        losses = _compare_samples(network, targets, first + s, s, weight, work, width, width)
        total = add_parts(total, losses)
        s += 1
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
    keep_apart()
    sizes = network.sizes
    above, offset = work.delta.shape[0], p.shape[0]
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
            pass_layer(
                network.activations,
                network.kinds[layer - 1],
                Backward(p, offset, n_in, n_out, work.a, work.delta, below, above, count, width),
            )


def penalize_tile(penalty: Any, sizes: Any, p: Any, gradient: Any, width: Any) -> Any:
    """Penalties of all weights (float64 lanes); adds their gradients to ``gradient``."""
    body = _no_penalty if penalties.catalog.of(penalty).facts.get("free") else _walk_penalty
    return body(penalty, sizes, p, gradient, width)


def _no_penalty(penalty: Any, sizes: Any, p: Any, gradient: Any, width: Any) -> Any:
    return const(widen(load(p, 0, width)), 0.0)


def _walk_penalty(penalty: Any, sizes: Any, p: Any, gradient: Any, width: Any) -> Any:
    total = const(widen(load(p, 0, width)), 0.0)
    offset = 0
    for layer in range(sizes.size - 1):
        end = offset + sizes[layer] * sizes[layer + 1]
        for k in range(offset, end):
            w = load(p, k, width)
            total += widen(penalties.cost(penalty, w))
            store(gradient, k, load(gradient, k, width) + penalties.slope(penalty, w))
        offset = end + sizes[layer + 1]
    return total


@overload(penalize_tile, jit_options=EXACT_OPTIONS, strict=False)
def _penalize_tile(penalty: Any, sizes: Any, p: Any, gradient: Any, width: Any) -> Any:
    free = penalties.catalog.by_class(penalty.instance_class).facts.get("free")
    return _no_penalty if free else _walk_penalty


@exact_kernel
def gradient_tile(
    network: Any,
    p: Any,
    inputs: Any,
    targets: Any,
    n: Any,
    gradient: Any,
    work: Any,
    width: Any,
) -> Any:
    """Training losses (float64 lanes) and gradients over the first ``n`` samples.

    Mutates ``gradient`` (n_parameters, width; overwritten) and ``work``.
    """
    keep_apart()
    zero = const(load(p, 0, width), 0.0)
    for k in range(gradient.shape[0]):
        store(gradient, k, zero)
    total = widen(zero)
    weight = 1.0 / n
    for first in range(0, n, BLOCK):
        count = min(BLOCK, n - first)
        forward_tile(network, p, inputs, first, count, work, width)
        total = compare_tile(network, targets, first, count, total, weight, work, width)
        backward_tile(network, p, inputs, first, count, gradient, work, width)
    cost = penalize_tile(network.penalty, network.sizes, p, gradient, width)
    return total / const(total, n) + cost


@exact_kernel
def losses_tile(network: Any, p: Any, samples: Any, gradient: Any, work: Any, width: Any) -> Any:
    """Training losses (float64 lanes) over all samples, from forward passes only.

    Mutates ``work`` and, where there is a penalty, ``gradient`` (scratch).
    """
    keep_apart()
    n = samples.inputs.shape[0]
    total = const(widen(load(p, 0, width)), 0.0)
    for first in range(0, n, BLOCK):
        count = min(BLOCK, n - first)
        forward_tile(network, p, samples.inputs, first, count, work, width)
        total = compare_tile(network, samples.targets, first, count, total, 1.0, work, width)
    return total / const(total, n) + penalize_tile(
        network.penalty, network.sizes, p, gradient, width
    )


@exact_kernel
def right_tile(network: Any, p: Any, samples: Any, work: Any, width: Any) -> Any:
    """Share of samples that each network answers right, float64 lanes. Mutates ``work``."""
    keep_apart()
    n, n_out = samples.targets.shape
    zero = const(load(p, 0, width), 0.0)
    right = widen(zero)
    for first in range(0, n, BLOCK):
        count = min(BLOCK, n - first)
        forward_tile(network, p, samples.inputs, first, count, work, width)
        for s in range(count):
            answer = rows(work.p, s, n_out, STRIDE, width)
            respond(network.output, rows(work.z, s, n_out, STRIDE, width), answer)
            fits = is_right(network.loss, answer, samples.targets[first + s])
            right += widen(select(fits, const(zero, 1.0), zero))
    return right / const(right, n)
