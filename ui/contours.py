"""Contour lines of heights over a grid."""

from __future__ import annotations

import contourpy
import numpy as np


def contour_lines(
    x: np.ndarray,
    y: np.ndarray,
    height: np.ndarray,
    count: int = 14,
    levels: np.ndarray | None = None,
) -> np.ndarray:
    """Contour lines of ``height`` (len(y), len(x)): points (m, 2), a row of NaN after each line.

    At ``levels``, or at ``count`` of them between the extremes.
    """
    finite = height[np.isfinite(height)]
    if not finite.size or finite.min() == finite.max():
        return np.empty((0, 2))
    masked = np.ma.masked_invalid(height)
    generator = contourpy.contour_generator(x, y, masked)
    found: list[np.ndarray] = []
    gap = np.full((1, 2), np.nan)
    if levels is None:
        levels = np.linspace(finite.min(), finite.max(), count + 2)[1:-1]
    for level in levels:
        for line in generator.lines(level):
            found += [np.asarray(line), gap]
    return np.concatenate(found) if found else np.empty((0, 2))
