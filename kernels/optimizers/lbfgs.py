"""L-BFGS: Newton's direction with a curvature remembered from the last steps.

d = -H g with the inverse Hessian H of the last ``history`` pairs (s = change of the parameters,
y = change of the gradient) by the two-loop recursion, scaled by sᵀy / yᵀy; the length along d by a
line search for the strong Wolfe conditions.
Nocedal 1980, "Updating quasi-Newton matrices with limited storage", Math. Comp. 35; Liu & Nocedal
1989; Nocedal & Wright 2006, algorithms 7.4 and 7.5.
"""

from typing import Any, NamedTuple

from kernels.jit import kernel
from kernels.line_search import move
from kernels.optimizers import catalog, travel
from kernels.rules import const
from kernels.vectors import add_scaled, dot, norm, resolution, total

_LEAST = 1e-300  # whose inverse is a number
# Places in Memory.shared; two numbers for each pair follow: 1 / sᵀy, and scratch of the recursion.
_STARTED, _HELD, _NEWEST, _PAIRS = 0, 1, 2, 3


class LBFGS(NamedTuple):
    """``learning_rate``: length along the direction that is tried first; ``history``: pairs
    remembered; ``flatness``: share of the slope that may be left after a line search."""

    learning_rate: float = 1.0
    history: float = 10.0
    flatness: float = 0.9


def _room(item: Any, n: Any) -> Any:
    history = int(item.history)
    return 2 + 2 * history, _PAIRS + 2 * history, 3, 0


@kernel
def remember(history: Any, parameters: Any, gradient: Any, slots: Any, shared: Any) -> None:
    """Add the pair of the step that led to ``parameters``, unless rounding took its curvature.

    Mutates ``slots`` and ``shared``.
    """
    k = 0 if shared[_HELD] == 0.0 else (int(shared[_NEWEST]) + 1) % history
    s, y = slots[2 + k], slots[2 + history + k]
    for i in range(parameters.size):
        s[i] = parameters[i] - slots[0, i]
        y[i] = gradient[i] - slots[1, i]
    curvature, bend = dot(s, y), dot(y, y)
    if curvature > resolution(parameters[0]) * norm(s) * norm(y) and min(curvature, bend) > _LEAST:
        shared[_PAIRS + k] = 1.0 / curvature
        shared[_NEWEST] = k
        shared[_HELD] = min(shared[_HELD] + 1.0, float(history))
    elif shared[_HELD] == history:
        shared[_HELD] -= 1.0  # the oldest pair has just been written over


@kernel
def quasi_newton(history: Any, gradient: Any, slots: Any, shared: Any, direction: Any) -> None:
    """Fill ``direction`` with -H gradient by the two-loop recursion; mutates ``shared`` too."""
    held, newest = int(shared[_HELD]), int(shared[_NEWEST])
    alphas = shared[_PAIRS + history :]
    for i in range(direction.size):
        direction[i] = -gradient[i]
    for back in range(held):
        k = (newest - back) % history
        alphas[k] = shared[_PAIRS + k] * dot(slots[2 + k], direction)
        add_scaled(direction, -alphas[k], slots[2 + history + k])
    if held > 0:
        y = slots[2 + history + newest]
        scale = const(direction[0], 1.0 / (shared[_PAIRS + newest] * dot(y, y)))
        for i in range(direction.size):
            direction[i] *= scale
    for back in range(held - 1, -1, -1):
        k = (newest - back) % history
        beta = shared[_PAIRS + k] * dot(slots[2 + history + k], direction)
        add_scaled(direction, alphas[k] - beta, slots[2 + k])


def _travel(
    item: Any, objective: Any, rate: Any, loss: Any, parameters: Any, gradient: Any, memory: Any
) -> Any:
    slots, shared, direction = memory.slots, memory.shared, memory.vectors[0]
    history, size = int(item.history), norm(gradient)
    if shared[_STARTED] != 0.0:
        remember(history, parameters, gradient, slots, shared)
    for i in range(parameters.size):
        slots[0, i], slots[1, i] = parameters[i], gradient[i]
    shared[_STARTED] = 1.0
    while True:
        quasi_newton(history, gradient, slots, shared, direction)
        first = rate
        if shared[_HELD] == 0.0:
            # Nothing is known of the curvature, so the first step must not be long.
            first = rate / max(1.0, total(gradient))
        start = (loss, dot(gradient, direction), size)
        work = memory.vectors[1:]
        if move(objective, parameters, direction, start, first, item.flatness, work) > 0.0:
            return True
        if shared[_HELD] == 0.0:
            return False
        shared[_HELD] = 0.0  # what is remembered misleads: once more along the gradient


catalog.register(
    LBFGS,
    "lbfgs",
    "Newton's direction with a curvature remembered from the last steps, and a line search",
    hypers={
        "learning_rate": ("(0, inf)", "length along the direction that is tried first"),
        "history": ("integer [1, 32]", "steps whose curvature is remembered"),
        "flatness": ("(0.001, 1)", "share of the slope that a line search may leave"),
    },
    rules={travel: _travel},
    aliases=("l_bfgs",),
    room=_room,
    exact=True,
)
