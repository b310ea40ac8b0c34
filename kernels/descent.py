"""Descents: the path of an optimizer over a two-dimensional surface."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.jit import kernel
from kernels.objective import Height
from kernels.optimizers import take_step
from kernels.random import STREAM_NOISE, normal
from kernels.rules import finite
from kernels.schedules import current, note
from kernels.surfaces import ascent, bend, height
from kernels.training import NO_DESCENT, NOT_FINITE, RUNNING


@kernel
def descend(
    surface: Any,
    optimizer: Any,
    schedule: Any,
    position: Any,
    memory: Any,
    seen: Any,
    first: Any,
    noise: Any,
    path: Any,
) -> Any:
    """Walk downhill from ``position`` (2,), float64, filling ``path`` (n + 1, 5).

    Row k of the path holds x, y, value, df/dx, df/dy after k steps; row 0 is the start. ``memory``
    is the optimizer's (``new_memory``), ``seen`` the schedule's (``new_schedule_memory``) and
    ``first`` the number of steps made before, so that a path can be continued. ``noise`` (standard
    deviation float, seed int): to each component of the gradient that the optimizer is given a
    normal deviate is added, a function of the seed and the step alone. Mutates position, memory,
    seen and path. Returns (rows filled, code): RUNNING with all rows filled; NOT_FINITE where the
    next row would not be finite; NO_DESCENT where the optimizer found no way down.
    """
    scale, seed = noise
    gradient = np.zeros(2)
    objective = Height(surface)
    for k in range(path.shape[0]):
        x, y = position[0], position[1]
        gradient[0], gradient[1] = ascent(surface, x, y)
        value = height(surface, x, y)
        if not (finite(value) and finite(gradient[0]) and finite(gradient[1])):
            return k, NOT_FINITE
        path[k, 0], path[k, 1], path[k, 2] = x, y, value
        path[k, 3], path[k, 4] = gradient[0], gradient[1]
        if k + 1 < path.shape[0]:
            step = first + k
            rate = optimizer.learning_rate * current(schedule, step, seen)
            if scale > 0.0:
                gradient[0] += scale * normal(seed, STREAM_NOISE, 0, 2 * step)
                gradient[1] += scale * normal(seed, STREAM_NOISE, 0, 2 * step + 1)
            norm = np.sqrt(gradient[0] * gradient[0] + gradient[1] * gradient[1])
            if not take_step(
                optimizer, objective, rate, step + 1, value, norm, position, gradient, memory
            ):
                return k + 1, NO_DESCENT
            note(schedule, seen, value)
    return path.shape[0], RUNNING


@kernel
def survey(surface: Any, points: Any, out: Any) -> None:
    """Fill ``out`` (n, 6) with value, df/dx, df/dy, fxx, fxy, fyy at ``points`` (n, 2), float64."""
    for k in range(points.shape[0]):
        x, y = points[k, 0], points[k, 1]
        out[k, 0] = height(surface, x, y)
        out[k, 1], out[k, 2] = ascent(surface, x, y)
        out[k, 3], out[k, 4], out[k, 5] = bend(surface, x, y)
