"""The history of a run: rows appended by one thread, read by others.

Memory is bounded: once ``capacity`` rows are held, every second one is dropped and from then on
only rows whose step is a multiple of the doubled spacing are kept.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np

from kernels.training import COLUMNS


@dataclass(frozen=True)
class Rows:
    """Rows of a history, float64 (n, len(COLUMNS)), read-only.

    ``sequence`` counts all changes so far; pass it as ``since`` to get only what is new.
    ``restarted`` says that the rows replace all earlier ones instead of following them.
    """

    rows: np.ndarray
    sequence: int
    restarted: bool


class Recorder:
    """Append-only history with thinning; thread-safe."""

    def __init__(self, capacity: int = 1 << 18) -> None:
        self._capacity = capacity
        self._rows = np.empty((1024, len(COLUMNS)))
        self._count = 0
        self._spacing = 1
        self._base = 0  # sequence number of row 0
        self._lock = threading.Lock()

    def append(self, rows: np.ndarray, every: int) -> None:
        """Add rows of ascending steps, recorded every ``every`` steps."""
        with self._lock:
            start = 0
            while start < len(rows):
                rest = rows[start:]
                kept = (
                    rest[rest[:, 0] % (every * self._spacing) == 0] if self._spacing > 1 else rest
                )
                room = kept[: self._capacity - self._count]
                self._reserve(len(room))
                self._rows[self._count : self._count + len(room)] = room
                self._count += len(room)
                if len(room) == len(kept):
                    break
                start = (
                    int(np.searchsorted(rows[:, 0], room[-1, 0], "right")) if len(room) else start
                )
                self._thin(every)

    def _reserve(self, extra: int) -> None:
        if self._count + extra > len(self._rows):
            size = min(max(2 * len(self._rows), self._count + extra), self._capacity)
            larger = np.empty((size, len(COLUMNS)))
            larger[: self._count] = self._rows[: self._count]
            self._rows = larger

    def _thin(self, every: int) -> None:
        self._spacing *= 2
        held = self._rows[: self._count]
        kept = held[held[:, 0] % (every * self._spacing) == 0]
        self._base += self._count + 1  # whoever had read all of them must read anew
        self._rows[: len(kept)] = kept
        self._count = len(kept)

    def truncate(self, step: int) -> None:
        """Forget the rows of ``step`` and later ones."""
        with self._lock:
            keep = int(np.searchsorted(self._rows[: self._count, 0], step, "left"))
            if keep < self._count:
                self._base += self._count + 1
                self._count = keep

    def last(self) -> np.ndarray:
        """A copy of the newest row; NaN before there is any."""
        with self._lock:
            if not self._count:
                return np.full(len(COLUMNS), np.nan)
            return self._rows[self._count - 1].copy()

    def since(self, sequence: int = -1) -> Rows:
        """What was added after ``sequence``; everything if rows were dropped in the meantime."""
        with self._lock:
            restarted = sequence < self._base
            first = 0 if restarted else sequence - self._base
            rows = self._rows[first : self._count].copy()
            now = self._base + self._count
        rows.flags.writeable = False
        return Rows(rows, now, restarted)
