"""A step length along a direction that fulfils the strong Wolfe conditions.

Nocedal & Wright 2006, "Numerical optimization", algorithms 3.5 and 3.6 (bracket, then zoom by
cubic interpolation, eq. 3.59). Near a minimum, where differences of the loss drown in rounding, a
length also counts whose slope fulfils the approximate Wolfe condition: Hager & Zhang 2005, "A new
conjugate gradient method with guaranteed descent and an efficient line search", SIAM J. Optim. 16,
eq. 4.1. A search for a nearly flat slope is an exact line search.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.jit import kernel
from kernels.objective import assess
from kernels.rules import const, finite
from kernels.vectors import add_scaled, dot, norm, resolution, turn

# Places in Memory.shared: whether a direction has been followed, and the fall promised by the last.
_STARTED, _FALL = 0, 1
SUFFICIENT = 1e-4  # of the decrease that the slope at the start promises
_MOST_PROBES = 40
_NARROW = 1e-3  # an interpolated length keeps this share of the interval from its ends
_FAR = 20.0  # rise over the fall promised, above which a parabola takes the cubic's place
_LONGEST = 2.0  # factor on a length while no bracket is known


@kernel
def probe(
    objective: Any, origin: Any, direction: Any, length: Any, point: Any, gradient: Any
) -> Any:
    """(loss, slope) float64 at origin + length · direction.

    Mutates ``point`` and ``gradient`` (n,), which hold that point and its gradient afterwards.
    """
    a = const(origin[0], length)
    for i in range(origin.size):
        point[i] = origin[i] + a * direction[i]
    loss = assess(objective, point, gradient)
    return loss, dot(gradient, direction)


@kernel
def between(low: Any, high: Any) -> Any:
    """Where the cubic through two ends (length, loss, slope) is least, kept inside the interval."""
    a, a_loss, a_slope = low
    b, b_loss, b_slope = high
    width = b - a
    first = a_slope + b_slope - 3.0 * (b_loss - a_loss) / width
    square = first * first - a_slope * b_slope
    if not finite(square):
        return a + (0.1 if a > 0.0 else _NARROW) * width
    rise = b_loss - a_loss - a_slope * width
    if a == 0.0 and rise > -_FAR * a_slope * width:
        # The first length may be wrong by many powers of ten, where a cubic comes down slowly.
        return max(-0.5 * a_slope * width / rise, _NARROW) * width
    if square < 0.0:
        return a + 0.5 * width
    root = np.sqrt(square) if width > 0.0 else -np.sqrt(square)
    bottom = b_slope - a_slope + 2.0 * root
    share = 1.0 - (b_slope + root - first) / bottom if bottom != 0.0 else 0.5
    return a + min(max(share, _NARROW), 1.0 - _NARROW) * width


@kernel
def beyond(earlier: Any, low: Any) -> Any:
    """A longer length than that of ``low``, by the secant of the slopes at two lengths."""
    a, _, a_slope = earlier
    b, _, b_slope = low
    longest = _LONGEST * b
    if not b_slope > a_slope:
        return longest
    secant = b - b_slope * (b - a) / (b_slope - a_slope)
    return min(max(secant, 1.01 * b), longest)


@kernel
def wolfe(
    objective: Any, origin: Any, direction: Any, start: Any, first: Any, flat: Any, work: Any
) -> Any:
    """A length (float64) at which the loss is lower and the slope at most ``flat`` of the first.

    ``start`` = (loss, slope < 0, norm of the gradient) at ``origin``; ``first`` is the length tried
    first; ``work`` (≥ 2, n) is scratch. Where the loss is the same but for rounding, the gradient
    must be smaller. Where no length fulfils all this, the best one that is lower is returned, and
    0.0 where there is none. Mutates ``work``.
    """
    start_loss, start_slope, size = start
    noise = 4.0 * resolution(origin[0]) * abs(start_loss)
    low = (0.0, start_loss, start_slope)
    high = (np.inf, np.inf, np.inf)
    earlier = low
    length, widths = first, (np.inf, np.inf)
    for _ in range(_MOST_PROBES):
        loss, slope = probe(objective, origin, direction, length, work[0], work[1])
        here = (length, loss, slope)
        enough = loss <= start_loss + SUFFICIENT * length * start_slope or (
            loss <= start_loss + noise and slope <= (2.0 * SUFFICIENT - 1.0) * start_slope
        )
        if enough and abs(slope) <= -flat * start_slope:
            if loss < start_loss or norm(work[1]) < size:
                return length
            break
        if not (enough and finite(slope) and loss <= low[1] + noise):
            high = here
        else:
            if slope * (length - low[0]) >= 0.0:
                high = low
            earlier, low = low, here
        if high[0] == np.inf:
            length = beyond(earlier, low)
            if not finite(length):
                break
            continue
        width = abs(high[0] - low[0])
        if width <= 2.0 * resolution(width) * max(low[0], high[0]):
            break
        length = between(low, high)
        if width > 0.66 * widths[0]:
            length = 0.5 * (low[0] + high[0])
        widths = (widths[1], width)
    return low[0] if low[1] < start_loss else 0.0


@kernel
def move(
    objective: Any,
    parameters: Any,
    direction: Any,
    start: Any,
    first: Any,
    flat: Any,
    work: Any,
) -> Any:
    """Go along ``direction`` as far as ``wolfe`` says; returns the length, 0.0 for no move.

    Mutates ``parameters`` and ``work``.
    """
    if not (start[1] < 0.0 and finite(start[1]) and first > 0.0):
        return 0.0
    length = wolfe(objective, parameters, direction, start, first, flat, work)
    if length > 0.0:
        add_scaled(parameters, length, direction)
    return length


@kernel
def follow(
    objective: Any,
    parameters: Any,
    gradient: Any,
    loss: Any,
    share: Any,
    first: Any,
    flat: Any,
    memory: Any,
) -> Any:
    """Turn the direction, d ← share · d - gradient, and ``move`` along it; whether that led down.

    Where it does not, the gradient alone is tried. The first search tries the length ``first``, the
    later ones the last length times the ratio of the slopes (Nocedal & Wright 2006, section 3.5).
    d is ``memory.slots[0]``; mutates it, ``parameters``, ``memory.shared`` (2,) and the scratch
    ``memory.vectors`` (≥ 2, n).
    """
    direction, shared = memory.slots[0], memory.shared
    size = norm(gradient)
    kept = share if shared[_STARTED] != 0.0 else 0.0
    while True:
        turn(direction, kept, gradient)
        slope = dot(gradient, direction)
        length = first
        if shared[_STARTED] != 0.0 and slope < 0.0:
            length = shared[_FALL] / slope
        start = (loss, slope, size)
        length = move(objective, parameters, direction, start, length, flat, memory.vectors)
        if length > 0.0:
            shared[_STARTED], shared[_FALL] = 1.0, length * slope
            return True
        if kept == 0.0:
            return False
        kept = 0.0
