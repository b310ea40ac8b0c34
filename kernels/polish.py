"""What the ends of descents on a surface are: each is followed to the minimum of its bowl.

Curvatures are central differences of the surface's gradient.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.jit import exact_kernel
from kernels.rules import finite
from kernels.surfaces import ascent, height

MINIMUM, AT_REST, MOVING = 0, 1, 2
_MOST_STEPS = 60  # a degenerate minimum, where Newton's error shrinks by a third a step, needs them
_DIFFERENCE = 1e-5  # of the extent: balances the error of rounding and of the third derivative
_FINAL_STEP = 1e-10  # of the extent


@exact_kernel
def curvature_at(surface: Any, x: Any, y: Any, extent: Any) -> Any:
    """(f_xx, f_xy, f_yy) at one point, float64; ``extent`` (2,) sets the differences' reach."""
    h, k = _DIFFERENCE * extent[0], _DIFFERENCE * extent[1]
    right, left = x + h, x - h
    above, below = y + k, y - k
    right_x, right_y = ascent(surface, right, y)
    left_x, left_y = ascent(surface, left, y)
    above_x, above_y = ascent(surface, x, above)
    below_x, below_y = ascent(surface, x, below)
    across = 0.5 * ((right_y - left_y) / (right - left) + (above_x - below_x) / (above - below))
    return (right_x - left_x) / (right - left), across, (above_y - below_y) / (above - below)


@exact_kernel
def eigenvalues(a: Any, b: Any, c: Any) -> Any:
    """(smaller, larger) eigenvalue of [[a, b], [b, c]]."""
    middle, radius = 0.5 * (a + c), np.hypot(0.5 * (a - c), b)
    return middle - radius, middle + radius


@exact_kernel
def bends(surface: Any, points: Any, extent: Any, out: Any) -> None:
    """Fill ``out`` (n, 3) with gradient norm, least and largest curvature at ``points`` (n, 2)."""
    for k in range(points.shape[0]):
        gx, gy = ascent(surface, points[k, 0], points[k, 1])
        a, b, c = curvature_at(surface, points[k, 0], points[k, 1], extent)
        out[k, 0] = np.hypot(gx, gy)
        out[k, 1], out[k, 2] = eigenvalues(a, b, c)


@exact_kernel
def _newton(surface: Any, x: Any, y: Any, extent: Any) -> Any:
    """(x, y, arrived): Newton's steps, halved until they lead down, while the surface curves up."""
    value = height(surface, x, y)
    gx, gy = ascent(surface, x, y)
    for _ in range(_MOST_STEPS):
        a, b, c = curvature_at(surface, x, y, extent)
        low, high = eigenvalues(a, b, c)
        norm = np.hypot(gx, gy)
        if norm == 0.0:
            return x, y, low > 0.0
        if not (low > 0.0 and finite(high) and finite(norm)):
            return x, y, False
        determinant = a * c - b * b
        dx, dy = (c * gx - b * gy) / determinant, (a * gy - b * gx) / determinant
        length = max(abs(dx) / extent[0], abs(dy) / extent[1])
        part, down = 1.0, False
        while part > 1e-6:
            new_x, new_y = x - part * dx, y - part * dy
            new_value = height(surface, new_x, new_y)
            new_gx, new_gy = ascent(surface, new_x, new_y)
            # By the gradient too: at the bottom, values differ by rounding alone.
            shallower = np.hypot(new_gx, new_gy) < 0.9 * norm
            down = new_value < value or (shallower and new_value <= value + 1e-9 * abs(value))
            if down:
                break
            part *= 0.5
        if down:
            x, y, value, gx, gy = new_x, new_y, new_value, new_gx, new_gy
        if length < _FINAL_STEP or not down:
            # Where rounding ends the way down, what is left of it must be next to nothing.
            return x, y, length < 1e3 * _FINAL_STEP
    return x, y, False


@exact_kernel
def _compass(surface: Any, x: Any, y: Any, stride: Any, finest: Any) -> Any:
    """(x, y): down along the axes by steps that are halved where none leads down."""
    value = height(surface, x, y)
    while stride > finest:
        moves = 0
        best = 0
        while best >= 0 and moves < 8:
            best, lowest = -1, value
            for k in range(4):
                sign = stride if k % 2 == 0 else -stride
                to_x = x + sign if k < 2 else x
                to_y = y if k < 2 else y + sign
                there = height(surface, to_x, to_y)
                if there < lowest:
                    best, lowest = k, there
            if best >= 0:
                sign = stride if best % 2 == 0 else -stride
                x = x + sign if best < 2 else x
                y = y if best < 2 else y + sign
                value = lowest
                moves += 1
        stride *= 0.5
    return x, y


@exact_kernel
def polish(
    surface: Any, extent: Any, gentle: Any, kinks: Any, near: Any, points: Any, values: Any,
    norms: Any, kinds: Any,
) -> None:  # fmt: skip
    """Follow every end point to the minimum of its bowl; all float64 but ``kinds``.

    ``points`` (n, 2) are mutated, and ``values``, gradient ``norms`` and ``kinds`` int64 (n,)
    filled. MINIMUM: Newton's method arrived, on a way that never left positive curvature and never
    led up; or, within ``near`` of one of the ``kinks`` (m, 2), minima without a gradient, a compass
    search arrived at it. AT_REST: no minimum, and a gradient norm of at most ``gentle``: a saddle
    or a flat. MOVING: neither; both keep their point. ``extent`` (2,): the size of the region.
    """
    finest = 1e-10 * min(extent[0], extent[1])
    for k in range(points.shape[0]):
        x, y = points[k, 0], points[k, 1]
        found_x, found_y, arrived = _newton(surface, x, y, extent)
        if not arrived:
            for j in range(kinks.shape[0]):
                distance = np.hypot(x - kinks[j, 0], y - kinks[j, 1])
                if distance <= near and not arrived:
                    found_x, found_y = _compass(surface, x, y, distance, finest)
                    left = np.hypot(found_x - kinks[j, 0], found_y - kinks[j, 1])
                    arrived = left <= 1e4 * finest
        if arrived:
            x, y = found_x, found_y
        gx, gy = ascent(surface, x, y)
        norm = np.hypot(gx, gy)
        points[k, 0], points[k, 1] = x, y
        values[k], norms[k] = height(surface, x, y), norm
        kinds[k] = MINIMUM if arrived else AT_REST if norm <= gentle else MOVING
