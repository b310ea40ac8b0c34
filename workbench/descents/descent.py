"""One descent over a surface: its path, where it ended, and what it looks like at any step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from kernels import descent as kernels
from kernels.optimizers import new_memory
from kernels.random import STREAM_NOISE, normal
from kernels.schedules import new_schedule_memory
from kernels.training import NO_DESCENT, NOT_FINITE
from workbench.descents import stationary
from workbench.descents.experiment import DescentExperiment
from workbench.descents.stationary import Verdict, classify
from workbench.descents.surface import Minimum

_NO_NOISE = (0.0, 0)
_FAR = 100.0  # half diagonals from the domain's centre: a descent that is farther has diverged
_CLOSE = 0.005  # half diagonals from a known minimum: a descent that is closer has found it
_LAST = 20  # steps whose length is how far a kink may lie


def trace(
    surface: Any,
    optimizer: Any,
    schedule: Any,
    start: Any,
    steps: int,
    noise: tuple[float, int] = _NO_NOISE,
) -> np.ndarray:
    """The path of ``optimizer`` (all three are items) over ``surface`` from ``start`` (x, y).

    Rows x, y, value, df/dx, df/dy, float64 (at most steps + 1, 5): fewer where the next point would
    not be finite, or the optimizer found no way down. ``noise``: (standard deviation, seed).
    """
    return _trace(surface, optimizer, schedule, start, steps, noise)[0]


def _trace(
    surface: Any, optimizer: Any, schedule: Any, start: Any, steps: int, noise: tuple[float, int]
) -> tuple[np.ndarray, int]:
    path = np.empty((steps + 1, 5))
    position = np.array(start, np.float64)
    memory = new_memory(optimizer, 2, np.float64)
    seen = new_schedule_memory(schedule)
    filled, code = kernels.descend(
        surface, optimizer, schedule, position, memory, seen, 0, noise, path
    )
    return path[:filled], code


class TangentPlane(NamedTuple):
    """The plane that touches the surface at ``point``: call it with x and y for its height."""

    point: tuple[float, float]
    value: float
    gradient: tuple[float, float]

    def __call__(self, x: Any, y: Any) -> Any:
        """value + gradient · ((x, y) - point); numbers or arrays."""
        (x0, y0), (gx, gy) = self.point, self.gradient
        return self.value + gx * (np.asarray(x) - x0) + gy * (np.asarray(y) - y0)


class Step(NamedTuple):
    """A step that was taken: ``start`` and ``end`` (x, y), their difference ``change``, the
    ``gradient`` that the optimizer was given, noise included, what the tangent plane promised that
    the value would change by (``promised``), and what it changed by (``gained``)."""

    start: tuple[float, float]
    end: tuple[float, float]
    change: tuple[float, float]
    gradient: tuple[float, float]
    promised: float
    gained: float


class KnownMinimum(NamedTuple):
    """The surface's listed minimum ``number``, and how far off the descent ended."""

    number: int
    minimum: Minimum
    distance: float

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        x, y, value, is_global = self.minimum
        found = {"index": self.number, "x": x, "y": y, "value": value, "global": is_global}
        return found | {"distance": self.distance}


@dataclass(frozen=True)
class Descent:
    """A descent that has been made.

    ``path`` (steps + 1, 5), float64, read-only: x, y, value, df/dx, df/dy from the start on. It is
    shorter than asked for where ``reason`` says why. ``verdict`` is what it ended at, and
    ``known_minimum`` which one of the surface's, None for none.
    """

    experiment: DescentExperiment
    path: np.ndarray
    reason: str
    verdict: Verdict
    known_minimum: KnownMinimum | None

    @property
    def points(self) -> np.ndarray:
        """(steps + 1, 2)."""
        return self.path[:, :2]

    @property
    def values(self) -> np.ndarray:
        """(steps + 1,)."""
        return self.path[:, 2]

    @property
    def gradients(self) -> np.ndarray:
        """(steps + 1, 2), without noise."""
        return self.path[:, 3:]

    @property
    def steps(self) -> int:
        """How many steps were made."""
        return len(self.path) - 1

    @property
    def end(self) -> tuple[float, float]:
        """Where it ended."""
        return float(self.path[-1, 0]), float(self.path[-1, 1])

    @property
    def value(self) -> float:
        """The surface's value there."""
        return float(self.path[-1, 2])

    @property
    def gradient_norm(self) -> float:
        """The gradient's norm there."""
        return float(np.hypot(*self.path[-1, 3:]))

    @property
    def kind(self) -> str:
        """What it ended at: one of ``workbench.descents.stationary.KINDS``."""
        return self.verdict.kind

    @property
    def diverged(self) -> bool:
        """Whether it left for infinity."""
        return self.kind == stationary.DIVERGED

    def tangent_plane(self, k: int) -> TangentPlane:
        """The plane that touches the surface where ``k`` steps have led; negative from the end."""
        x, y, value, gx, gy = map(float, self.path[k])
        return TangentPlane((x, y), value, (gx, gy))

    def step(self, k: int) -> Step:
        """Step ``k``, the one after ``k`` steps; raises IndexError where none was made."""
        if not 0 <= k < self.steps:
            raise IndexError(f"step {k} of {self.steps}")
        (x, y, value, gx, gy), (x1, y1, value1) = map(float, self.path[k]), self.path[k + 1, :3]
        dx, dy = float(x1) - x, float(y1) - y
        noise, seed = self.experiment.noise, self.experiment.seed
        given = [gx, gy]
        if noise > 0.0:
            for axis in (0, 1):
                given[axis] += noise * float(normal(seed, STREAM_NOISE, 0, 2 * k + axis))
        promised = gx * dx + gy * dy
        return Step(
            (x, y),
            (float(x1), float(y1)),
            (dx, dy),
            (given[0], given[1]),
            promised,
            float(value1) - value,
        )

    def summary(self) -> dict[str, Any]:
        """The figures, ready for JSON; what is not finite is None."""
        spec = self.experiment
        found = {
            "surface": spec.surface.named,
            "formula": spec.surface.formula,
            "optimizer": spec.optimizer.to_dict(),
            "schedule": spec.schedule.to_dict(),
            "noise": spec.noise,
            "seed": spec.seed,
            "start": list(spec.start),
            "end": list(self.end),
            "value_initial": float(self.path[0, 2]),
            "value": self.value,
            "value_lowest": float(self.values.min()),
            "gradient_norm": self.gradient_norm,
            "eigenvalues": list(self.verdict.eigenvalues),
            "kind": self.kind,
            "degenerate": self.verdict.degenerate,
            "known_minimum": self.known_minimum.to_dict() if self.known_minimum else None,
            "steps": self.steps,
            "diverged": self.diverged,
            "reason": self.reason,
        }
        return {key: _finite(value) for key, value in found.items()}


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    if isinstance(value, list):
        return [_finite(part) for part in value]
    return {k: _finite(v) for k, v in value.items()} if isinstance(value, dict) else value


def descend(
    surface: Any = "bowl",
    *,
    optimizer: Any = "sgd",
    start: Any = None,
    steps: int = 200,
    schedule: Any = "constant",
    domain: Any = None,
    noise: float = 0.0,
    seed: int = 0,
    tolerance: float | None = None,
) -> Descent:
    """Send an optimizer downhill on a surface.

    ``surface``: a name (``workbench list surfaces``), a formula of x and y such as
    ``"x^2 + 3*y^2"``, or a table of either with its hyper-parameters; ``domain`` (x_low, x_high,
    y_low, y_high) in place of the usual one. ``optimizer`` and ``schedule``: a name, or a table
    with ``name`` and hyper-parameters. ``start`` (x, y): at 3/4 of the domain in x and 7/8 in y
    unless given. ``noise``: the standard deviation of what is added to the gradient, a function of
    ``seed`` and step, the same for every optimizer. It ends early where the gradient's norm is at
    most ``tolerance``. Raises WorkbenchError.
    """
    inner = {"start": start, "steps": steps, "noise": noise, "tolerance": tolerance}
    return carry_out(
        DescentExperiment.of(
            {
                "seed": seed,
                "surface": surface if domain is None else _with_domain(surface, domain),
                "optimizer": optimizer,
                "schedule": schedule,
                "descent": {key: value for key, value in inner.items() if value is not None},
            }
        )
    )


def _with_domain(surface: Any, domain: Any) -> Any:
    from workbench.descents.surface import Surface

    return (
        {**surface, "domain": domain}
        if isinstance(surface, Mapping)
        else Surface.of(surface, domain)
    )


def carry_out(experiment: DescentExperiment) -> Descent:
    """Make the descent."""
    surface = experiment.surface
    path, code = _trace(
        surface.item,
        experiment.optimizer.item,
        experiment.schedule.item,
        experiment.start,
        experiment.steps,
        (experiment.noise, experiment.seed),
    )
    reason = ""
    if experiment.tolerance is not None:
        there = np.flatnonzero(np.hypot(*path[:, 3:].T) <= experiment.tolerance)
        if len(there):
            path, code = path[: there[0] + 1], -1
            reason = f"the gradient's norm is at most {experiment.tolerance:g}"
    path = path.copy()
    path.flags.writeable = False
    if code == NO_DESCENT:
        reason = "the optimizer found no way down"
    elif code == NOT_FINITE:
        reason = "the next point would not be finite"
    away = _ran_away(experiment, path)
    lengths = np.hypot(*np.diff(path[-_LAST - 1 :, :2], axis=0).T)
    verdict = classify(surface, path[-1, :2], float(lengths.max(initial=0.0)))
    if code == NOT_FINITE or away:
        verdict = verdict._replace(kind=stationary.DIVERGED)
        reason = reason or away
    return Descent(experiment, path, reason, verdict, _known(experiment, path, verdict))


def _ran_away(experiment: DescentExperiment, path: np.ndarray) -> str:
    """Why a path that is finite has diverged; "" where it has not."""
    x_low, x_high, y_low, y_high = experiment.surface.domain
    x, y = path[-1, :2]
    centre = ((x_low + x_high) / 2, (y_low + y_high) / 2)
    begun, now = (np.hypot(*(row[:2] - centre)) for row in (path[0], path[-1]))
    if now > _FAR * experiment.surface.size and now > 2.0 * begun:
        return "it is far outside the domain"
    outside = not (x_low <= x <= x_high and y_low <= y <= y_high)
    if outside and len(path) > 1 and path[-1, 2] > path[0, 2] and path[-1, 2] == path[:, 2].max():
        return "it has left the domain, higher than ever before"
    return ""


def _known(
    experiment: DescentExperiment, path: np.ndarray, verdict: Verdict
) -> KnownMinimum | None:
    surface = experiment.surface
    nearest = surface.nearest_minimum(path[-1, :2])
    elsewhere = (stationary.DIVERGED, stationary.SADDLE, stationary.MAXIMUM)
    if nearest is None or verdict.kind in elsewhere or nearest[1] > _CLOSE * surface.size:
        return None
    return KnownMinimum(nearest[0], surface.minima[nearest[0]], nearest[1])
