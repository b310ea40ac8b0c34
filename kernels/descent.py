"""Descents: the path of an optimizer over a two-dimensional surface."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.jit import kernel
from kernels.optimizers import apply, prepare
from kernels.rules import finite
from kernels.schedules import factor
from kernels.surfaces import ascent, height


@kernel
def descend(
    surface: Any, optimizer: Any, schedule: Any, position: Any, slots: Any, first: Any, path: Any
) -> Any:
    """Walk downhill from ``position`` (2,), float64, filling ``path`` (n + 1, 5).

    Row k of the path holds x, y, value, df/dx, df/dy after k steps; row 0 is the start. ``slots``
    (n_slots, 2) is the optimizer's memory and ``first`` the number of steps made before, so that a
    path can be continued. Mutates position, slots and path. Returns how many rows are filled; a
    path stops early, with its last row finite, where the next one would not be.
    """
    gradient = np.zeros(2)
    for k in range(path.shape[0]):
        x, y = position[0], position[1]
        gradient[0], gradient[1] = ascent(surface, x, y)
        value = height(surface, x, y)
        if not (finite(value) and finite(gradient[0]) and finite(gradient[1])):
            return k
        path[k, 0], path[k, 1], path[k, 2] = x, y, value
        path[k, 3], path[k, 4] = gradient[0], gradient[1]
        if k + 1 < path.shape[0]:
            step = first + k
            rate = optimizer.learning_rate * factor(schedule, step)
            norm = np.sqrt(gradient[0] * gradient[0] + gradient[1] * gradient[1])
            apply(optimizer, prepare(optimizer, rate, step + 1, norm), gradient, position, slots)
    return path.shape[0]
