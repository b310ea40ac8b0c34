"""One sample a step through a narrow network: no gradient is stored.

A layer of at most LANES units is one vector. Backpropagation leaves each layer's input a and error
delta = dL/dz in registers; the gradient of its weights is their outer product. The optimizer's rule
is given it row by row; the square of its norm is (1 + |a|²) |delta|², bias included.

The number of hidden layers and of outputs is part of the types, the layers' sizes are not: networks
that differ only in them share the compiled code.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numba.extending import overload

from kernels import penalties
from kernels.activations import slope, value
from kernels.batchings import catalog as batchings
from kernels.batchings import draw
from kernels.jit import INLINED_OPTIONS, exact_kernel, inlined_kernel, kernel
from kernels.lanes import (
    COMPILED,
    every,
    fma,
    keep_apart,
    load,
    load_some,
    store,
    widen,
)
from kernels.lanes.rows import rows
from kernels.lanes.sums import (
    LANES,
    combination,
    dots,
    first_lanes,
    gathered,
    lane,
    lane_sum,
    load_part,
    new_rows,
)
from kernels.losses import compare
from kernels.optimizers import catalog as optimizers
from kernels.optimizers import is_scalar, prepare, slot_count, update
from kernels.outputs import respond
from kernels.rules import cast, const, finite, select
from kernels.schedules import current, note
from kernels.tiles import aligned

_WIDTH = (None,) * LANES
_ONE = (None,)
# Numbers below it can be squared, and the squares multiplied, in float64.
_CALM = 1e30


class Ladder(NamedTuple):
    """A narrow network, layer by layer: ``sizes`` is a tuple of int, inputs first; ``hidden`` the
    activation item of each hidden layer; ``outputs`` and ``slots`` are as many Nones as there are
    outputs, and slots of the optimizer."""

    sizes: Any
    hidden: Any
    outputs: Any
    slots: Any


class Packed(NamedTuple):
    """Parameters (LANES * rows,) and slots (n_slots, LANES * rows) as ``pack`` lays them out:
    parameter k is at ``places[k]``, int64 (n,).

    Each layer in order: a row for each input, for inputs that are units LANES of them, then the
    bias. The outputs of hidden units are few, so that theirs is a row for each output instead.
    """

    parameters: Any
    slots: Any
    places: Any
    drawn: Any


def new_packed(ladder: Any, dtype: Any) -> Packed:
    """Zeros of the shape that ``ladder`` needs; of none for the ladder ()."""
    if ladder == ():
        none = np.zeros(0, np.int64)
        return Packed(np.zeros(0, dtype), np.zeros((0, 0), dtype), none, none)
    places, n_rows = _places(ladder.sizes)
    slots = aligned((len(ladder.slots), LANES * n_rows), dtype)
    return Packed(aligned((LANES * n_rows,), dtype), slots, places, np.zeros(64, np.int64))


def new_ladder(network: Any, rules: Any) -> Any:
    """The ladder where steps are taken by this module, else (): a matter of the experiment alone.

    It is for batchings of one sample, optimizers with a scalar rule, no penalty, and layers of at
    most LANES units.
    """
    sizes = tuple(int(n) for n in network.sizes)
    one = batchings.of(rules.batching).facts.get("single")
    free = penalties.catalog.of(network.penalty).facts.get("free")
    scalar = is_scalar(optimizers.of(rules.optimizer))
    if not (COMPILED and one and free and scalar and max(sizes[1:]) <= LANES):
        return ()
    hidden = tuple(network.activations[kind] for kind in network.kinds)
    slots = (None,) * slot_count(rules.optimizer)
    return Ladder(sizes, hidden, (None,) * sizes[-1], slots)


def _places(sizes: Any) -> Any:
    """Where in its rows each parameter is, int64 (n,), and the number of rows."""
    places, row = [], 0
    for layer, (n_in, n_out) in enumerate(pairwise(sizes)):
        by_outputs = 0 < layer == len(sizes) - 2
        n_rows = n_in if layer == 0 else n_out if by_outputs else LANES
        weights = LANES * np.arange(n_in)[:, None] + np.arange(n_out)
        if by_outputs:
            weights = LANES * np.arange(n_out) + np.arange(n_in)[:, None]
        places += [LANES * row + weights.ravel(), LANES * (row + n_rows) + np.arange(n_out)]
        row += n_rows + 1
    return np.concatenate(places), row


@kernel
def pack(places: Any, flat: Any, packed: Any) -> None:
    """Lay the parameters ``flat`` (n,) out in rows of LANES; mutates ``packed`` (LANES * rows,).

    What no parameter has its place in stays as it is, zero.
    """
    for k in range(places.size):
        packed[places[k]] = flat[k]


@kernel
def unpack(places: Any, flat: Any, packed: Any) -> None:
    """The reverse of ``pack``; mutates ``flat``."""
    for k in range(places.size):
        flat[k] = packed[places[k]]


@inlined_kernel
def _affine_inputs(p: Any, n_in: Any, x: Any) -> Any:
    """As ``_affine`` for the first layer; ``x`` are any number of inputs."""
    s0 = load(p, n_in, _WIDTH)
    s1 = const(s0, 0.0)
    s2 = const(s0, 0.0)
    s3 = const(s0, 0.0)
    whole = n_in - n_in % 4
    for i in range(0, whole, 4):
        s0 = fma(lane(x[i], 0), load(p, i, _WIDTH), s0)
        s1 = fma(lane(x[i + 1], 0), load(p, i + 1, _WIDTH), s1)
        s2 = fma(lane(x[i + 2], 0), load(p, i + 2, _WIDTH), s2)
        s3 = fma(lane(x[i + 3], 0), load(p, i + 3, _WIDTH), s3)
    for i in range(whole, n_in):
        s0 = fma(lane(x[i], 0), load(p, i, _WIDTH), s0)
    return (s0 + s1) + (s2 + s3)


@inlined_kernel
def _square(x: Any) -> Any:
    """|x|², float64."""
    wide = widen(x)
    return lane_sum(wide * wide)


def _climb(hidden: Any, sizes: Any, rest: Any, p: Any, row: Any, z: Any) -> Any:
    """From the pre-activations z of a layer up to the loss and back down again.

    ``hidden`` and ``sizes`` are the layers' from this one on, ``row`` begins the next one; ``rest``
    is (loss item, output item, Nones, targets). Returns the loss, Σ (1 + |a|²) |delta|² over the
    layers above, this layer's delta, and (a, delta above) of each layer upwards.
    """
    raise NotImplementedError


@overload(_climb, jit_options=INLINED_OPTIONS, strict=False)
def _choose_climb(hidden: Any, sizes: Any, rest: Any, p: Any, row: Any, z: Any) -> Any:
    def answer(hidden: Any, sizes: Any, rest: Any, p: Any, row: Any, z: Any) -> Any:
        loss, output, outputs, targets = rest
        scores = new_rows(z, outputs)
        answers = new_rows(z, outputs)
        errors = new_rows(z, outputs)
        for j in range(len(outputs)):
            scores[j] = lane(z, j)
        respond(output, scores, answers)
        found = compare(loss, output, scores, answers, targets, errors)
        return np.float64(lane(found, 0)), 0.0, gathered(errors, z), ()

    def to_outputs(hidden: Any, sizes: Any, rest: Any, p: Any, row: Any, z: Any) -> Any:
        zero = const(z, 0.0)
        a = select(first_lanes(sizes[0], _WIDTH), value(hidden[0], z), zero)
        weights = load_some(p, row, 1, rest[2], _WIDTH)
        scores = dots(weights, a) + load(p, row + len(rest[2]), _WIDTH)
        loss, squares, delta, _ = _climb(hidden[1:], sizes[1:], rest, p, row, scores)
        squares += (1.0 + _square(a)) * _square(delta)
        wish = combination(weights, delta, zero)
        return loss, squares, slope(hidden[0], z, a) * wish, (a, delta)

    def pass_on(hidden: Any, sizes: Any, rest: Any, p: Any, row: Any, z: Any) -> Any:
        zero = const(z, 0.0)
        a = select(first_lanes(sizes[0], _WIDTH), value(hidden[0], z), zero)
        weights = load_some(p, row, 1, _WIDTH, _WIDTH)
        above = combination(weights, a, load(p, row + LANES, _WIDTH))
        after = row + LANES + 1
        loss, squares, delta, held = _climb(hidden[1:], sizes[1:], rest, p, after, above)
        squares += (1.0 + _square(a)) * _square(delta)
        wish = dots(weights, delta)
        return loss, squares, slope(hidden[0], z, a) * wish, (a, delta, *held)

    return (answer, to_outputs, pass_on)[min(len(hidden), 2)]


@inlined_kernel
def look(ladder: Any, network: Any, p: Any, samples: Any, sample: Any) -> Any:
    """The loss of one sample at the packed parameters ``p`` and the norm of its gradient, both
    float64, and what ``move`` needs."""
    sizes = ladder.sizes
    n_in = sizes[0]
    x = rows(samples.inputs, sample * n_in, n_in, 1, _ONE)
    n_out = len(ladder.outputs)
    targets = rows(samples.targets, sample * n_out, n_out, 1, _ONE)
    z = _affine_inputs(p, n_in, x)
    rest = (network.loss, network.output, ladder.outputs, targets)
    loss, squares, delta, held = _climb(ladder.hidden, sizes[1:], rest, p, n_in + 1, z)
    size = 1.0
    for i in range(0, n_in, LANES):
        part = load_part(samples.inputs, sample * n_in + i, first_lanes(n_in - i, _WIDTH))
        size += _square(part)
    squares += size * _square(delta)
    return loss, np.sqrt(squares), (sample, delta, held)


def _slots_at(count: Any, slots: Any, row: Any, rows: Any) -> Any:
    """The slots of the parameters in ``row``, a tuple of lanes, one for each None."""
    raise NotImplementedError


@overload(_slots_at, jit_options=INLINED_OPTIONS, strict=False)
def _choose_slots_at(count: Any, slots: Any, row: Any, rows: Any) -> Any:
    def some(count: Any, slots: Any, row: Any, rows: Any) -> Any:
        return (load(slots, row, _WIDTH), *_slots_at(count[1:], slots, row + rows, rows))

    return some if len(count) else lambda count, slots, row, rows: ()


def _keep_slots(values: Any, slots: Any, row: Any, rows: Any) -> None:
    """The reverse of ``_slots_at``; mutates ``slots``."""
    raise NotImplementedError


@overload(_keep_slots, jit_options=INLINED_OPTIONS, strict=False)
def _choose_keep_slots(values: Any, slots: Any, row: Any, rows: Any) -> Any:
    def some(values: Any, slots: Any, row: Any, rows: Any) -> None:
        store(slots, row, values[0])
        _keep_slots(values[1:], slots, row + rows, rows)

    def none(values: Any, slots: Any, row: Any, rows: Any) -> None:
        pass

    return some if len(values) else none


@inlined_kernel
def _move_row(rule: Any, p: Any, slots: Any, row: Any, gradient: Any) -> None:
    """The optimizer's step for the parameters in ``row``."""
    item, c, count, rows, _ = rule
    held = _slots_at(count, slots, row, rows)
    moved, kept = update(item, c, gradient, load(p, row, _WIDTH), held)
    store(p, row, moved)
    _keep_slots(kept, slots, row, rows)


def _move_layers(rule: Any, p: Any, slots: Any, row: Any, held: Any) -> None:
    """Step the layers above the first; mutates ``p`` and ``slots``."""
    raise NotImplementedError


@overload(_move_layers, jit_options=INLINED_OPTIONS, strict=False)
def _choose_move_layers(rule: Any, p: Any, slots: Any, row: Any, held: Any) -> Any:
    def layer(rule: Any, p: Any, slots: Any, row: Any, held: Any) -> None:
        a, delta = held[0], held[1]
        for i in range(LANES):
            _move_row(rule, p, slots, row + i, delta * lane(a, i))
        _move_row(rule, p, slots, row + LANES, delta)
        _move_layers(rule, p, slots, row + LANES + 1, held[2:])

    def to_outputs(rule: Any, p: Any, slots: Any, row: Any, held: Any) -> None:
        a, delta = held
        count = len(rule[4])
        for j in range(count):
            _move_row(rule, p, slots, row + j, a * lane(delta, j))
        _move_row(rule, p, slots, row + count, delta)

    def nothing(rule: Any, p: Any, slots: Any, row: Any, held: Any) -> None:
        pass

    return (nothing, to_outputs, layer)[min(len(held) // 2, 2)]


@inlined_kernel
def move(ladder: Any, item: Any, c: Any, packed: Any, samples: Any, held: Any) -> None:
    """Step from where ``look`` left ``held``, with the optimizer's coefficients ``c``, float64.

    Mutates ``packed``.
    """
    n_in = ladder.sizes[0]
    p, slots = packed.parameters, packed.slots
    sample, delta, above = held
    rule = (item, cast(c, delta), ladder.slots, p.size // LANES, ladder.outputs)
    _move_layers(rule, p, slots, n_in + 1, above)
    x = rows(samples.inputs, sample * n_in, n_in, 1, _ONE)
    for i in range(n_in):
        _move_row(rule, p, slots, i, delta * lane(x[i], 0))
    _move_row(rule, p, slots, n_in, delta)


def _sizes_of(values: Any, total: Any) -> Any:
    """``total`` plus the absolute values of all of a tuple's lanes."""
    raise NotImplementedError


@overload(_sizes_of, jit_options=INLINED_OPTIONS, strict=False)
def _choose_sizes_of(values: Any, total: Any) -> Any:
    def some(values: Any, total: Any) -> Any:
        return _sizes_of(values[1:], total + abs(values[0]))

    return some if len(values) else lambda values, total: total


@exact_kernel
def stride_on(
    ladder: Any,
    network: Any,
    rules: Any,
    above: Any,
    seed: Any,
    span: Any,
    samples: Any,
    packed: Any,
    memory: Any,
) -> Any:
    """Make the steps span[0] … span[1]-1, or those before one that needs a closer look: its loss is
    more than ``above``, or a number in it so large that the gradient's norm may be infinite.

    Mutates ``packed`` and the schedule's ``memory``; returns the number of steps made in all.
    """
    keep_apart()
    step, last = span
    drawn, n = packed.drawn, samples.inputs.shape[0]
    while step < last:
        # Many draws at a time need not wait for each other, as steps do.
        count = min(drawn.size, last - step)
        draw(rules.batching, seed, step, n, drawn[:count])
        for k in range(count):
            loss, size, held = look(ladder, network, packed.parameters, samples, drawn[k])
            largest = _sizes_of(held[2], abs(held[1]))
            if loss > above or not finite(loss) or not every(largest < _CALM):
                return step
            rate = rules.optimizer.learning_rate * current(rules.schedule, step, memory)
            c = prepare(rules.optimizer, rate, step + 1, size)
            move(ladder, rules.optimizer, c, packed, samples, held)
            note(rules.schedule, memory, loss)
            step += 1
    return step
