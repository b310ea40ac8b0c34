"""The rows of a history as they grow, and a version of them with few enough points to draw."""

from __future__ import annotations

import numpy as np

_BLOCK = 64
_FEW = 8192


class GrowingCurve:
    """Rows of x and several y, float64, appended in order of x; ``thinned`` keeps every extreme."""

    def __init__(self, n_curves: int) -> None:
        self._n_curves = n_curves
        self.clear()

    def clear(self) -> None:
        """Forget all rows."""
        width = 1 + self._n_curves
        self._rows = np.empty((4096, width))
        self._count = 0
        # For each whole block of rows: its first and middle x, the least and largest of each y.
        self._blocks = np.empty((64, 2, width))
        self._n_blocks = 0

    def __len__(self) -> int:
        return self._count

    def append(self, rows: np.ndarray) -> None:
        """Add rows (m, 1 + n_curves)."""
        self._rows = _grown(self._rows, self._count, len(rows))
        self._rows[self._count : self._count + len(rows)] = rows
        self._count += len(rows)
        whole = self._count // _BLOCK
        new = whole - self._n_blocks
        if new:
            self._blocks = _grown(self._blocks, self._n_blocks, new)
            begun = self._n_blocks * _BLOCK
            parts = self._rows[begun : whole * _BLOCK].reshape(new, _BLOCK, -1)
            made = self._blocks[self._n_blocks : whole]
            made[:, 0, 0], made[:, 1, 0] = parts[:, 0, 0], parts[:, _BLOCK // 2, 0]
            made[:, 0, 1:] = np.fmin.reduce(parts[:, :, 1:], axis=1)
            made[:, 1, 1:] = np.fmax.reduce(parts[:, :, 1:], axis=1)
            self._n_blocks = whole

    def rows(self) -> np.ndarray:
        """All rows (n, 1 + n_curves), a view."""
        return self._rows[: self._count]

    def thinned(self) -> np.ndarray:
        """All rows where they are few; else two a block, and those of the block not yet whole."""
        if self._count <= _FEW:
            return self.rows()
        blocks = self._blocks[: self._n_blocks].reshape(2 * self._n_blocks, -1)
        return np.concatenate([blocks, self._rows[self._n_blocks * _BLOCK : self._count]])


def _grown(array: np.ndarray, count: int, extra: int) -> np.ndarray:
    """``array``, or one twice as long with its first ``count`` rows, where ``extra`` do not fit."""
    if count + extra <= len(array):
        return array
    larger = np.empty((max(2 * len(array), count + extra), *array.shape[1:]))
    larger[:count] = array[:count]
    return larger
