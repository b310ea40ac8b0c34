"""Copies of a run's state at regular steps: for stepping back exactly, and for drawing the path."""

from __future__ import annotations

import numpy as np

from kernels.training import State

_BYTES = 64 << 20
_MOST, _LEAST = 512, 16


class Checkpoints:
    """At most a few hundred states; when full, every second one is dropped where little happens.

    ``spacing`` is the number of steps between two of them at first; it doubles at each thinning.
    Any state between can be had by replaying from the one before.
    """

    def __init__(self, state: State, spacing: int) -> None:
        size = state.parameters.nbytes + state.slots.nbytes
        self._capacity = min(_MOST, max(_LEAST, _BYTES // max(size, 1)))
        self._spacing = spacing
        self._held: list[tuple[int, np.ndarray, np.ndarray]] = []
        self.offer(0, state)

    def next_due(self, step: int) -> int:
        """The first step after ``step`` at which a state should be offered."""
        return (step // self._spacing + 1) * self._spacing

    def offer(self, step: int, state: State) -> None:
        """Keep a copy of ``state`` if it is due at ``step`` and later than those held."""
        if step % self._spacing or (self._held and step <= self._held[-1][0]):
            return
        self._held.append((step, state.parameters.copy(), state.slots.copy()))
        if len(self._held) > self._capacity:
            self._thin()

    def _thin(self) -> None:
        """Keep those at the doubled spacing, and those that the path needs to keep its shape."""
        self._spacing *= 2
        path = np.stack([held[1] for held in self._held]).astype(np.float64)
        length = np.linalg.norm(np.diff(path, axis=0), axis=1).sum()
        kept = [0]
        for k in range(1, len(path)):
            far = np.linalg.norm(path[k] - path[kept[-1]]) > 4.0 * length / self._capacity
            if far or self._held[k][0] % self._spacing == 0:
                kept.append(k)
        self._held = [self._held[k] for k in kept]

    def restore(self, step: int, state: State) -> int:
        """Copy the latest state at or before ``step`` into ``state``, drop later ones.

        Mutates ``state``; returns the step of what was restored.
        """
        while self._held[-1][0] > step:
            self._held.pop()
        found, parameters, slots = self._held[-1]
        state.parameters[:] = parameters
        state.slots[:] = slots
        return found

    def trail(self, step: int, parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Steps (m,) and parameters (m, n) of those held, ending with the ones given."""
        held = [(s, p) for s, p, _ in self._held if s < step] + [(step, parameters.copy())]
        return np.array([s for s, _ in held]), np.stack([p for _, p in held])
