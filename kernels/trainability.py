"""Gradient descent with a learning rate of its own for every layer of every network of a tile."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from kernels.jit import exact_kernel
from kernels.lanes import every, fma, load, store, widen
from kernels.network import parameter_count
from kernels.rules import const, finite, select
from kernels.tiles import aligned, gradient_tile, losses_tile, new_tile_work

CAP = 1e6
TOTAL, INVERSE, TAIL = range(3)
ROWS = 3


class RatesBench(NamedTuple):
    """Caller-owned scratch of one thread: a batch's ``inputs`` and ``targets``, ``gradient`` and
    ``other`` (n_parameters, width), and the ``work`` of kernels.tiles."""

    work: Any
    inputs: Any
    targets: Any
    gradient: Any
    other: Any


def new_rates_bench(network: Any, samples: Any, size: int, width: Any) -> RatesBench:
    """Scratch for batches of ``size`` samples (0: full batch)."""
    dtype = samples.inputs.dtype
    shape = parameter_count(network.sizes), len(width)
    return RatesBench(
        new_tile_work(network.sizes, dtype, width),
        np.zeros((size, samples.inputs.shape[1]), dtype),
        np.zeros((size, samples.targets.shape[1]), dtype),
        aligned(shape, dtype),
        aligned(shape, dtype),
    )


@exact_kernel
def _descend(sizes: Any, p: Any, rates: Any, gradient: Any, width: Any) -> None:
    k = 0
    for layer in range(sizes.size - 1):
        for part in range(2):
            rate = load(rates, 2 * layer + part, width)
            count = sizes[layer + 1] * (sizes[layer] if part == 0 else 1)
            for _ in range(count):
                store(p, k, fma(-rate, load(gradient, k, width), load(p, k, width)))
                k += 1


@exact_kernel
def train_rates(
    network: Any, samples: Any, batches: Any, tail: Any, p: Any, rates: Any, bench: Any, sums: Any,
    width: Any,
) -> None:  # fmt: skip
    """Train one tile by p ← p - rate · gradient and sum up its losses.

    ``p`` (n_parameters, width) and ``rates`` (2 n_layers, width), each layer's rate of its weights
    and of its biases, are of the samples' dtype; ``batches`` int64 (steps, size) names the samples
    of every step (size 0: all). ``sums`` float64 (3, width) is overwritten with Σ v, Σ 1/v and the
    sum of the last ``tail`` v, where v is a step's loss over all samples, before the step, over the
    first one: at most CAP, and as if the loss were CAP where it is not finite. Mutates ``p`` and
    ``bench`` too.
    """
    steps, size = batches.shape
    n = samples.inputs.shape[0]
    one = const(widen(load(p, 0, width)), 1.0)
    zero, cap = const(one, 0.0), const(one, CAP)
    first, total, inverse, late = one, zero, zero, zero
    lost = False
    for step in range(steps):
        loss = cap
        if not lost:
            if size == 0:
                loss = gradient_tile(
                    network, p, samples.inputs, samples.targets, n, bench.gradient, bench.work,
                    width,
                )  # fmt: skip
            else:
                for k in range(size):
                    for j in range(bench.inputs.shape[1]):
                        bench.inputs[k, j] = samples.inputs[batches[step, k], j]
                    for j in range(bench.targets.shape[1]):
                        bench.targets[k, j] = samples.targets[batches[step, k], j]
                gradient_tile(
                    network, p, bench.inputs, bench.targets, size, bench.gradient, bench.work, width
                )
                loss = losses_tile(network, p, samples, bench.other, bench.work, width)
            _descend(network.sizes, p, rates, bench.gradient, width)
            # A loss that is no number has made all weights of the last layer so, for good.
            lost = every(~((loss <= cap) | (loss > cap)))
        sound = select(finite(loss), loss, cap)
        if step == 0:
            first = sound
        v = sound / first
        v = select(v > cap, cap, v)
        total += v
        inverse += one / v
        if step >= steps - tail:
            late += v
    store(sums, TOTAL, total)
    store(sums, INVERSE, inverse)
    store(sums, TAIL, late)
