"""Steps with a given learning rate each: what the learning-rate finder makes."""

from __future__ import annotations

from typing import Any

from kernels.batchings import select
from kernels.jit import kernel
from kernels.network import batch_gradient
from kernels.objective import TrainingLoss
from kernels.optimizers import Memory, take_step
from kernels.training import RUNNING, divergence
from kernels.vectors import norm


@kernel
def sweep(
    network: Any,
    rules: Any,
    limits: Any,
    samples: Any,
    state: Any,
    scratch: Any,
    seed: Any,
    span: Any,
    rates: Any,
    losses: Any,
) -> Any:
    """Make the steps span[0] … span[1]-1 of ``rules`` with the rate ``rates[step]`` in place of the
    schedule's, and note in ``losses[step]`` the mean loss of the batch that the step started from.

    Steps are those of ``train_chunk``. ``rates`` and ``losses`` are float64 (≥ span[1],). Mutates
    ``state``, ``scratch`` and ``losses``. Returns the number of losses noted in all: fewer than
    span[1] where one diverged, which is the last one noted.
    """
    objective = TrainingLoss(network, samples, scratch.everything, scratch.work, scratch.bends)
    memory = Memory(state.slots, state.shared, scratch.vectors, scratch.matrix)
    for step in range(span[0], span[1]):
        count = select(rules.batching, seed, step, scratch.order, scratch.batch)
        losses[step], _ = batch_gradient(
            network, state.parameters, samples, scratch.batch, count, state.gradient, scratch.work
        )
        size = norm(state.gradient)
        if divergence(limits, losses[step], size) != RUNNING:
            return step + 1
        take_step(
            rules.optimizer,
            objective,
            rates[step],
            step + 1,
            losses[step],
            size,
            state.parameters,
            state.gradient,
            memory,
        )
    return span[1]
