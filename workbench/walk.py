"""Descents on test surfaces from Python."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels import optimizers
from kernels.descent import descend


def walk(surface: Any, optimizer: Any, schedule: Any, start: Any, steps: int) -> np.ndarray:
    """The path of ``optimizer`` (all three are items) over ``surface`` from ``start`` (x, y).

    Rows x, y, value, df/dx, df/dy, float64 (at most steps + 1, 5): fewer where the next point would
    not be finite.
    """
    path = np.empty((steps + 1, 5))
    position = np.array(start, np.float64)
    slots = optimizers.new_slots(optimizer, 2, np.float64)
    filled = descend(surface, optimizer, schedule, position, slots, 0, path)
    return path[:filled]
