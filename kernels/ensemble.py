"""Training of many starts of one experiment, a tile of lanes at a time.

Every start sees the same samples in the same order. A start's result is bitwise the same in any
lane, any width of tile, any group and any chunk. It differs from ``kernels.training.train_chunk``
by rounding: sums run in the same order here, but fused, and functions are those of
kernels.lanes.math.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from kernels import batchings
from kernels.batchings import select as select_batch
from kernels.batchings import size as batch_size
from kernels.initializers import initialize
from kernels.jit import exact_kernel
from kernels.lanes import every, fma, load, load_some, store, store_some, widen
from kernels.network import parameter_count
from kernels.optimizers import prepare, update
from kernels.rules import cast, const, finite, reads, select
from kernels.schedules import factor
from kernels.tiles import aligned, gradient_tile, losses_tile, new_tile_work, right_tile
from kernels.training import RUNNING, divergence, verdict

# Steps that are planned together: their samples and coefficients serve every tile of a group.
_PLANNED_STEPS, _PLANNED_SAMPLES = 1024, 65536


class Group(NamedTuple):
    """Some tiles of starts: parameters (tiles, n, width) and slots (tiles, n_slots, n, width), of
    one dtype; alive float64 (tiles, width), 1 for a network that is still training."""

    parameters: Any
    slots: Any
    alive: Any


class Ends(NamedTuple):
    """How each start of a group ended, each (tiles, width): float64 loss, gradient_norm, accuracy
    over all samples, int64 steps made and codes of kernels.training. ``history`` float64
    (tiles, rows, width) holds the training loss after 0, every, 2 every … steps (NaN: not
    reached)."""

    loss: Any
    gradient_norm: Any
    accuracy: Any
    steps: Any
    codes: Any
    history: Any


class Plan(NamedTuple):
    """What the next steps have in common for all networks: batches int64 (steps, samples), counts
    int64 (steps,), rates float64 (steps,), coefficients float64 (steps, n_coefficients)."""

    batches: Any
    counts: Any
    rates: Any
    coefficients: Any


class Flags(NamedTuple):
    """``full``: every step sees all samples; ``uses_norm``: coefficients differ between networks;
    ``accuracy``: it ends training; ``every``: steps between rows of the history (0: none)."""

    full: bool
    uses_norm: bool
    accuracy: bool
    every: int


class Kept(NamedTuple):
    """How many ``slots`` a parameter has and how many ``coefficients`` a step: as many Nones."""

    slots: Any
    coefficients: Any


class Bench(NamedTuple):
    """Caller-owned scratch of one thread, made by ``new_bench``: ``order`` as batchings want it;
    a batch's ``inputs`` and ``targets``; ``gradient``, ``other`` (n, width); ``coefficients``
    (n_coefficients, width); ``measured`` float64 (3, width): loss, gradient norm, accuracy;
    ``vector`` float64 (n,)."""

    work: Any
    plan: Any
    order: Any
    inputs: Any
    targets: Any
    gradient: Any
    other: Any
    coefficients: Any
    measured: Any
    vector: Any
    flags: Any


def uses_norm(optimizer: Any) -> bool:
    """Whether the optimizer's coefficients depend on the gradient's norm, so on the network."""
    return reads(prepare.bodies[type(optimizer)], 3)


def new_bench(
    network: Any, rules: Any, samples: Any, with_accuracy: bool, every: int, width: Any
) -> Bench:
    """Scratch for ``train_group``; ``every``: steps between rows of the history (0: none)."""
    dtype = samples.inputs.dtype
    n, n_in = samples.inputs.shape
    n_out = samples.targets.shape[1]
    shape = parameter_count(network.sizes), len(width)
    full = bool(batchings.catalog.of(rules.batching).facts["exact"])
    size = 1 if full else int(batch_size(rules.batching, n))
    steps = max(1, min(_PLANNED_STEPS, _PLANNED_SAMPLES // size))
    n_coefficients = len(prepare(rules.optimizer, 0.1, 1, 1.0))
    return Bench(
        new_tile_work(network.sizes, dtype, width),
        Plan(
            np.zeros((1 if full else steps, size), np.int64),
            np.zeros(steps, np.int64),
            np.zeros(steps),
            np.zeros((steps, n_coefficients)),
        ),
        np.full(n + 1, -1),
        np.zeros((size, n_in), dtype),
        np.zeros((size, n_out), dtype),
        aligned(shape, dtype),
        aligned(shape, dtype),
        aligned((n_coefficients, len(width)), dtype),
        aligned((3, len(width)), np.float64),
        np.zeros(shape[0]),
        Flags(full, uses_norm(rules.optimizer), with_accuracy, every),
    )


def new_ends(tiles: int, rows: int, width: Any) -> Ends:
    """Room for how the starts of a group of ``tiles`` end, with ``rows`` rows of history."""
    shape = tiles, len(width)
    loss, gradient_norm, accuracy = (np.zeros(shape) for _ in range(3))
    steps, codes = (np.zeros(shape, np.int64) for _ in range(2))
    history = np.full((tiles, rows, len(width)), np.nan)
    return Ends(loss, gradient_norm, accuracy, steps, codes, history)


@exact_kernel
def draw_group(
    initializer: Any, sizes: Any, seed: Any, starts: Any, vector: Any, group: Any
) -> None:
    """Fill the lanes of ``group`` with the starting points ``starts``, int64 (tiles, width).

    ``vector`` float64 (n,) is scratch. Mutates group.parameters.
    """
    for tile in range(starts.shape[0]):
        for lane in range(starts.shape[1]):
            initialize(initializer, sizes, seed, starts[tile, lane], vector)
            for k in range(vector.size):
                group.parameters[tile, k, lane] = vector[k]


@exact_kernel
def _plan(rules: Any, bench: Bench, seed: Any, first: Any, count: Any, n: Any) -> None:
    """Fill bench.plan for ``count`` steps from ``first`` on, of ``n`` samples."""
    plan, flags = bench.plan, bench.flags
    for k in range(count):
        step = first + k
        plan.counts[k] = n
        if not flags.full:
            plan.counts[k] = select_batch(rules.batching, seed, step, bench.order, plan.batches[k])
        plan.rates[k] = rules.optimizer.learning_rate * factor(rules.schedule, step)
        if not flags.uses_norm:
            row = cast(prepare(rules.optimizer, plan.rates[k], step + 1, 0.0), plan.rates[k])
            for j in range(len(row)):
                plan.coefficients[k, j] = row[j]


@exact_kernel
def _gather(samples: Any, batch: Any, count: Any, bench: Any) -> None:
    """Copy the samples batch[:count] side by side into the bench."""
    for k in range(count):
        for j in range(bench.inputs.shape[1]):
            bench.inputs[k, j] = samples.inputs[batch[k], j]
        for j in range(bench.targets.shape[1]):
            bench.targets[k, j] = samples.targets[batch[k], j]


@exact_kernel
def _unlike_zero(gradient: Any, width: Any) -> Any:
    """Lanes of zeros, NaN where any of the gradient is not finite."""
    zero = const(load(gradient, 0, width), 0.0)
    n = gradient.shape[0]
    a, b, c, d = zero, zero, zero, zero
    # Four sums, so that none waits for the one before.
    for k in range(0, n - 3, 4):
        a = fma(load(gradient, k, width), zero, a)
        b = fma(load(gradient, k + 1, width), zero, b)
        c = fma(load(gradient, k + 2, width), zero, c)
        d = fma(load(gradient, k + 3, width), zero, d)
    for k in range(n - n % 4, n):
        a = fma(load(gradient, k, width), zero, a)
    return (a + b) + (c + d)


@exact_kernel
def _norms(gradient: Any, width: Any) -> Any:
    """Euclidean norms, float64 lanes."""
    total = const(widen(load(gradient, 0, width)), 0.0)
    for k in range(gradient.shape[0]):
        g = widen(load(gradient, k, width))
        total = fma(g, g, total)
    return np.sqrt(total)


@exact_kernel
def _judge(limits: Any, bench: Any, alive: Any, ends: Any, tile: Any, step: Any, stop: Any) -> None:
    """Let the lanes end that diverged or, where ``stop``, reached a limit, by the bench's numbers.

    Mutates ``alive``, ends.codes and ends.steps.
    """
    measured = bench.measured
    for lane in range(alive.size):
        if alive[lane] > 0.0:
            loss, gradient_norm = measured[0, lane], measured[1, lane]
            code = divergence(limits, loss, gradient_norm)
            if code == RUNNING and stop:
                code = verdict(limits, loss, gradient_norm, measured[2, lane])
            if code != RUNNING:
                alive[lane] = 0.0
                ends.codes[tile, lane] = code
                ends.steps[tile, lane] = step


@exact_kernel
def _measure(
    network: Any, p: Any, samples: Any, loss: Any, gradient: Any, accuracy: Any, bench: Any,
    width: Any,
) -> None:  # fmt: skip
    """Put losses, norms of ``gradient`` and, where wanted, accuracies into bench.measured."""
    store(bench.measured, 0, loss)
    store(bench.measured, 1, _norms(gradient, width))
    if accuracy:
        store(bench.measured, 2, right_tile(network, p, samples, bench.work, width))


@exact_kernel
def _coefficients(optimizer: Any, bench: Any, k: Any, step: Any, width: Any) -> None:
    """Fill bench.coefficients for planned step ``k``, which is number ``step`` counted from 1."""
    plan, out = bench.plan, bench.coefficients
    for lane in range(len(width)):
        if bench.flags.uses_norm:
            gradient_norm = bench.measured[1, lane]
            row = cast(prepare(optimizer, plan.rates[k], step, gradient_norm), gradient_norm)
            for j in range(len(row)):
                out[j, lane] = row[j]
        else:
            for j in range(out.shape[0]):
                out[j, lane] = plan.coefficients[k, j]


@exact_kernel
def _apply(
    optimizer: Any, p: Any, slots: Any, bench: Any, alive: Any, kept: Any, width: Any
) -> None:
    """One step of the lanes that are alive; mutates ``p`` and ``slots``."""
    n = p.shape[0]
    c = load_some(bench.coefficients, 0, 1, kept.coefficients, width)
    living = load(alive, 0, width) > 0.0
    all_live = every(living)
    for k in range(n):
        old = load(p, k, width)
        memory = load_some(slots, k, n, kept.slots, width)
        new, made = update(optimizer, c, load(bench.gradient, k, width), old, memory)
        store(p, k, new if all_live else select(living, new, old))
        store_some(slots, k, n, made)


@exact_kernel
def _train_tiles(
    network: Any, rules: Any, limits: Any, train: Any, group: Any, bench: Any, ends: Any,
    first: Any, count: Any, kept: Any, width: Any,
) -> None:  # fmt: skip
    """Make the ``count`` planned steps, from step ``first`` on, of all tiles of a group."""
    flags = bench.flags
    limited = limits.loss == limits.loss or limits.gradient_norm == limits.gradient_norm
    limited = limited or flags.accuracy
    n = train.inputs.shape[0]
    inputs, targets = train.inputs, train.targets
    if not flags.full:
        inputs, targets = bench.inputs, bench.targets
    for tile in range(group.alive.shape[0]):
        p, slots, alive = group.parameters[tile], group.slots[tile], group.alive[tile]
        for k in range(count):
            if not alive.any():
                break
            step = first + k
            stop = limited and step % limits.every == 0
            if not flags.full:
                _gather(train, bench.plan.batches[k], bench.plan.counts[k], bench)
            loss = gradient_tile(
                network, p, inputs, targets, bench.plan.counts[k], bench.gradient, bench.work, width
            )
            if flags.every > 0 and step % flags.every == 0:
                shown = loss
                if not flags.full:
                    shown = losses_tile(network, p, train, bench.other, bench.work, width)
                store(ends.history[tile], step // flags.every, shown)
            fine = finite(loss) & (loss <= limits.diverged_above)
            fine = fine & (_unlike_zero(bench.gradient, width) == 0.0)
            fine = fine | (load(alive, 0, width) == 0.0)
            if flags.uses_norm or not every(fine) or (stop and flags.full):
                accuracy = stop and flags.full and flags.accuracy
                _measure(network, p, train, loss, bench.gradient, accuracy, bench, width)
                _judge(limits, bench, alive, ends, tile, step, stop and flags.full)
            _coefficients(rules.optimizer, bench, k, step + 1, width)
            if stop and not flags.full:
                whole = gradient_tile(
                    network, p, train.inputs, train.targets, n, bench.other, bench.work, width
                )
                _measure(network, p, train, whole, bench.other, flags.accuracy, bench, width)
                _judge(limits, bench, alive, ends, tile, step, True)
            _apply(rules.optimizer, p, slots, bench, alive, kept, width)


@exact_kernel
def _finish_tiles(
    network: Any, limits: Any, train: Any, group: Any, bench: Any, ends: Any, steps: Any, width: Any
) -> None:
    """Measure how a group's starts ended after ``steps`` steps."""
    n, every_row, measured = train.inputs.shape[0], bench.flags.every, bench.measured
    for tile in range(group.alive.shape[0]):
        p, alive = group.parameters[tile], group.alive[tile]
        loss = gradient_tile(
            network, p, train.inputs, train.targets, n, bench.gradient, bench.work, width
        )
        _measure(network, p, train, loss, bench.gradient, True, bench, width)
        _judge(limits, bench, alive, ends, tile, steps, steps % limits.every == 0)
        if every_row > 0 and steps % every_row == 0:
            store(ends.history[tile], steps // every_row, loss)
        for lane in range(alive.size):
            ends.loss[tile, lane] = measured[0, lane]
            ends.gradient_norm[tile, lane] = measured[1, lane]
            ends.accuracy[tile, lane] = measured[2, lane]


def train_group(
    network: Any, rules: Any, limits: Any, train: Any, group: Group, bench: Bench, ends: Ends,
    seed: int, steps: int, width: Any,
) -> None:  # fmt: skip
    """Train all starts of ``group`` for at most ``steps`` steps and measure how they end.

    ``network``, ``rules``, ``limits`` and ``train`` as in ``kernels.training.train_chunk``, with
    the same rules for when a start ends: it then keeps its parameters. Mutates ``group``, ``bench``
    and ``ends``; group.slots start at zero and group.alive at 1.
    """
    n, planned = len(train.inputs), bench.plan.counts.size
    coefficients = (None,) * bench.coefficients.shape[0]
    kept = Kept((None,) * group.slots.shape[1], coefficients)
    ends.codes[:] = RUNNING
    ends.steps[:] = steps
    ends.history[:] = np.nan
    bench.order[n] = -1
    for first in range(0, steps, planned):
        count = min(planned, steps - first)
        _plan(rules, bench, seed, first, count, n)
        _train_tiles(network, rules, limits, train, group, bench, ends, first, count, kept, width)
    _finish_tiles(network, limits, train, group, bench, ends, steps, width)
