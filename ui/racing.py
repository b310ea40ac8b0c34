"""Racers on a surface, and the paths that they took: what the surfaces page computes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kernels.descent import descend
from kernels.optimizers import new_memory
from kernels.schedules import current, new_schedule_memory, note
from kernels.training import NO_DESCENT, NOT_FINITE
from ui.surface_grid import Shown
from workbench.fields import Choice

TOLERANCES = (1.0, 1e-1, 1e-2, 1e-4, 1e-8)
_NEAR = 0.02  # of the domain's width: an end that is closer to a minimum is said to be it
_FLAT = 1e-3


@dataclass(frozen=True)
class Racer:
    """An optimizer with its schedule; ``number`` chooses colour and symbol."""

    number: int
    optimizer: Choice
    schedule: Choice

    @property
    def label(self) -> str:
        """Optimizer, learning rate and, unless it is constant, the schedule."""
        rate = getattr(self.optimizer.item, "learning_rate", None)
        text = self.optimizer.name if rate is None else f"{self.optimizer.name} {rate:.4g}"
        return text if self.schedule.name == "constant" else f"{text}, {self.schedule.name}"


@dataclass(frozen=True)
class Trace:
    """Where ``racer`` went: ``path`` (m, 5) of x, y, value, df/dx, df/dy; ``code``: its end."""

    racer: Racer
    path: np.ndarray
    code: int

    def rate(self, k: int) -> float:
        """The learning rate of the step after ``k`` steps."""
        schedule = self.racer.schedule.item
        seen = new_schedule_memory(schedule)
        if seen.size:  # one that looks at the values met until then
            for value in self.path[:k, 2]:
                note(schedule, seen, value)
        return float(self.racer.optimizer.item.learning_rate * current(schedule, k, seen))

    @property
    def diverged(self) -> bool:
        """Whether it left what can be computed, or went as far as makes no difference."""
        return self.code == NOT_FINITE or not len(self.path) or not abs(self.path[-1, 2]) < 1e12

    def reached(self, lowest: float | None) -> list[int | None]:
        """Steps until f - ``lowest``, or without it the gradient's norm, first was within each of
        ``TOLERANCES``."""
        if lowest is None:
            left = np.hypot(self.path[:, 3], self.path[:, 4])
        else:
            left = self.path[:, 2] - lowest
        met = [np.flatnonzero(left <= tolerance) for tolerance in TOLERANCES]
        return [int(rows[0]) if len(rows) else None for rows in met]


def race(
    shown: Shown, racers: Sequence[Racer], start: tuple[float, float], steps: int
) -> list[Trace]:
    """All racers' paths from ``start``."""
    return [_trace(shown, racer, start, steps) for racer in racers]


def _trace(shown: Shown, racer: Racer, start: tuple[float, float], steps: int) -> Trace:
    path = np.empty((steps + 1, 5))
    optimizer, schedule = racer.optimizer.item, racer.schedule.item
    memory = new_memory(optimizer, 2, np.float64)
    seen = new_schedule_memory(schedule)
    filled, code = descend(shown.item, optimizer, schedule, np.array(start), memory, seen, 0, path)
    return Trace(racer, path[:filled], code)


def verdict(shown: Shown, trace: Trace) -> str:
    """How it ended, in one line."""
    if not len(trace.path):
        return "the surface is not finite there"
    steps = len(trace.path) - 1
    x, y, value, gx, gy = trace.path[-1]
    if trace.diverged:
        return f"diverged after {steps:,} steps: a smaller learning rate may help"
    text = f"{steps:,} steps to ({x:.4g}, {y:.4g}), f = {value:.4g}"
    width = shown.domain[1] - shown.domain[0]
    near = min(shown.minima, key=lambda m: np.hypot(x - m[0], y - m[1]), default=None)
    slope = float(np.hypot(gx, gy))
    if near and np.hypot(x - near[0], y - near[1]) < _NEAR * width and slope < _FLAT:
        alike = sum(m[3] == near[3] for m in shown.minima)
        kind = "global" if near[3] else "local"
        return f"{text}: {'a' if alike > 1 else 'the'} {kind} minimum"
    if trace.code == NO_DESCENT:
        return f"{text}: no way down from there (slope {slope:.2g})"
    return f"{text}, slope {slope:.2g}"
