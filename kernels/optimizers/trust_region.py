"""Trust region: the best step of the local quadratic within a radius in which it is trusted.

The quadratic's minimum within the radius is approached by conjugate gradients, which need products
with the Hessian only and follow negative curvature to the border (Steihaug 1983, SIAM J. Numer.
Anal. 20; Nocedal & Wright 2006, algorithm 7.2); the radius follows the ratio of actual to predicted
decrease (algorithm 4.1). Losses that differ by rounding only count as equal: Conn, Gould & Toint
2000, "Trust-region methods", section 17.4.2.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.jit import kernel
from kernels.objective import assess, hessian_product
from kernels.optimizers import catalog, travel
from kernels.rules import const, finite
from kernels.vectors import add_scaled, dot, norm, resolution, turn

_MOST_TRIALS = 40
_LARGEST = 1e6  # radius, in units of the rate
# Places in Memory.vectors: step, residual, direction, curved = H · direction, bent = H · step.
_STEP, _RESIDUAL, _DIRECTION, _CURVED, _BENT, _WORK = 0, 1, 2, 3, 4, 5


class TrustRegion(NamedTuple):
    """``learning_rate``: the radius at first, and a unit for all later ones; ``exactness``: share
    of the gradient that conjugate gradients may leave at most."""

    learning_rate: float = 1.0
    exactness: float = 0.5


def _room(item: Any, n: Any) -> Any:
    return 0, 1, 8, 0


@kernel
def to_border(step: Any, direction: Any, radius: Any) -> Any:
    """The length > 0 along ``direction`` at which ``step`` reaches ``radius``."""
    a, b, c = dot(direction, direction), dot(step, direction), radius * radius - dot(step, step)
    return (np.sqrt(b * b + a * max(c, 0.0)) - b) / a


@kernel
def steihaug(
    objective: Any, parameters: Any, gradient: Any, radius: Any, exactness: Any, vectors: Any
) -> Any:
    """Fill vectors[_STEP] with an approximate best step and vectors[_BENT] with H times it.

    Mutates ``vectors`` (8, n); returns whether the step ends at the radius.
    """
    step, residual, direction = vectors[_STEP], vectors[_RESIDUAL], vectors[_DIRECTION]
    curved, bent, work = vectors[_CURVED], vectors[_BENT], vectors[_WORK:]
    for i in range(step.size):
        step[i] = bent[i] = const(step[0], 0.0)
        residual[i] = gradient[i]
    turn(direction, 0.0, gradient)
    square = dot(residual, residual)
    size = np.sqrt(square)
    enough = min(exactness, np.sqrt(size)) * size
    for _ in range(2 * step.size):
        hessian_product(objective, parameters, direction, curved, work)
        curvature = dot(direction, curved)
        length = square / curvature if curvature > 0.0 else np.inf
        border = to_border(step, direction, radius)
        if not length < border:
            add_scaled(step, border, direction)
            add_scaled(bent, border, curved)
            return True
        add_scaled(step, length, direction)
        add_scaled(bent, length, curved)
        add_scaled(residual, length, curved)
        before, square = square, dot(residual, residual)
        if not np.sqrt(square) > enough:
            return False
        turn(direction, square / before, residual)
    return False


def _travel(
    item: Any, objective: Any, rate: Any, loss: Any, parameters: Any, gradient: Any, memory: Any
) -> Any:
    vectors, shared = memory.vectors, memory.shared
    size = norm(gradient)
    radius = shared[0] if shared[0] > 0.0 else 1.0
    noise = 10.0 * resolution(parameters[0]) * abs(loss)
    step, point, slope = vectors[_STEP], vectors[_WORK], vectors[_WORK + 1]
    if not (size > 0.0 and finite(size)):
        return False
    for _ in range(_MOST_TRIALS):
        at_border = steihaug(
            objective, parameters, gradient, radius * rate, item.exactness, vectors
        )
        predicted = -dot(gradient, step) - 0.5 * dot(step, vectors[_BENT])
        for i in range(point.size):
            point[i] = parameters[i] + step[i]
        found = assess(objective, point, slope)
        ratio = (loss - found + noise) / (predicted + noise)
        lower = found < loss or (found <= loss + noise and norm(slope) < size)
        if not ratio >= 0.25:
            radius = 0.25 * min(radius, norm(step) / rate)
        elif ratio > 0.75 and at_border:
            radius = min(2.0 * radius, _LARGEST)
        elif not lower:
            radius *= 0.25
        if ratio > 0.1 and lower:
            shared[0] = radius
            for i in range(point.size):
                parameters[i] = point[i]
            return True
        if not radius > 0.0:
            return False
    return False


catalog.register(
    TrustRegion,
    "trust_region",
    "the local quadratic's best step within a radius that follows its reliability",
    hypers={
        "learning_rate": ("(0, inf)", "the radius at first"),
        "exactness": ("(0, 1)", "share of the gradient that the inner iterations may leave"),
    },
    rules={travel: _travel},
    aliases=("steihaug",),
    room=_room,
    exact=True,
    second_derivatives="products",
)
