"""What a comparison varies: a key of the experiment and its values, or a short form of keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.errors import BadValue
from workbench.experiment import CATALOGS, Experiment
from workbench.fields import integer, plain, table

MOST_VALUES = 100
# Not keys of an experiment themselves: they set more than one.
WIDTH, BATCH_SIZE = "width", "batch_size"


@dataclass(frozen=True)
class Axis:
    """One thing that is varied: ``key``, a dotted name as ``Experiment.replace`` takes it, a
    section's name, ``width`` (of all hidden layers) or ``batch_size``; and its ``values``."""

    key: str
    values: tuple[Any, ...]

    @classmethod
    def of(cls, key: str, values: Any) -> Axis:
        """Check the form of an axis; whether its values fit is found out with the experiment."""
        given = plain(values)
        given = given if isinstance(given, list) else [given]
        if not given or len(given) > MOST_VALUES:
            rule = f"must have 1 to {MOST_VALUES} values"
            raise BadValue(f"vary.{key}", rule, f"{len(given)} values", "2 values")
        return cls(key.removesuffix(".name") if key in _NAMES else key, tuple(given))

    def changes(self, experiment: Experiment, value: Any) -> dict[str, Any]:
        """What ``Experiment.replace`` is told for one of the values; raises BadValue."""
        if self.key == WIDTH:
            sizes = list(experiment.network.sizes)
            if len(sizes) < 3:
                rule = "needs a network with a hidden layer"
                raise BadValue(WIDTH, rule, sizes, [sizes[0], 6, sizes[-1]])
            width = integer(WIDTH, value, 1, 65536)
            return {"network.sizes": [sizes[0], *[width] * (len(sizes) - 2), sizes[-1]]}
        if self.key == BATCH_SIZE:
            if value == "full":
                return {"batching": "full_batch"}
            return {"batching": {"name": "mini_batch", "size": value}}
        if isinstance(value, Mapping):  # an item with its hyper-parameters, by dotted names
            return {f"{self.key}.{k}": v for k, v in table(self.key, value).items()}
        return {self.key: value}

    def labels(self, alone: bool = True) -> list[str]:
        """A short text for each value; with the key unless the values are names of items."""
        texts = [_text(value, self.values) for value in self.values]
        if self.key in CATALOGS:
            return texts
        key = self.key.rpartition(".")[2] if alone else self.key
        return [f"{key}={text}" for text in texts]

    def to_dict(self) -> dict[str, Any]:
        """A plain table."""
        return {"key": self.key, "values": list(self.values)}


_NAMES = tuple(f"{section}.name" for section in CATALOGS)


def axes_of(vary: Mapping[str, Any] | Sequence[Axis]) -> tuple[Axis, ...]:
    """The axes of a table of keys with their values; at most two, of different keys."""
    axes = tuple(
        Axis.of(str(key), values) for key, values in vary.items()
    ) if isinstance(vary, Mapping) else tuple(vary)  # fmt: skip
    keys = [axis.key for axis in axes]
    if len(axes) > 2:
        rule = "must be one or two things: a grid of more is no table that anybody reads"
        raise BadValue("vary", rule, ", ".join(keys), ", ".join(keys[:2]))
    if len(set(keys)) < len(keys):
        raise BadValue("vary", "must be two different things", ", ".join(keys), keys[0])
    return axes


def _text(value: Any, among: Sequence[Any]) -> str:
    if isinstance(value, Mapping):
        name = str(value.get("name", ""))
        alike = [v for v in among if isinstance(v, Mapping) and v.get("name") == name]
        if name and len(alike) < 2 and name not in among:
            return name
        inner = ", ".join(f"{k}={v}" for k, v in value.items() if k != "name")
        return f"{name}({inner})"
    if isinstance(value, list):
        return "-".join(_text(v, ()) for v in value)
    if isinstance(value, float) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return str(value)
