"""A surface to descend on: one of the catalogue, or a formula of x and y that somebody typed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from kernels import surfaces
from kernels.catalog import nearest_names
from kernels.descent import survey
from kernels.formulas import build
from workbench.errors import BadValue
from workbench.fields import choose, only_keys, plain, table, within
from workbench.formulas.formula import CONSTANTS, BadFormula, Formula

DOMAIN = (-5.0, 5.0, -5.0, 5.0)
VARIABLES = ("x", "y")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_FARTHEST = "[-1e100, 1e100]"


class Minimum(NamedTuple):
    """A minimum that a surface is known to have."""

    x: float
    y: float
    value: float
    is_global: bool


@dataclass(frozen=True)
class Surface:
    """A scalar function of x and y over a ``domain`` (x_low, x_high, y_low, y_high).

    ``named`` is its name in the catalogue, None for a formula, and ``hypers`` its hyper-parameters'
    names and values. ``formula`` is the text, ``gradient`` and ``hessian`` a typed formula's
    derivatives as text (df/dx, df/dy; fxx, fxy, fyy), empty for the catalogue's. ``minima`` are
    those that the catalogue knows. ``item`` is for kernels, and lives as long as the process. Make
    one with ``Surface.of``.
    """

    named: str | None
    hypers: tuple[tuple[str, float], ...]
    formula: str
    domain: tuple[float, float, float, float]
    minima: tuple[Minimum, ...] = field(compare=False)
    item: Any = field(compare=False, repr=False)
    gradient: tuple[str, ...] = field(default=(), compare=False, repr=False)
    hessian: tuple[str, ...] = field(default=(), compare=False, repr=False)

    @classmethod
    def of(cls, value: Any, domain: Any = None) -> Surface:
        """A surface from a catalogue's name, a formula, a table of one, or a Surface.

        A table has ``name`` with hyper-parameters, or ``formula``; and it may have ``domain``, as
        the argument does: [x_low, x_high, y_low, y_high] in place of the usual one, which is -5 to
        5 for formulas. Raises BadValue; of a formula it tells the position of the mistake.
        """
        if isinstance(value, Surface):
            return value if domain is None else cls.of(value.to_dict() | {"domain": domain})
        if isinstance(value, str):
            given: dict[str, Any] = {"name" if names_an_item(value) else "formula": value}
        else:
            given = table("surface", plain(value))
        if domain is not None:
            given["domain"] = domain
        window = _domain(given.pop("domain")) if "domain" in given else None
        if "formula" in given:
            only_keys("surface", given, ("formula",))
            return _of_formula(given["formula"], window or DOMAIN)
        choice = choose("surface", surfaces.catalog, given)
        entry = surfaces.catalog.get(choice.name)
        hypers = tuple((h.name, float(given.get(h.name, h.default))) for h in entry.hypers)
        minima = tuple(
            Minimum(float(m[0]), float(m[1]), float(m[2]), bool(m[3]))
            for m in surfaces.minima(choice.item)
        )
        window = window or _domain(entry.facts["domain"])
        return cls(entry.name, hypers, entry.facts["formula"], window, minima, choice.item)

    @property
    def name(self) -> str:
        """The catalogue's name, or the formula."""
        return self.named or self.formula

    @property
    def size(self) -> float:
        """Half the domain's diagonal."""
        x_low, x_high, y_low, y_high = self.domain
        return float(np.hypot(x_high - x_low, y_high - y_low)) / 2

    def to_dict(self) -> dict[str, Any]:
        """A plain table of which ``of`` makes the same surface."""
        if self.named is None:
            return {"formula": self.formula, "domain": list(self.domain)}
        return {"name": self.named} | dict(self.hypers) | {"domain": list(self.domain)}

    def look(self, points: Any) -> np.ndarray:
        """(n, 6), float64: value, df/dx, df/dy, fxx, fxy, fyy at ``points`` (n, 2)."""
        where = np.ascontiguousarray(points, np.float64)
        out = np.empty((len(where), 6))
        survey(self.item, where, out)
        return out

    def heights(self, x: Any, y: Any) -> np.ndarray:
        """The values (len(y), len(x)), float64, over a grid; not finite where undefined."""
        x, y = (np.ascontiguousarray(axis, np.float64) for axis in (x, y))
        out = np.empty((len(y), len(x)))
        surfaces.heights(self.item, x, y, out)
        return out

    @property
    def typical_gradient(self) -> float:
        """The root mean square of the gradient's norm over the domain, where it is finite."""
        return _typical_gradient(self.item, self.domain)

    def nearest_minimum(self, point: Any) -> tuple[int, float] | None:
        """(index among ``minima``, distance) of the known minimum closest to ``point``."""
        if not self.minima:
            return None
        places = np.array([minimum[:2] for minimum in self.minima])
        distances = np.hypot(*(places - np.asarray(point, np.float64)).T)
        best = int(np.argmin(distances))
        return best, float(distances[best])


def names_an_item(text: str) -> bool:
    """Whether it can only be meant as a name."""
    name = text.strip()
    return bool(_WORD.fullmatch(name)) and name not in (*VARIABLES, *CONSTANTS)


def _domain(value: Any) -> tuple[float, float, float, float]:
    rule = "must be four numbers, x_low, x_high, y_low, y_high"
    value = plain(value)
    if not isinstance(value, list | tuple) or len(value) != 4:
        raise BadValue("surface.domain", rule, value, list(DOMAIN))
    x_low, x_high, y_low, y_high = (within("surface.domain", v, _FARTHEST) for v in value)
    for axis, low, high in (("x", x_low, x_high), ("y", y_low, y_high)):
        if not high - low > 1e-9 * max(abs(low), abs(high)):
            rule = f"must end above where it begins in {axis}"
            raise BadValue("surface.domain", rule, value, list(DOMAIN))
    return x_low, x_high, y_low, y_high


def _of_formula(text: Any, domain: tuple[float, float, float, float]) -> Surface:
    if not isinstance(text, str):
        raise BadValue("surface.formula", "must be a formula as text", text, "x**2 + y**2")
    try:
        item, gradient, hessian = _compiled(text)
    except BadFormula as error:
        rule = f"{error.rule} at character {error.position}"
        near = nearest_names(text, surfaces.catalog.names(), 1) if _WORD.fullmatch(text) else []
        raise BadValue("surface.formula", rule, text, (*near, error.nearest)[0]) from None
    return Surface(None, (), text, domain, (), item, gradient, hessian)


@lru_cache(maxsize=256)
def _compiled(text: str) -> Any:
    # Here, since SymPy takes a third of a second to load.
    formula = Formula(text, VARIABLES)
    from workbench.formulas.symbolic import Symbolic

    symbolic = Symbolic(formula)
    return build(*symbolic.programs), symbolic.gradient, symbolic.hessian


@lru_cache(maxsize=64)
def _typical_gradient(item: Any, domain: tuple[float, float, float, float]) -> float:
    x, y = np.linspace(*domain[:2], 33), np.linspace(*domain[2:], 33)
    points = np.stack(np.meshgrid(x, y), -1).reshape(-1, 2)
    out = np.empty((len(points), 6))
    survey(item, points, out)
    norms = np.hypot(out[:, 1], out[:, 2])
    norms = norms[np.isfinite(norms)]
    largest = float(norms.max(initial=0.0))
    return largest * float(np.sqrt(np.mean((norms / largest) ** 2))) if largest > 0 else 1.0
