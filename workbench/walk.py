"""Descents on test surfaces from Python."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.descent import descend
from kernels.optimizers import new_memory
from kernels.schedules import new_schedule_memory


def walk(surface: Any, optimizer: Any, schedule: Any, start: Any, steps: int) -> np.ndarray:
    """The path of ``optimizer`` (all three are items) over ``surface`` from ``start`` (x, y).

    Rows x, y, value, df/dx, df/dy, float64 (at most steps + 1, 5): fewer where the next point would
    not be finite, or the optimizer found no way down.
    """
    path = np.empty((steps + 1, 5))
    position = np.array(start, np.float64)
    memory = new_memory(optimizer, 2, np.float64)
    seen = new_schedule_memory(schedule)
    filled, _ = descend(surface, optimizer, schedule, position, memory, seen, 0, path)
    return path[:filled]
