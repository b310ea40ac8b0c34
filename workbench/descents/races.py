"""Races: several optimizers, or several learning rates, from one start over one surface."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.descents.descent import Descent, carry_out
from workbench.descents.experiment import DescentExperiment
from workbench.errors import BadValue
from workbench.fields import plain, within
from workbench.text_table import aligned

TOLERANCES = (1e-1, 1e-2, 1e-4, 1e-6)
MOST_RUNNERS = 64
HEIGHT, GRADIENT = "height above the global minimum", "gradient norm"


@dataclass(frozen=True)
class Race:
    """A race that has been run.

    ``descents``, one a runner, all from the same start with the same noise; ``labels`` name them.
    ``measure`` is what ``tolerances`` are of: the height above the global minimum where the surface
    is known to have one, else the gradient's norm. ``arrivals`` (runners, tolerances), int64: the
    first step at which it is at most the tolerance, -1 for never. Read-only.
    """

    descents: tuple[Descent, ...]
    labels: tuple[str, ...]
    measure: str
    tolerances: tuple[float, ...]
    arrivals: np.ndarray

    @property
    def hash(self) -> str:
        """16 hexadecimal digits of all descents."""
        whole = "".join(descent.experiment.hash for descent in self.descents)
        return hashlib.sha256(whole.encode()).hexdigest()[:16]

    def summary(self) -> dict[str, Any]:
        """The figures, ready for JSON; a tolerance that was never reached has None."""
        rows = []
        for label, descent, arrivals in zip(self.labels, self.descents, self.arrivals, strict=True):
            found = descent.summary()
            kept = ("optimizer", "end", "value", "gradient_norm", "kind", "known_minimum")
            row: dict[str, Any] = {"label": label} | {key: found[key] for key in kept}
            row |= {"steps": descent.steps, "diverged": descent.diverged}
            row["steps_to"] = [None if k < 0 else int(k) for k in arrivals]
            rows.append(row)
        whole = self.descents[0].summary()
        kept = ("surface", "formula", "schedule", "noise", "seed", "start")
        return {key: whole[key] for key in kept} | {
            "measure": self.measure,
            "tolerances": list(self.tolerances),
            "runners": rows,
        }


def race(
    surface: Any,
    optimizers: Sequence[Any],
    *,
    rates: Sequence[float] = (),
    start: Any = None,
    steps: int = 200,
    tolerances: Sequence[float] = TOLERANCES,
    schedule: Any = "constant",
    domain: Any = None,
    noise: float = 0.0,
    seed: int = 0,
) -> Race:
    """Send several optimizers downhill from one start, with the same noise at every step.

    ``optimizers``: names, or tables with ``name`` and hyper-parameters; each takes part once, or
    once with each of the learning ``rates``. ``tolerances`` are of the height above the global
    minimum where the surface is known to have one, else of the gradient's norm. The other arguments
    are those of ``descend``. Raises WorkbenchError.
    """
    if isinstance(optimizers, str | Mapping):
        optimizers = [optimizers]
    if not optimizers:
        raise BadValue("optimizers", "must be one or more", optimizers, "sgd, adam")
    inner = {"start": plain(start), "steps": steps, "noise": noise}
    from workbench.descents.surface import Surface

    table = {
        "seed": seed,
        "surface": Surface.of(surface, domain),
        "schedule": schedule,
        "descent": {key: value for key, value in inner.items() if value is not None},
    }
    return run_race([table | {"optimizer": o} for o in optimizers], rates, tolerances)


def run_race(
    tables: Sequence[Mapping[str, Any]],
    rates: Sequence[float] = (),
    tolerances: Sequence[float] = TOLERANCES,
) -> Race:
    """The race of descents given as tables (see ``DescentExperiment.of``) that differ in their
    optimizer alone, each once, or once with each of the learning ``rates``."""
    chosen = tuple(within("tolerances", value, "(0, inf)") for value in plain(tolerances))
    if not chosen:
        raise BadValue("tolerances", "must be one or more", tolerances, "1e-2")
    runners = [DescentExperiment.of(table) for table in tables]
    if len(plain(rates)):
        values = [within("rates", value, "(0, inf)") for value in plain(rates)]
        runners = [r.replace({"optimizer.learning_rate": v}) for r in runners for v in values]
    if len(runners) > MOST_RUNNERS:
        rule = f"must make at most {MOST_RUNNERS} runners with the rates"
        raise BadValue("optimizers", rule, f"{len(runners)} runners", "fewer")
    descents = tuple(map(carry_out, runners))
    best = min((m.value for m in runners[0].surface.minima if m.is_global), default=None)
    arrivals = np.array([arrivals_of(d.values, d.gradients, best, chosen) for d in descents])
    arrivals.flags.writeable = False
    measure = GRADIENT if best is None else HEIGHT
    return Race(descents, _labels(runners), measure, chosen, arrivals)


def arrivals_of(
    values: np.ndarray, gradients: np.ndarray, best: float | None, tolerances: Sequence[float]
) -> list[int]:
    """Steps until ``values`` (m,) - ``best``, or without it the norm of ``gradients`` (m, 2), first
    was within each of the tolerances; -1 where it never was."""
    measure = np.hypot(*gradients.T) if best is None else values - best
    found = []
    for tolerance in tolerances:
        reached = np.flatnonzero(measure <= tolerance)
        found.append(int(reached[0]) if len(reached) else -1)
    return found


def _labels(runners: Sequence[DescentExperiment]) -> tuple[str, ...]:
    """Names of the optimizers, with their learning rates, and what tells them apart otherwise."""
    labels: list[str] = []
    for runner in runners:
        label = f"{runner.optimizer.name} {runner.optimizer.learning_rate:g}"
        twins = labels.count(label) + sum(old.startswith(f"{label} (") for old in labels)
        labels.append(f"{label} ({twins + 1})" if twins else label)
    return tuple(labels)


def describe(race: Race) -> str:
    """The table in plain text for the terminal."""
    heads = ["", *(f"≤ {t:g}" for t in race.tolerances), "ends at", "value"]
    rows = [heads]
    for label, descent, arrivals in zip(race.labels, race.descents, race.arrivals, strict=True):
        steps = ["–" if k < 0 else str(k) for k in arrivals]
        rows.append([label, *steps, descent.kind.replace("_", " "), f"{descent.value:.6g}"])
    lines = aligned(rows, left=(0, len(heads) - 2))
    return "\n".join([f"steps until the {race.measure} is at most", *lines])
