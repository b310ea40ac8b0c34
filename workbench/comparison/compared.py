"""What a finished comparison's starts came to, case by case, as plain arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from workbench.census.paired import worst_last
from workbench.errors import BadValue


@dataclass(frozen=True)
class Compared:
    """The ends of every case, start by start; start i is the same start in all of them.

    Each sequence has one array (n,) for each name. ``loss``: final training loss; NaN or ±inf, or
    ``diverged``, is a start that failed, and counts as +inf. ``steps``: steps made.
    ``tolerances``: losses at or below which a start succeeds. ``steps_to``: for some of these, the
    step at which each start first was there; negative, NaN or inf where it never was.
    ``loss_test``, ``accuracy`` and ``accuracy_test`` may be left out, or be NaN where there is
    none. ``reached``: 1 for starts that reached the best minimum, 0 for those that ended elsewhere,
    -1 for those whose end was not looked at. ``meta``: what the report says of it: ``title``,
    ``experiment`` (TOML), and any other texts, numbers or tables of them, in their order.

    Raises BadValue where arrays and names do not fit.
    """

    names: tuple[str, ...]
    loss: Sequence[np.ndarray]
    steps: Sequence[np.ndarray]
    diverged: Sequence[np.ndarray]
    tolerances: Sequence[float] = ()
    steps_to: Mapping[float, Sequence[np.ndarray]] = field(default_factory=dict)
    loss_test: Sequence[np.ndarray] | None = None
    accuracy: Sequence[np.ndarray] | None = None
    accuracy_test: Sequence[np.ndarray] | None = None
    reached: Sequence[np.ndarray] | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = tuple(map(str, self.names))
        if not names or len(set(names)) < len(names):
            raise BadValue("names", "must be one or more different names", names, "a, b")
        diverged = self._arrays("diverged", self.diverged, bool)
        loss = self._arrays("loss", self.loss, np.float64)
        for held, failed in zip(loss, diverged, strict=True):
            failed |= ~np.isfinite(held)
            held[failed] = np.inf
        unknown = [x for x in self.steps_to if x not in self.tolerances]
        if unknown:
            rule = "must have steps to some of the tolerances"
            raise BadValue("steps_to", rule, unknown[0], list(self.tolerances))
        steps_to = {}
        for tolerance in self.tolerances:
            if tolerance not in self.steps_to:
                continue
            found = self._arrays("steps_to", self.steps_to[tolerance], np.float64)
            for held in found:
                held[held < 0] = np.inf
            steps_to[float(tolerance)] = tuple(worst_last(held) for held in found)
        checked: dict[str, Any] = {"names": names, "loss": loss, "diverged": diverged}
        checked["steps"] = self._arrays("steps", self.steps, np.float64)
        checked["tolerances"] = tuple(float(x) for x in self.tolerances)
        checked["steps_to"] = steps_to
        for name in ("loss_test", "accuracy", "accuracy_test", "reached"):
            given = getattr(self, name)
            kind = np.int8 if name == "reached" else np.float64
            checked[name] = None if given is None else self._arrays(name, given, kind)
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    @property
    def starts(self) -> int:
        """How many starts every case has."""
        return len(self.loss[0])

    def _arrays(self, name: str, given: Sequence[Any], kind: Any) -> tuple[np.ndarray, ...]:
        made = tuple(np.array(x).astype(kind) for x in given)
        shape = (len(np.asarray(self.loss[0])),) if len(self.loss) else (0,)
        if len(made) != len(self.names) or any(x.shape != shape for x in made):
            rule = f"must be {len(self.names)} arrays of shape {shape}, one for each name"
            raise BadValue(name, rule, [x.shape for x in made], f"{len(self.names)} x {shape}")
        return made
