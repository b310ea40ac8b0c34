"""All that determines a descent over a surface: frozen, validated, written as TOML."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w

from kernels import optimizers, schedules
from workbench.errors import BadValue, WorkbenchError
from workbench.fields import Choice, choose, integer, only_keys, plain, table, within
from workbench.surface import Surface

MAX_STEPS = 1_000_000
_TOP = ("title", "seed")
_CHOICES = {"optimizer": optimizers.catalog, "schedule": schedules.catalog}
SECTIONS = ("surface", *_CHOICES, "descent")
_DESCENT = ("start", "steps", "noise", "tolerance")
_DEFAULTS = {"surface": "bowl", "optimizer": "sgd", "schedule": "constant"}
_FARTHEST = "[-1e150, 1e150]"


@dataclass(frozen=True)
class DescentExperiment:
    """All that determines a descent.

    ``start`` (x, y); ``steps`` to make at most; it ends early where the gradient's norm is at most
    ``tolerance`` (None: never). ``noise`` is the standard deviation of the normal deviates added to
    both components of the gradient that the optimizer is given, a function of ``seed`` and of the
    step alone. Make one with ``DescentExperiment.of``, ``.load`` or ``.replace``; all raise
    WorkbenchError.
    """

    surface: Surface
    optimizer: Choice
    schedule: Choice
    start: tuple[float, float]
    steps: int = 200
    noise: float = 0.0
    tolerance: float | None = None
    seed: int = 0
    title: str = field(default="", compare=False)

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> DescentExperiment:
        """Build and validate one from nested tables such as a TOML file holds.

        Without a start, it is at 3/4 of the domain in x and 7/8 in y: (1, 1.5) on the bowl.
        """
        given = table("descent", value)
        only_keys("", given, (*_TOP, *SECTIONS))
        surface = Surface.of(given.get("surface", _DEFAULTS["surface"]))
        given = {key: plain(part) for key, part in given.items() if key != "surface"}
        title = given.get("title", "")
        if not isinstance(title, str) or not title.isprintable():
            raise BadValue("title", "must be one line of text", title, '"text in quotes"')
        chosen = {
            name: choose(name, catalog, given.get(name, _DEFAULTS[name]))
            for name, catalog in _CHOICES.items()
        }
        inner = table("descent", given.get("descent", {}))
        only_keys("descent", inner, _DESCENT)
        tolerance = inner.get("tolerance")
        made = cls(
            surface,
            **chosen,
            start=_start(inner.get("start"), surface),
            steps=integer("descent.steps", inner.get("steps", cls.steps), 0, MAX_STEPS),
            noise=within("descent.noise", inner.get("noise", cls.noise), "[0, 1e100]"),
            tolerance=None
            if tolerance is None
            else within("descent.tolerance", tolerance, "[0, inf)"),
            seed=integer("seed", given.get("seed", cls.seed), 0, 2**63 - 1),
            title=title,
        )
        made._check_fit()
        return made

    def _check_fit(self) -> None:
        optimizer = optimizers.catalog.get(self.optimizer.name)
        if self.noise > 0.0 and optimizer.facts.get("exact"):
            rule = f"must be 0 with {optimizer.name}, which compares heights of several points"
            raise BadValue("descent.noise", rule, self.noise, 0)
        look = self.surface.look([self.start])[0]
        if not np.isfinite(look[:3]).all():
            rule = "must be where the surface and its slope are finite"
            raise BadValue("descent.start", rule, list(self.start), "another point")

    @classmethod
    def load(cls, path: str | Path) -> DescentExperiment:
        """Read one from a TOML file; raises WorkbenchError naming file and place."""
        try:
            text = Path(path).read_text(encoding="utf-8-sig")
        except (OSError, ValueError) as error:
            undecodable = isinstance(error, UnicodeDecodeError)
            reason = "not UTF-8 text" if undecodable else getattr(error, "strerror", None) or error
            raise WorkbenchError(f"{path}: cannot be read as a descent ({reason})") from None
        try:
            tables = tomllib.loads(text)
        except (ValueError, RecursionError) as error:
            raise WorkbenchError(f"{path}: is no valid TOML ({error})") from None
        if "surface" not in tables:
            raise WorkbenchError(f"{path}: has no [surface], so it is no descent")
        try:
            return cls.of(tables)
        except BadValue as error:
            error.args = (f"{path}: {error}",)
            raise

    def dumps(self) -> str:
        """As TOML text, with every value written out."""
        return tomli_w.dumps(self.to_dict())

    def save(self, path: str | Path) -> None:
        """Write it as TOML; ``load`` of it equals this one. Raises WorkbenchError."""
        try:
            Path(path).write_text(self.dumps(), encoding="utf-8")
        except OSError as error:
            raise WorkbenchError(f"{path}: cannot be written ({error.strerror})") from None

    def to_dict(self) -> dict[str, Any]:
        """Nested plain tables with every value written out."""
        inner = {"start": list(self.start), "steps": self.steps, "noise": self.noise}
        if self.tolerance is not None:
            inner["tolerance"] = self.tolerance
        return {
            "title": self.title,
            "seed": self.seed,
            "surface": self.surface.to_dict(),
            "optimizer": self.optimizer.to_dict(),
            "schedule": self.schedule.to_dict(),
            "descent": inner,
        }

    def replace(self, changes: Mapping[str, Any]) -> DescentExperiment:
        """A copy with values changed, given by dotted names such as ``optimizer.learning_rate``.

        A section given whole (``optimizer``: a name or a table) takes the former one's place.
        """
        merged = self.to_dict()
        for key in sorted(changes, key=lambda k: "." in k):
            section, dot, inner = key.partition(".")
            only_keys("", {section: None}, (*_TOP, *SECTIONS))
            if not dot:
                merged[section] = changes[key]
                continue
            if section in _TOP:
                raise BadValue(key, f"{section} is a single value", changes[key], section)
            whole = merged[section]
            if isinstance(whole, str):
                whole = Surface.of(whole) if section == "surface" else {"name": whole}
            merged[section] = whole.to_dict() if isinstance(whole, Surface) else whole
            if section == "surface" and inner in ("name", "formula"):
                merged[section] = {}
            if inner == "name" and merged[section].get("name") != changes[key]:
                merged[section] = {}
            merged[section] = {**table(section, merged[section]), inner: changes[key]}
        return DescentExperiment.of(merged)

    @property
    def hash(self) -> str:
        """16 hexadecimal digits; equal for descents that are the same."""
        content = self.to_dict()
        del content["title"]
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def _start(value: Any, surface: Surface) -> tuple[float, float]:
    x_low, x_high, y_low, y_high = surface.domain
    usual = (x_low + 0.75 * (x_high - x_low), y_low + 0.875 * (y_high - y_low))
    if value is None:
        return usual
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise BadValue("descent.start", "must be two numbers, x and y", value, list(usual))
    x, y = (within("descent.start", coordinate, _FARTHEST) for coordinate in value)
    return x, y
