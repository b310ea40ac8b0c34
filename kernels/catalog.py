"""Catalogues of items: register, discover, get, names, with errors that name the nearest item.

An item is a ``NamedTuple`` class whose fields are its hyper-parameters with their defaults. It is
registered by the one file that defines it; forms, the command line and the tests iterate the
catalogue and never name an item.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from kernels.domains import BadHyper, Domain, Range, nearest_name, nearest_names

__all__ = [
    "BadHyper",
    "Catalog",
    "Hyper",
    "Item",
    "Range",
    "UnknownItem",
    "nearest_name",
    "nearest_names",
]


class UnknownItem(ValueError):
    """No item of that name; the message lists the nearest ones."""


@dataclass(frozen=True)
class Hyper:
    """One declared hyper-parameter: its name, default, domain and one-line meaning."""

    name: str
    default: Any
    domain: Domain
    meaning: str

    @property
    def range(self) -> Range:
        """The interval of a hyper-parameter that is a number; raises TypeError for others."""
        if not isinstance(self.domain, Range):
            raise TypeError(f"{self.name} is no number but {self.domain.text}")
        return self.domain


@dataclass(frozen=True)
class Item:
    """One entry of a catalogue.

    ``cls`` is the NamedTuple class, ``hypers`` its declared hyper-parameters in order, ``facts``
    whatever else the kind of item declares (the domain of a surface, the slots of an optimizer).
    ``build`` makes an instance from the hyper-parameters: the class, or a function for those whose
    fields are numbers worked out from them.
    """

    name: str
    cls: Any
    summary: str
    hypers: tuple[Hyper, ...]
    aliases: tuple[str, ...]
    facts: Mapping[str, Any]
    build: Callable[..., Any]

    def make(self, values: Mapping[str, Any] | None = None) -> Any:
        """An instance with ``values`` over the defaults, numbers as floats; raises BadHyper."""
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
        return self.build(
            *(h.domain.take(h.name, values.get(h.name, h.default), h.default) for h in self.hypers)
        )


def _declare(name: str, default: Any, domain: str | Domain, meaning: str) -> Hyper:
    if isinstance(domain, str):
        return Hyper(name, float(default), Range(domain), meaning)
    return Hyper(name, default, domain, meaning)


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
        hypers: Mapping[str, tuple[Any, str]] | None = None,
        aliases: tuple[str, ...] = (),
        rules: Mapping[Any, Callable[..., Any]] | None = None,
        build: Callable[..., Any] | None = None,
        **facts: Any,
    ) -> None:
        """Add ``cls``; ``hypers`` maps each field to (interval or Domain, meaning), ``rules`` each
        rule to its body. ``build`` makes the instances of a class whose fields are not the
        hyper-parameters: these are then its arguments. Raises ValueError where a name is taken, a
        hyper-parameter is undeclared or without a default, or an item with rules, which kernels
        take, has one that is no number."""
        hypers = hypers or {}
        defaults = cls._field_defaults
        fields = cls._fields
        if build is not None:
            given = inspect.signature(build).parameters
            fields = tuple(given)
            defaults = {n: p.default for n, p in given.items() if p.default is not p.empty}
        if set(hypers) != set(fields) or set(defaults) != set(fields):
            raise ValueError(f"{self.kind} {name}: every field needs a default and a declaration")
        for taken in (name, *aliases):
            if taken in self._items or taken in self._aliases:
                raise ValueError(f"{self.kind} {taken} is registered twice")
        declared = tuple(_declare(f, defaults[f], *hypers[f]) for f in fields)
        if rules and not all(isinstance(h.domain, Range) for h in declared):
            raise ValueError(f"{self.kind} {name}: kernels take numbers only")
        item = Item(name, cls, summary, declared, aliases, facts, build or cls)
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

    def _meet(self, name: object) -> None:
        """Import the module called ``name``, if there is one: most items are in one of their name,
        and importing all the others takes a tenth of a second of every start."""
        if isinstance(name, str) and name.isidentifier() and name not in self._items:
            module = f"{self._package}.{name}"
            if not self._discovered and find_spec(module):
                importlib.import_module(module)

    def names(self) -> list[str]:
        """All names, sorted, without aliases."""
        self.discover()
        return sorted(self._items)

    def get(self, name: str) -> Item:
        """The item of that name or alias; raises UnknownItem with the nearest names."""
        self._meet(name)
        if not isinstance(name, str) or self._aliases.get(name, name) not in self._items:
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
        if cls not in self._by_class:
            self.discover()
        return self._by_class[cls]

    def __iter__(self) -> Iterator[Item]:
        self.discover()
        return iter([self._items[name] for name in sorted(self._items)])

    def __len__(self) -> int:
        self.discover()
        return len(self._items)
