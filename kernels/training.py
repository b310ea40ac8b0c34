"""The step loop: nothing of it is Python.

Row ``step`` of a history describes the parameters after that many steps, so row 0 is the start.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from kernels.batchings import size
from kernels.jit import kernel
from kernels.network import batch_gradient, evaluate, new_work
from kernels.objective import TrainingLoss, new_bends
from kernels.optimizers import Memory, catalog, new_memory
from kernels.rules import finite
from kernels.schedules import current, new_schedule_memory, note
from kernels.single_step import new_ladder, new_packed
from kernels.steps import begin, hurry, settle, stride, survey
from kernels.vectors import norm

COLUMNS = (
    "step",
    "loss",
    "loss_test",
    "accuracy_train",
    "accuracy_test",
    "gradient_norm",
    "learning_rate",
    "batch_loss",
)

RUNNING, LOSS_REACHED, GRADIENT_REACHED, ACCURACY_REACHED = 0, 1, 2, 3
NOT_FINITE, LOSS_TOO_LARGE, NO_DESCENT = 4, 5, 6


class Rules(NamedTuple):
    """How a run steps: the optimizer, schedule and batching items."""

    optimizer: Any
    schedule: Any
    batching: Any


class Limits(NamedTuple):
    """When a run ends: float64 bounds, checked every ``every`` steps; NaN means no bound.

    ``diverged_above`` bounds the loss of every single step.
    """

    loss: float
    gradient_norm: float
    accuracy: float
    diverged_above: float
    every: int


class State(NamedTuple):
    """What a step changes: parameters (n,) and slots (n_slots, n) of one dtype; gradient (n,) is
    scratch and holds the last step's gradient. ``shared`` is what the optimizer keeps for all
    parameters together and ``schedule`` what the schedule has seen, float64 vectors."""

    parameters: Any
    slots: Any
    gradient: Any
    shared: Any
    schedule: Any


class Scratch(NamedTuple):
    """Caller-owned scratch: per-sample ``work``, ``order`` int64 (n + 1,), ``batch`` int64 (n,),
    ``gradient`` (n_parameters,) for whole-set measurements, ``everything`` = 0 … n-1 int64;
    ``vectors`` and ``matrix`` as in the optimizer's ``Memory``, ``bends`` as in ``TrainingLoss``;
    ``ladder`` and ``packed`` as ``new_ladder`` and ``new_packed`` made them.
    """

    work: Any
    order: Any
    batch: Any
    gradient: Any
    everything: Any
    vectors: Any
    matrix: Any
    bends: Any
    ladder: Any
    packed: Any


def new_state(rules: Rules, parameters: np.ndarray) -> State:
    """The state of a run before its first step from ``parameters`` (n,), which it takes over."""
    memory = new_memory(rules.optimizer, parameters.size, parameters.dtype)
    gradient = np.zeros_like(parameters)
    schedule = new_schedule_memory(rules.schedule)
    return State(parameters, memory.slots, gradient, memory.shared, schedule)


def new_scratch(network: Any, rules: Rules, n_samples: int, parameters: np.ndarray) -> Scratch:
    """Scratch for training with ``n_samples`` samples and ``parameters`` of that shape, dtype."""
    memory = new_memory(rules.optimizer, parameters.size, parameters.dtype)
    needs = catalog.of(rules.optimizer).facts.get("second_derivatives", "")
    ladder = new_ladder(network, rules)
    # With a ladder, whole sets are all that is left to do.
    batch = n_samples if ladder else int(size(rules.batching, n_samples))
    return Scratch(
        new_work(network, parameters.dtype, batch),
        np.full(n_samples + 1, -1),
        np.zeros(n_samples, np.int64),
        np.zeros_like(parameters),
        np.arange(n_samples),
        memory.vectors,
        memory.matrix,
        new_bends(network, parameters.dtype, needs),
        ladder,
        new_packed(ladder, parameters.dtype),
    )


@kernel
def verdict(limits: Any, loss: Any, gradient_norm: Any, accuracy: Any) -> Any:
    """The stop code for a measured row; comparisons with a NaN bound never hold."""
    if loss <= limits.loss:
        return LOSS_REACHED
    if gradient_norm <= limits.gradient_norm:
        return GRADIENT_REACHED
    if accuracy >= limits.accuracy:
        return ACCURACY_REACHED
    return RUNNING


@kernel
def divergence(limits: Any, loss: Any, gradient_norm: Any) -> Any:
    """NOT_FINITE, LOSS_TOO_LARGE or RUNNING."""
    if not (finite(loss) and finite(gradient_norm)):
        return NOT_FINITE
    if loss > limits.diverged_above:
        return LOSS_TOO_LARGE
    return RUNNING


@kernel
def measure(network: Any, parameters: Any, train: Any, test: Any, scratch: Any, row: Any) -> None:
    """Fill a history row's measured columns for ``parameters``; mutates ``row`` and scratch."""
    n = train.inputs.shape[0]
    row[1], right = batch_gradient(
        network, parameters, train, scratch.everything, n, scratch.gradient, scratch.work
    )
    row[3] = right / n
    row[5] = norm(scratch.gradient)
    row[2], row[4] = evaluate(network, parameters, test, scratch.work)


@kernel
def train_chunk(
    network: Any,
    rules: Any,
    limits: Any,
    train: Any,
    test: Any,
    state: Any,
    scratch: Any,
    seed: Any,
    span: Any,
    rows: Any,
) -> Any:
    """Carry out the steps span[0] … span[1]-1 and record a row at every limits.every-th of them.

    Mutates ``state``, ``scratch`` and ``rows`` (float64, (≥ steps / every + 1, len(COLUMNS))).
    Returns (steps done in all, rows filled, code). With code RUNNING all steps were done. With
    another code the last row describes the parameters as they are, and no step was made from them:
    with NO_DESCENT because the optimizer found no way down.
    """
    first, last = span
    objective = TrainingLoss(network, train, scratch.everything, scratch.work, scratch.bends)
    memory = Memory(state.slots, state.shared, scratch.vectors, scratch.matrix)
    n = train.inputs.shape[0]
    n_rows = 0
    begin(scratch.ladder, state, scratch)
    step = first
    while step < last:
        count, loss, right, gradient_norm, held = survey(
            scratch.ladder, network, rules.batching, (seed, step), train, state, scratch
        )
        rate = rules.optimizer.learning_rate * current(rules.schedule, step, state.schedule)
        code = divergence(limits, loss, gradient_norm)
        recorded = step % limits.every == 0 or code != RUNNING
        if recorded:
            settle(scratch.ladder, state, scratch)
            row = rows[n_rows]
            row[0], row[6], row[7] = step, rate, loss
            if count == n:
                row[1], row[3], row[5] = loss, right / n, gradient_norm
                row[2], row[4] = evaluate(network, state.parameters, test, scratch.work)
            else:
                measure(network, state.parameters, train, test, scratch, row)
                if code == RUNNING:
                    code = divergence(limits, row[1], row[5])
            n_rows += 1
            if code == RUNNING:
                code = verdict(limits, row[1], row[5], row[3])
            if code != RUNNING:
                return step, n_rows, code
        end = min(last, step - step % limits.every + limits.every)
        done = hurry(
            scratch.ladder, network, rules, limits, seed, (step, end), train, state, scratch
        )
        if done > step:
            step = done
            continue
        moved = stride(
            scratch.ladder,
            held,
            rules.optimizer,
            objective,
            (rate, step + 1, loss, gradient_norm),
            state,
            memory,
            scratch,
        )
        if not moved:
            if not recorded:
                row = rows[n_rows]
                row[0], row[6], row[7] = step, rate, loss
                measure(network, state.parameters, train, test, scratch, row)
                n_rows += 1
            return step, n_rows, NO_DESCENT
        note(rules.schedule, state.schedule, loss)
        step += 1
    settle(scratch.ladder, state, scratch)
    return last, n_rows, RUNNING
