"""Racers on a surface and where they went: what the page of surfaces works out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kernels.schedules import current, new_schedule_memory, note
from workbench.descents.descent import Descent, carry_out
from workbench.descents.experiment import DescentExperiment
from workbench.descents.races import arrivals_of
from workbench.descents.stationary import NOT_CONVERGED
from workbench.descents.surface import Surface
from workbench.fields import Choice

TOLERANCES = (1.0, 1e-2, 1e-4, 1e-8)


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
class Field:
    """What all racers share: the start, the number of steps, the gradient's noise and its seed."""

    start: tuple[float, float]
    steps: int = 1000
    noise: float = 0.0
    seed: int = 0


@dataclass(frozen=True)
class Trace:
    """Where ``racer`` went."""

    racer: Racer
    descent: Descent

    @property
    def path(self) -> np.ndarray:
        """(steps + 1, 5): x, y, value, df/dx, df/dy."""
        return self.descent.path

    def rate(self, k: int) -> float:
        """The learning rate of the step after ``k`` steps."""
        schedule = self.racer.schedule.item
        seen = new_schedule_memory(schedule)
        if seen.size:  # one that looks at the values met until then
            for value in self.path[:k, 2]:
                note(schedule, seen, value)
        return float(self.racer.optimizer.item.learning_rate * current(schedule, k, seen))

    def reached(self, lowest: float | None) -> list[int | None]:
        """Steps until f - ``lowest``, or without it the gradient's norm, first was within each of
        ``TOLERANCES``."""
        found = arrivals_of(self.path[:, 2], self.path[:, 3:], lowest, TOLERANCES)
        return [steps if steps >= 0 else None for steps in found]


def race(surface: Surface, racers: Sequence[Racer], field: Field) -> list[Trace]:
    """Send all racers downhill. Raises WorkbenchError where one of them cannot start."""
    inner = {"start": list(field.start), "steps": field.steps, "noise": field.noise}
    made = []
    for racer in racers:
        table = {
            "surface": surface,
            "seed": field.seed,
            "optimizer": racer.optimizer.to_dict(),
            "schedule": racer.schedule.to_dict(),
            "descent": inner,
        }
        made.append(Trace(racer, carry_out(DescentExperiment.of(table))))
    return made


def lowest(surface: Surface) -> float | None:
    """The known global minimum's value; None where none is known."""
    return min((m.value for m in surface.minima if m.is_global), default=None)


def verdict(trace: Trace) -> str:
    """How it ended, in one line."""
    descent = trace.descent
    x, y = descent.end
    if descent.diverged:
        return f"diverged after {descent.steps:,} steps: a smaller learning rate may help"
    text = f"{descent.steps:,} steps to ({x:.4g}, {y:.4g}), f = {descent.value:.4g}"
    known = descent.known_minimum
    if descent.kind == NOT_CONVERGED:
        near = " near a known minimum," if known else ""
        return f"{text},{near} not converged: slope {descent.gradient_norm:.2g}"
    if known:
        all_alike = [m for m in descent.experiment.surface.minima if m[3] == known.minimum[3]]
        kind = "global" if known.minimum.is_global else "local"
        return f"{text}: {'a' if len(all_alike) > 1 else 'the'} {kind} minimum"
    return f"{text}: a {descent.kind.replace('_', ' ')}"
