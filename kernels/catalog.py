"""Catalogues of items: register, discover, get, names, with errors that name the nearest item.

An item is a ``NamedTuple`` class whose fields are its hyper-parameters with their defaults. It is
registered by the one file that defines it; forms, the command line and the tests iterate the
catalogue and never name an item.
"""

from __future__ import annotations

import difflib
import importlib
import math
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


class UnknownItem(ValueError):
    """No item of that name; the message lists the nearest ones."""


class BadHyper(ValueError):
    """A hyper-parameter that is unknown or out of its range.

    ``field`` is the hyper-parameter, ``rule`` what it must be, ``value`` what it was and
    ``nearest`` the nearest valid name or value.
    """

    def __init__(self, field: str, rule: str, value: object, nearest: object) -> None:
        super().__init__(f"{field} {rule}, got {value!r}; nearest valid: {nearest}")
        self.field, self.rule, self.value, self.nearest = field, rule, value, nearest


@dataclass(frozen=True)
class Range:
    """An interval of numbers, written as in mathematics: ``(0, inf)``, ``[0, 1)``.

    The word ``integer`` before it admits whole numbers only.
    """

    text: str
    low: float = field(init=False)
    high: float = field(init=False)
    integer: bool = field(init=False)

    def __post_init__(self) -> None:
        low, high = self.text.removeprefix("integer ").strip("[]()").split(",")
        object.__setattr__(self, "low", float(low))
        object.__setattr__(self, "high", float(high))
        object.__setattr__(self, "integer", self.text.startswith("integer "))

    def holds(self, value: float) -> bool:
        """Whether ``value`` lies in the interval (NaN never does)."""
        above = value > self.low if "(" in self.text else value >= self.low
        below = value < self.high if ")" in self.text else value <= self.high
        return above and below and not (self.integer and value != math.floor(value))

    def nearest(self, value: float) -> float:
        """The valid value closest to ``value``; just inside where the end is open."""
        if value != value:
            return self.nearest(1.0)
        low, high = self.low, self.high
        if "(" in self.text:
            low = low + 1e-6 if math.isfinite(low) else -1e300
        if ")" in self.text:
            high = high - 1e-6 if math.isfinite(high) else 1e300
        clipped = min(max(value, low), high)
        return float(round(clipped)) if self.integer else clipped


ANY = Range("(-inf, inf)")


@dataclass(frozen=True)
class Hyper:
    """One declared hyper-parameter: its name, default, interval and one-line meaning."""

    name: str
    default: float
    range: Range
    meaning: str


@dataclass(frozen=True)
class Item:
    """One entry of a catalogue.

    ``cls`` is the NamedTuple class, ``hypers`` its declared hyper-parameters in order, ``facts``
    whatever else the kind of item declares (the domain of a surface, the slots of an optimizer).
    """

    name: str
    cls: Any
    summary: str
    hypers: tuple[Hyper, ...]
    aliases: tuple[str, ...]
    facts: Mapping[str, Any]

    def make(self, values: Mapping[str, Any] | None = None) -> Any:
        """An instance with ``values`` over the defaults, all floats; raises BadHyper."""
        values = dict(values or {})
        known = [h.name for h in self.hypers]
        for key in values:
            if key not in known:
                raise BadHyper(
                    key,
                    f"is no hyper-parameter of {self.name} (it has: {', '.join(known) or 'none'})",
                    values[key],
                    nearest_name(key, known) or "leave it out",
                )
        return self.cls(*(_checked(h, values.get(h.name, h.default)) for h in self.hypers))


def _checked(hyper: Hyper, value: Any) -> float:
    rule = f"must be a number in {hyper.range.text}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadHyper(hyper.name, rule, value, hyper.default)
    try:
        number = float(value)
    except OverflowError:
        raise BadHyper(hyper.name, rule, value, hyper.range.nearest(math.inf)) from None
    if not hyper.range.holds(number):
        raise BadHyper(hyper.name, rule, value, f"{hyper.range.nearest(number):g}")
    return number


def nearest_names(name: str, known: list[str], count: int = 3) -> list[str]:
    """Up to ``count`` names of ``known`` closest to ``name`` in spelling, best first."""
    folded = {k.lower().replace("-", "_"): k for k in known}
    close = difflib.get_close_matches(
        name.lower().replace("-", "_"), list(folded), n=count, cutoff=0.3
    )
    return [folded[k] for k in close]


def nearest_name(name: str, known: list[str]) -> str | None:
    """The one closest name, or None where nothing is similar."""
    return next(iter(nearest_names(name, known, 1)), None)


class Catalog:
    """The items of one kind, found by importing every module of ``package``."""

    def __init__(self, kind: str, package: str) -> None:
        self.kind = kind
        self._package = package
        self._items: dict[str, Item] = {}
        self._aliases: dict[str, str] = {}
        self._by_class: dict[Any, Item] = {}
        self._discovered = False

    def register(
        self,
        cls: Any,
        name: str,
        summary: str,
        *,
        hypers: Mapping[str, tuple[str, str]] | None = None,
        aliases: tuple[str, ...] = (),
        rules: Mapping[Any, Callable[..., Any]] | None = None,
        **facts: Any,
    ) -> None:
        """Add ``cls``; ``hypers`` maps each field to (interval, meaning), ``rules`` each rule to
        its body. Raises ValueError where a name is taken or a field is undeclared."""
        hypers = hypers or {}
        if set(hypers) != set(cls._fields) or set(cls._field_defaults) != set(cls._fields):
            raise ValueError(f"{self.kind} {name}: every field needs a default and a declaration")
        for taken in (name, *aliases):
            if taken in self._items or taken in self._aliases:
                raise ValueError(f"{self.kind} {taken} is registered twice")
        declared = tuple(
            Hyper(f, float(cls._field_defaults[f]), Range(hypers[f][0]), hypers[f][1])
            for f in cls._fields
        )
        item = Item(name, cls, summary, declared, aliases, facts)
        for rule, body in (rules or {}).items():
            rule.implement(cls, body)
        self._items[name] = item
        self._by_class[cls] = item
        self._aliases.update(dict.fromkeys(aliases, name))

    def discover(self) -> None:
        """Import every module of the package once, so that each registers its item."""
        if not self._discovered:
            self._discovered = True
            package = importlib.import_module(self._package)
            for module in pkgutil.iter_modules(package.__path__):
                importlib.import_module(f"{self._package}.{module.name}")

    def names(self) -> list[str]:
        """All names, sorted, without aliases."""
        self.discover()
        return sorted(self._items)

    def get(self, name: str) -> Item:
        """The item of that name or alias; raises UnknownItem with the nearest names."""
        self.discover()
        if not isinstance(name, str) or self._aliases.get(name, name) not in self._items:
            known = [*self._items, *self._aliases]
            near = nearest_names(str(name), known) or sorted(self._items)
            raise UnknownItem(f"is no {self.kind}, got {name!r}; nearest: {', '.join(near)}")
        return self._items[self._aliases.get(name, name)]

    def of(self, instance: Any) -> Item:
        """The item that ``instance`` (a NamedTuple of hyper-parameters) belongs to."""
        return self.by_class(type(instance))

    def by_class(self, cls: Any) -> Item:
        """The item whose NamedTuple class is ``cls``."""
        self.discover()
        return self._by_class[cls]

    def __iter__(self) -> Iterator[Item]:
        self.discover()
        return iter([self._items[name] for name in sorted(self._items)])

    def __len__(self) -> int:
        self.discover()
        return len(self._items)
