"""Nonlinear conjugate gradients with a line search.

d ← -g + β d with β = max(0, gᵀ(g - g') / g'ᵀg') and g' the gradient before (Polak-Ribière⁺; Gilbert
& Nocedal 1992), started anew with β = 0 where successive gradients are far from orthogonal,
|gᵀg'| ≥ ν ‖g‖² (Powell 1977); the length along d by a line search for the strong Wolfe conditions.
Nocedal & Wright 2006, algorithm 5.4, eqs. 5.45 and 5.52.
"""

from typing import Any, NamedTuple

from kernels.line_search import follow
from kernels.optimizers import catalog, travel
from kernels.vectors import dot


class ConjugateGradients(NamedTuple):
    """``learning_rate``: length along the gradient that is tried first; ``flatness``: share of the
    slope that may be left after a line search; ``overlap``: ν, of successive gradients."""

    learning_rate: float = 1.0
    flatness: float = 0.1
    overlap: float = 0.2


def _room(item: Any, n: Any) -> Any:
    return 2, 2, 2, 0


def _travel(
    item: Any, objective: Any, rate: Any, loss: Any, parameters: Any, gradient: Any, memory: Any
) -> Any:
    former = memory.slots[1]
    beta, square = 0.0, dot(gradient, gradient)
    mixed, before = dot(gradient, former), dot(former, former)
    if before > 0.0 and abs(mixed) < item.overlap * square:
        beta = max(0.0, (square - mixed) / before)
    for i in range(former.size):
        former[i] = gradient[i]
    return follow(objective, parameters, gradient, loss, beta, rate, item.flatness, memory)


catalog.register(
    ConjugateGradients,
    "conjugate_gradients",
    "directions that do not undo what earlier steps gained, and a line search",
    hypers={
        "learning_rate": ("(0, inf)", "length along the gradient that is tried first"),
        "flatness": ("(0.001, 0.5)", "share of the slope that a line search may leave"),
        "overlap": ("(0, inf)", "of successive gradients, above which directions start anew"),
    },
    rules={travel: _travel},
    aliases=("cg", "nonlinear_cg"),
    room=_room,
    exact=True,
)
