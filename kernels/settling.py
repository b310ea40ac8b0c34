"""A descent to rest: steps of one optimizer until the gradient is gentle or no way leads down."""

from __future__ import annotations

from typing import Any

from kernels.jit import kernel
from kernels.objective import assess
from kernels.optimizers import travel
from kernels.rules import finite
from kernels.vectors import norm


@kernel
def descend(
    optimizer: Any,
    objective: Any,
    parameters: Any,
    gradient: Any,
    memory: Any,
    gentle: Any,
    most: Any,
) -> Any:
    """At most ``most`` steps of ``optimizer``, one for whole vectors, from ``parameters`` (n,).

    Ends where the gradient's norm is at most ``gentle``, where the loss or the gradient is not
    finite, and where the optimizer finds no way down. ``memory`` is the optimizer's
    (``new_memory``) and may be handed on to a further call, with the same ``parameters``. Mutates
    ``parameters``, ``gradient`` (n,), which is overwritten with that at the end, and ``memory``.
    Returns (steps made, loss float64 at the end, whether a way down was found at every step).
    """
    loss = assess(objective, parameters, gradient)
    step = 0
    while step < most:
        size = norm(gradient)
        # Written so that NaN ends the descent too.
        if not (finite(loss) and finite(size) and size > gentle):
            break
        rate = optimizer.learning_rate
        if not travel(optimizer, objective, rate, loss, parameters, gradient, memory):
            return step, loss, False
        loss = assess(objective, parameters, gradient)
        step += 1
    return step, loss, True
