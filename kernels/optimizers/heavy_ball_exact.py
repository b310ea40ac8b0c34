"""Heavy ball with exact line search: d ← momentum d - g, p ← p + a d with the best length a.

Polyak 1964, "Some methods of speeding up the convergence of iteration methods", eq. 9, with its
velocity as a direction and the length that makes the loss least along it; without momentum, Cauchy
1847's steepest descent. The gradient after such a step is orthogonal to d, so the next direction
leads downhill whatever the momentum.
"""

from typing import Any, NamedTuple

from kernels.line_search import follow
from kernels.optimizers import catalog, travel


class HeavyBallExact(NamedTuple):
    """``learning_rate``: length along the gradient that is tried first; ``momentum``: share of the
    direction kept each step; ``flatness``: share of the slope left, zero for a perfect search."""

    learning_rate: float = 0.1
    momentum: float = 0.9
    flatness: float = 1e-6


def _room(item: Any, n: Any) -> Any:
    return 1, 2, 2, 0


def _travel(
    item: Any, objective: Any, rate: Any, loss: Any, parameters: Any, gradient: Any, memory: Any
) -> Any:
    share = item.momentum
    return follow(objective, parameters, gradient, loss, share, rate, item.flatness, memory)


catalog.register(
    HeavyBallExact,
    "heavy_ball_exact",
    "momentum's direction, followed as far as the loss falls",
    hypers={
        "learning_rate": ("(0, inf)", "length along the gradient that is tried first"),
        "momentum": ("[0, 1)", "share of the direction kept each step"),
        "flatness": ("(0, 0.5)", "share of the slope that a line search may leave"),
    },
    rules={travel: _travel},
    room=_room,
    exact=True,
)
