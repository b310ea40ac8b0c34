"""The two ways of taking a step: with a gradient that is stored, or by ``single_step``.

Which of them a run takes, the type of its ladder says. All functions take ``state`` and ``scratch``
of kernels.training.
"""

from __future__ import annotations

from typing import Any

from numba.extending import overload

from kernels.batchings import draw, select
from kernels.jit import EXACT_OPTIONS, INLINED_OPTIONS
from kernels.network import batch_gradient
from kernels.optimizers import prepare, take_step
from kernels.single_step import Ladder, look, move, pack, stride_on, unpack
from kernels.vectors import norm


def _is_ladder(kind: Any) -> bool:
    return getattr(kind, "instance_class", None) is Ladder


def begin(ladder: Any, state: Any, scratch: Any) -> None:
    """Before the first step: mutates ``scratch``."""


@overload(begin, jit_options=INLINED_OPTIONS, strict=False)
def _begin(ladder: Any, state: Any, scratch: Any) -> Any:
    def lay_out(ladder: Any, state: Any, scratch: Any) -> None:
        pack(scratch.packed.places, state.parameters, scratch.packed.parameters)
        for k in range(state.slots.shape[0]):
            pack(scratch.packed.places, state.slots[k], scratch.packed.slots[k])

    return lay_out if _is_ladder(ladder) else begin


def settle(ladder: Any, state: Any, scratch: Any) -> None:
    """After steps, to have their result in ``state``, which it mutates."""


@overload(settle, jit_options=INLINED_OPTIONS, strict=False)
def _settle(ladder: Any, state: Any, scratch: Any) -> Any:
    def write_back(ladder: Any, state: Any, scratch: Any) -> None:
        unpack(scratch.packed.places, state.parameters, scratch.packed.parameters)
        for k in range(state.slots.shape[0]):
            unpack(scratch.packed.places, state.slots[k], scratch.packed.slots[k])

    return write_back if _is_ladder(ladder) else settle


def survey(
    ladder: Any, network: Any, batching: Any, at: Any, samples: Any, state: Any, scratch: Any
) -> Any:
    """Loss and gradient over the samples of a step; ``at`` is (seed, step).

    Returns (how many samples, or 0 where right answers are not counted; loss; samples answered
    right; norm of the gradient; what ``stride`` needs). Mutates ``scratch`` and state.gradient.
    """
    seed, step = at
    count = select(batching, seed, step, scratch.order, scratch.batch)
    loss, right = batch_gradient(
        network, state.parameters, samples, scratch.batch, count, state.gradient, scratch.work
    )
    return count, loss, right, norm(state.gradient), ()


@overload(survey, jit_options=INLINED_OPTIONS, strict=False)
def _survey(
    ladder: Any, network: Any, batching: Any, at: Any, samples: Any, state: Any, scratch: Any
) -> Any:
    def one(
        ladder: Any, network: Any, batching: Any, at: Any, samples: Any, state: Any, scratch: Any
    ) -> Any:
        seed, step = at
        drawn = scratch.packed.drawn[:1]
        draw(batching, seed, step, samples.inputs.shape[0], drawn)
        sample = drawn[0]
        loss, size, held = look(ladder, network, scratch.packed.parameters, samples, sample)
        return 0, loss, 0, size, held

    return one if _is_ladder(ladder) else survey


def stride(
    ladder: Any,
    held: Any,
    optimizer: Any,
    objective: Any,
    seen: Any,
    state: Any,
    memory: Any,
    scratch: Any,
) -> Any:
    """The step after ``survey``; ``seen`` is (rate, number of the step from 1, loss, norm).

    Mutates ``state``, ``memory`` and ``scratch``; returns what ``take_step`` returns.
    """
    rate, step, loss, size = seen
    return take_step(
        optimizer, objective, rate, step, loss, size, state.parameters, state.gradient, memory
    )


@overload(stride, jit_options=INLINED_OPTIONS, strict=False)
def _stride(
    ladder: Any,
    held: Any,
    optimizer: Any,
    objective: Any,
    seen: Any,
    state: Any,
    memory: Any,
    scratch: Any,
) -> Any:
    def one(
        ladder: Any,
        held: Any,
        optimizer: Any,
        objective: Any,
        seen: Any,
        state: Any,
        memory: Any,
        scratch: Any,
    ) -> Any:
        rate, step, _, size = seen
        c = prepare(optimizer, rate, step, size)
        move(ladder, optimizer, c, scratch.packed, objective.samples, held)
        return True

    return one if _is_ladder(ladder) else stride


def hurry(
    ladder: Any,
    network: Any,
    rules: Any,
    limits: Any,
    seed: Any,
    span: Any,
    samples: Any,
    state: Any,
    scratch: Any,
) -> Any:
    """Make what can be made at once of the steps span[0] … span[1]-1, none of them watched.

    Mutates ``scratch`` and state.schedule; returns the number of steps made in all.
    """
    return span[0]


@overload(hurry, jit_options=EXACT_OPTIONS, strict=False)
def _hurry(
    ladder: Any,
    network: Any,
    rules: Any,
    limits: Any,
    seed: Any,
    span: Any,
    samples: Any,
    state: Any,
    scratch: Any,
) -> Any:
    def singly(
        ladder: Any,
        network: Any,
        rules: Any,
        limits: Any,
        seed: Any,
        span: Any,
        samples: Any,
        state: Any,
        scratch: Any,
    ) -> Any:
        above = limits.diverged_above
        packed, memory = scratch.packed, state.schedule
        return stride_on(ladder, network, rules, above, seed, span, samples, packed, memory)

    return singly if _is_ladder(ladder) else hurry
