"""Damped Newton: d = -(H + τ 1)⁻¹ g with the exact Hessian H, and a line search.

τ is zero where H is positive definite, else raised until H + τ 1 is: the direction then turns
towards the gradient. Nocedal & Wright 2006, algorithms 3.2 and 3.3; the length along d fulfils the
strong Wolfe conditions. Memory and time grow with the square and cube of the parameters' number.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.jit import kernel
from kernels.line_search import move
from kernels.objective import hessian
from kernels.optimizers import catalog, travel
from kernels.rules import const, finite
from kernels.vectors import dot, factorise, norm, solve, turn

_MOST_SHIFTS = 60
_FIRST_SHIFT = 1e-3  # of the Hessian's root mean square row


class Newton(NamedTuple):
    """``learning_rate``: share of Newton's step that is tried first; ``flatness``: share of the
    slope that may be left after a line search."""

    learning_rate: float = 1.0
    flatness: float = 0.9


def _room(item: Any, n: Any) -> Any:
    return 0, 0, 4, n + 2


@kernel
def damped(matrix: Any, gradient: Any, direction: Any) -> Any:
    """Fill ``direction`` with -(H + τ 1)⁻¹ gradient; H is the upper triangle of ``matrix``.

    ``matrix`` float64 (n + 2, n) is overwritten below the diagonal. Returns whether that worked.
    """
    n = gradient.size
    diagonal, x = matrix[n], matrix[n + 1]
    square, lowest = 0.0, np.inf
    for i in range(n):
        diagonal[i] = matrix[i, i]
        lowest = min(lowest, diagonal[i])
        for j in range(i, n):
            square += matrix[i, j] * matrix[i, j]
    if not (finite(square) and square > 0.0):
        return False
    least = _FIRST_SHIFT * np.sqrt(square / n)
    shift = 0.0 if lowest > 0.0 else least - lowest
    for _ in range(_MOST_SHIFTS):
        if factorise(matrix, shift):
            for i in range(n):
                x[i] = -np.float64(gradient[i])
            solve(matrix, x)
            for i in range(n):
                direction[i] = const(gradient[0], x[i])
            return True
        shift = max(2.0 * shift, least)
    return False


def _travel(
    item: Any, objective: Any, rate: Any, loss: Any, parameters: Any, gradient: Any, memory: Any
) -> Any:
    direction, work = memory.vectors[0], memory.vectors[1:]
    size = norm(gradient)
    hessian(objective, parameters, memory.matrix, work)
    straight = damped(memory.matrix, gradient, direction)
    # One call of the search for both directions: each is a copy for the compiler.
    while True:
        if not straight:
            turn(direction, 0.0, gradient)
        start = (loss, dot(gradient, direction), size)
        if move(objective, parameters, direction, start, rate, item.flatness, work) > 0.0:
            return True
        if not straight:
            return False
        straight = False


catalog.register(
    Newton,
    "newton",
    "straight to the bottom of the local quadratic, damped where it has none",
    hypers={
        "learning_rate": ("(0, inf)", "share of Newton's step that is tried first"),
        "flatness": ("(0.001, 1)", "share of the slope that a line search may leave"),
    },
    rules={travel: _travel},
    aliases=("damped_newton",),
    room=_room,
    exact=True,
    second_derivatives="matrix",
    most_parameters=2048,
)
