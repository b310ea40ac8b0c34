"""Reading and checking single values of an experiment: shared by all of its sections."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kernels.catalog import BadHyper, Catalog, Range, UnknownItem, nearest_name
from kernels.domains import FilePath
from workbench import files
from workbench.errors import BadValue


@dataclass(frozen=True)
class Choice:
    """A catalogue's item picked by name, with its hyper-parameters.

    ``item`` is the NamedTuple of the hyper-parameters, which read as attributes: floats, or texts
    where an item is not for kernels.
    """

    name: str
    item: Any

    def __getattr__(self, key: str) -> Any:
        if key != "item" and key in self.item._fields:
            return getattr(self.item, key)
        raise AttributeError(key)

    def to_dict(self) -> dict[str, Any]:
        """The name and every hyper-parameter; whole numbers are written as such."""
        return {"name": self.name} | {key: _plain(v) for key, v in self.item._asdict().items()}

    def brief(self) -> str | dict[str, Any]:
        """The name alone where there are no hyper-parameters, else the table."""
        return self.to_dict() if self.item._fields else self.name


def _plain(value: float | str) -> int | float | str:
    if isinstance(value, str):
        return value
    # 1e20 as an integer would be a digit string that TOML readers may refuse; -0.0 has none.
    whole = value == int(value) and abs(value) < 2**53 and (value or math.copysign(1, value) > 0)
    return int(value) if whole else value


def plain(value: Any, depth: int = 8) -> Any:
    """``value`` with NumPy's scalars, arrays and dtypes turned into Python's.

    What is nested deeper than any experiment needs becomes the text "...".
    """
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    if isinstance(value, np.dtype):
        return value.name
    if isinstance(value, type) and issubclass(value, np.generic):
        return np.dtype(value).name
    if isinstance(value, Mapping):
        return {str(k): plain(v, depth - 1) for k, v in value.items()} if depth else "..."
    if isinstance(value, list | tuple):
        return [plain(inner, depth - 1) for inner in value] if depth else "..."
    return value


def table(field: str, value: Any) -> dict[str, Any]:
    """``value`` as a dict; raises BadValue where it is no table."""
    if not isinstance(value, Mapping):
        raise BadValue(field, "must be a table", value, f"[{field}] with its keys")
    return dict(value)


def only_keys(field: str, given: Mapping[str, Any], known: Sequence[str]) -> None:
    """Raise BadValue for a key of ``given`` that is not among ``known``."""
    for key in given:
        if key not in known:
            name = f"{field}.{key}" if field else str(key) or "key"
            near = nearest_name(str(key), list(known))
            raise BadValue(name, "is no such key", key, near or f"one of {', '.join(known)}")


def choose(field: str, catalog: Catalog, value: Any) -> Choice:
    """A Choice from an item's name or a table with ``name`` and hyper-parameters."""
    values = {"name": value} if isinstance(value, str) else table(field, value)
    named = values.pop("name", None)
    label = f"{field}.name" if isinstance(value, Mapping) else field
    if not isinstance(named, str):
        raise BadValue(
            label, f"must name a known {catalog.kind}", named, ", ".join(catalog.names())
        )
    for key, number in values.items():
        if isinstance(number, int) and number.bit_length() > 1024:
            rule = "must be a number that a float can hold"
            raise BadValue(f"{field}.{key}", rule, number, "a smaller number")
    try:
        item = catalog.get(named)
        return Choice(item.name, item.make(values))
    except UnknownItem as error:
        near = str(error).rpartition("nearest: ")[2]
        raise BadValue(label, f"must name a known {catalog.kind}", named, near) from None
    except BadHyper as error:
        known = [hyper.name for hyper in item.hypers]
        nearest = error.nearest
        if error.field not in known:  # a table has the item's name among its keys
            nearest = nearest_name(error.field, [*known, "name"]) or nearest
        raise BadValue(f"{field}.{error.field}", error.rule, error.value, nearest) from None


def located(choice: Choice, catalog: Catalog, base: Path | None = None) -> Choice:
    """``choice`` with absolute paths; a relative one starts at ``base``, or the current folder."""
    found = {
        hyper.name: files.absolute(path, base)
        for hyper in catalog.get(choice.name).hypers
        if isinstance(hyper.domain, FilePath) and (path := getattr(choice.item, hyper.name))
    }
    return Choice(choice.name, choice.item._replace(**found)) if found else choice


def integer(field: str, value: Any, low: int, high: int) -> int:
    """``value`` as an int of [low, high]; raises BadValue."""
    rule = f"must be a whole number from {low} to {high}"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, float) and value == value:
        raise BadValue(field, rule, value, round(min(max(value, low), high)))
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadValue(field, rule, value, low)
    if not low <= value <= high:
        raise BadValue(field, rule, value, min(max(value, low), high))
    return value


def within(field: str, value: Any, interval: str) -> float:
    """``value`` as a float inside an interval such as ``[0, 1)``; raises BadValue."""
    bounds = Range(interval)
    rule = f"must be a number in {interval}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadValue(field, rule, value, f"{bounds.nearest(1.0):g}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf if value > 0 else -math.inf
    if not bounds.holds(number):
        raise BadValue(field, rule, value, f"{bounds.nearest(number):g}")
    return number
