"""Copies of a run's state: for stepping back exactly, and for drawing the path."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kernels.training import State

_BYTES = 64 << 20
_RECENT = 32


class Checkpoint(NamedTuple):
    """The state after ``step`` steps: copies of all of it but its scratch."""

    step: int
    parameters: np.ndarray
    slots: np.ndarray
    shared: np.ndarray
    schedule: np.ndarray


_KEPT = Checkpoint._fields[1:]


class Checkpoints:
    """States at steps fixed beforehand, dense at first and 16 to an octave later, and the last few.

    The first kind makes the path that pictures show, so it must not depend on how a run is cut into
    chunks; the second kind, whatever steps chunks ended at, makes a step back cheap. Any state
    between can be had by replaying from the one before.
    """

    def __init__(self, state: State) -> None:
        size = max(sum(getattr(state, name).nbytes for name in _KEPT), 1)
        self._capacity = max(16, _BYTES // size)
        self._path: list[Checkpoint] = []
        self._recent: list[Checkpoint] = []
        self._room = max(1, min(_RECENT, self._capacity // 8))
        self.offer(0, state)

    def next_due(self, step: int) -> int:
        """The first step after ``step`` that belongs to the path."""
        spacing = 1 << max(step.bit_length() - 5, 0)
        return (step // spacing + 1) * spacing

    def offer(self, step: int, state: State) -> None:
        """Keep a copy of ``state`` after ``step`` steps, later than all those held."""
        made = Checkpoint(step, *(getattr(state, name).copy() for name in _KEPT))
        if step == 0 or self.next_due(step - 1) == step:
            self._path.append(made)
            if len(self._path) > self._capacity:
                self._path = self._path[::2]
        else:
            self._recent = [*self._recent, made][-self._room :]

    def restore(self, step: int, state: State) -> int:
        """Copy the latest state at or before ``step`` into ``state``, drop later ones.

        Mutates ``state``; returns the step of what was restored.
        """
        self._path = [held for held in self._path if held.step <= step]
        self._recent = [held for held in self._recent if held.step <= step]
        found = max([self._path[-1], *self._recent[-1:]], key=lambda held: held.step)
        for name in _KEPT:
            getattr(state, name)[:] = getattr(found, name)
        return found.step

    def trail(self, step: int, parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Steps (m,) and parameters (m, n) of the path until ``step``, ending with those given."""
        held = [c for c in self._path if c.step < step]
        steps = [*(c.step for c in held), step]
        return np.array(steps), np.stack([*(c.parameters for c in held), parameters])
