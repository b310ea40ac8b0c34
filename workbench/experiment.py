"""The experiment: everything that determines a result; frozen, validated, hashable."""

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

from kernels import activations, batchings, initializers, losses, optimizers, outputs, schedules
from kernels.catalog import nearest_names
from workbench import datasets
from workbench.errors import BadValue, WorkbenchError
from workbench.fields import Choice, choose, integer, only_keys, table, within
from workbench.starts import constructed_tutorial  # noqa: F401 - registers itself

SECTIONS = (
    "data",
    "network",
    "initializer",
    "optimizer",
    "schedule",
    "batching",
    "stop",
)
CATALOGS = {
    "data": datasets.catalog,
    "initializer": initializers.catalog,
    "optimizer": optimizers.catalog,
    "schedule": schedules.catalog,
    "batching": batchings.catalog,
}
DTYPES = ("float32", "float64")
_TOP = ("title", "seed", "start", "dtype")
_DEFAULT_NAMES = {
    "data": "digits01_4x4",
    "initializer": "he_normal",
    "optimizer": "sgd",
    "schedule": "constant",
    "batching": "full_batch",
}
_GALLERY = Path(__file__).parent / "gallery"


@dataclass(frozen=True)
class NetworkSpec:
    """Layer sizes, inputs first; one activation per hidden layer; output; loss."""

    sizes: tuple[int, ...]
    activations: tuple[Choice, ...]
    output: Choice
    loss: Choice

    @classmethod
    def of(cls, value: Any) -> NetworkSpec:
        """Validate a ``[network]`` table; raises BadValue."""
        given = table("network", value)
        only_keys("network", given, ("sizes", "activations", "output", "loss"))
        sizes = given.get("sizes", [16, 6, 6, 2])
        rule = "must be a list of at least two layer sizes, whole numbers from 1 to 65536"
        if not isinstance(sizes, list | tuple) or len(sizes) < 2:
            raise BadValue("network.sizes", rule, sizes, [16, 6, 6, 2])
        for n in sizes:
            if isinstance(n, bool) or not isinstance(n, int) or not 1 <= n <= 65536:
                raise BadValue("network.sizes", rule, sizes, [16, 6, 6, 2])
        hidden = len(sizes) - 2
        named = given.get("activations", "relu")
        if isinstance(named, str | Mapping):
            named = [named] * hidden
        if not isinstance(named, list | tuple) or len(named) != hidden:
            rule = f"must be one name, or one per hidden layer ({hidden} for sizes {list(sizes)})"
            nearest = (
                json.dumps((list(named) + ["relu"] * hidden)[:hidden])
                if isinstance(named, list | tuple)
                else "relu"
            )
            raise BadValue("network.activations", rule, named, nearest)
        chosen = tuple(
            choose(f"network.activations[{k}]", activations.catalog, item)
            for k, item in enumerate(named)
        )
        output = choose("network.output", outputs.catalog, given.get("output", "softmax"))
        loss = choose("network.loss", losses.catalog, given.get("loss", "mean_squared_error"))
        accepts = losses.catalog.get(loss.name).facts.get("accepts")
        if accepts and output.name not in accepts:
            rule = f"must be {' or '.join(accepts)} with the loss {loss.name}"
            raise BadValue("network.output", rule, output.name, accepts[0])
        return cls(tuple(int(n) for n in sizes), chosen, output, loss)

    def to_dict(self) -> dict[str, Any]:
        """A plain table; an item without hyper-parameters is its name alone."""
        return {
            "sizes": list(self.sizes),
            "activations": [c.brief() for c in self.activations],
            "output": self.output.brief(),
            "loss": self.loss.brief(),
        }


@dataclass(frozen=True)
class Stop:
    """The stop rule: at most ``steps`` steps, or sooner once the training loss or its gradient's
    norm is at most, or the training accuracy at least, the value given (None: no such rule),
    looked at every ``check_every`` steps (0: every step for full batches, else once an epoch).
    A loss above ``diverged_above``, or one that is not finite, ends the run as diverged."""

    steps: int = 2000
    loss: float | None = None
    gradient_norm: float | None = None
    accuracy: float | None = None
    diverged_above: float = 1e9
    check_every: int = 0

    @classmethod
    def of(cls, value: Any) -> Stop:
        """Validate a ``[stop]`` table; raises BadValue."""
        given = table("stop", value)
        only_keys("stop", given, tuple(cls.__dataclass_fields__))
        optional = {
            key: within(f"stop.{key}", given[key], interval)
            for key, interval in (
                ("loss", "[0, inf)"),
                ("gradient_norm", "[0, inf)"),
                ("accuracy", "[0, 1]"),
                ("diverged_above", "(0, inf]"),
            )
            if key in given
        }
        return cls(
            steps=integer("stop.steps", given.get("steps", cls.steps), 0, 10**12),
            check_every=integer("stop.check_every", given.get("check_every", 0), 0, 10**9),
            **optional,
        )

    def to_dict(self) -> dict[str, Any]:
        """A plain table without the rules that are not set."""
        return {key: value for key, value in vars(self).items() if value is not None}


@dataclass(frozen=True)
class Experiment:
    """Everything that determines a result.

    Fields ``data``, ``initializer``, ``optimizer``, ``schedule``, ``batching`` are named items with
    hyper-parameters (``experiment.optimizer.name``, ``experiment.optimizer.learning_rate``);
    ``network`` and ``stop`` are described by their classes. ``seed`` drives every random number;
    ``start`` is the index of the starting point among those of one seed. Make one with
    ``Experiment.preset``, ``.load``, ``.of`` or ``.replace``; all raise WorkbenchError.
    """

    data: Choice
    network: NetworkSpec
    initializer: Choice
    optimizer: Choice
    schedule: Choice
    batching: Choice
    stop: Stop
    seed: int = 0
    start: int = 0
    dtype: str = "float32"
    title: str = field(default="", compare=False)

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> Experiment:
        """Build and validate an experiment from nested tables such as a TOML file holds."""
        given = table("experiment", value)
        only_keys("", given, (*_TOP, *SECTIONS))
        dtype = given.get("dtype", "float32")
        if dtype not in DTYPES:
            raise BadValue("dtype", f"must be one of {', '.join(DTYPES)}", dtype, DTYPES[0])
        title = given.get("title", "")
        if not isinstance(title, str):
            raise BadValue("title", "must be text", title, str(title))
        chosen = {
            section: choose(section, catalog, given.get(section, _DEFAULT_NAMES[section]))
            for section, catalog in CATALOGS.items()
        }
        experiment = cls(
            network=NetworkSpec.of(given.get("network", {})),
            stop=Stop.of(given.get("stop", {})),
            seed=integer("seed", given.get("seed", 0), 0, 2**63 - 1),
            start=integer("start", given.get("start", 0), 0, 2**32 - 1),
            dtype=dtype,
            title=title,
            **chosen,
        )
        experiment._check_fit()
        return experiment

    def _check_fit(self) -> None:
        """The network must fit the data and, where it is a fixed one, the starting point."""
        n_in, n_out = datasets.shape(self.data.name)
        sizes = list(self.network.sizes)
        for end, unit, n in ((0, "inputs", n_in), (-1, "outputs", n_out)):
            if sizes[end] != n:
                fitting = sizes.copy()
                fitting[end] = n
                place = "first" if end == 0 else "last"
                rule = f"must have {n} as its {place} entry, the {unit} of {self.data.name}"
                raise BadValue("network.sizes", rule, sizes, fitting)
        fixed = initializers.catalog.get(self.initializer.name).facts.get("sizes")
        if fixed and list(fixed) != sizes:
            rule = f"must be {list(fixed)} with the initializer {self.initializer.name}"
            raise BadValue("network.sizes", rule, sizes, list(fixed))

    @classmethod
    def preset(cls, name: str) -> Experiment:
        """An experiment of the gallery by its name; raises WorkbenchError with the nearest."""
        if name not in gallery():
            near = nearest_names(str(name), gallery()) or gallery()
            rule = "must be a name of the gallery"
            raise BadValue("experiment", rule, name, ", ".join(near))
        return cls.load(_GALLERY / f"{name}.toml")

    @classmethod
    def load(cls, path: str | Path) -> Experiment:
        """Read an experiment from a TOML file; raises WorkbenchError naming file and place."""
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "is not UTF-8 text"
            raise WorkbenchError(f"{path}: cannot be read as an experiment ({reason})") from None
        return cls.loads(text, str(path))

    @classmethod
    def loads(cls, text: str, source: str = "experiment") -> Experiment:
        """Read an experiment from TOML text; ``source`` names it in errors."""
        try:
            return cls.of(tomllib.loads(text))
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise WorkbenchError(f"{source}: is no valid TOML ({error})") from None
        except BadValue as error:
            error.args = (f"{source}: {error}",)
            raise

    def dumps(self) -> str:
        """The experiment as TOML text, with every value written out."""
        return tomli_w.dumps(self.to_dict())

    def save(self, path: str | Path) -> None:
        """Write the experiment as TOML; ``load`` of it equals this one."""
        Path(path).write_text(self.dumps(), encoding="utf-8")

    def to_dict(self) -> dict[str, Any]:
        """Nested plain tables with every value written out."""
        top = {"title": self.title, "seed": self.seed, "start": self.start, "dtype": self.dtype}
        return top | {section: getattr(self, section).to_dict() for section in SECTIONS}

    def replace(self, changes: Mapping[str, Any] | None = None, /, **sections: Any) -> Experiment:
        """A copy with some values changed.

        ``replace(seed=3, optimizer={"learning_rate": 0.1})`` changes single values of a section;
        ``replace({"optimizer.learning_rate": 0.1})`` does the same by dotted names. Where the name
        of an item changes, the hyper-parameters not given take the new item's defaults.
        """
        merged = self.to_dict()
        flat = dict(changes or {})
        for key, value in sections.items():
            value = value.to_dict() if isinstance(value, Choice | NetworkSpec | Stop) else value
            if key in SECTIONS and isinstance(value, Mapping):
                flat.update({f"{key}.{inner}": v for inner, v in value.items()})
            elif key in CATALOGS and isinstance(value, str):
                flat[f"{key}.name"] = value
            else:
                flat[key] = value
        # Names first, so that a new item's own values are not dropped with the old item's.
        for key in sorted(flat, key=lambda k: not k.endswith(".name")):
            section, _, inner = key.partition(".")
            if not inner:
                merged[section] = flat[key]
                continue
            only_keys("", {section: None}, (*_TOP, *SECTIONS))
            if section not in SECTIONS:
                raise BadValue(key, f"{section} is a single value", flat[key], section)
            if inner == "name" and section in CATALOGS and flat[key] != merged[section]["name"]:
                merged[section] = {}
            if flat[key] is None:
                merged[section].pop(inner, None)
            else:
                merged[section][inner] = flat[key]
        return Experiment.of(merged)

    @property
    def hash(self) -> str:
        """16 hexadecimal digits; equal for experiments that determine the same result."""
        content = self.to_dict()
        del content["title"]
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def numpy_dtype(self) -> np.dtype:
        """The dtype of parameters, inputs and targets."""
        return np.dtype(self.dtype)


def gallery() -> list[str]:
    """Names of the bundled experiments, sorted."""
    return sorted(path.stem for path in _GALLERY.glob("*.toml"))
