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

from kernels import batchings, initializers, optimizers, penalties, schedules
from kernels.catalog import nearest_name, nearest_names
from kernels.domains import Range
from kernels.network import parameter_count
from workbench import datasets, starts
from workbench.errors import BadValue, WorkbenchError
from workbench.fields import Choice, choose, integer, located, only_keys, plain, table
from workbench.sections import NetworkSpec, Stop

SECTIONS = (
    "data",
    "network",
    "penalty",
    "initializer",
    "optimizer",
    "schedule",
    "batching",
    "stop",
)
CATALOGS = {
    "data": datasets.catalog,
    "penalty": penalties.catalog,
    "initializer": initializers.catalog,
    "optimizer": optimizers.catalog,
    "schedule": schedules.catalog,
    "batching": batchings.catalog,
}
_WITH_FILES = ("data", "initializer")
DTYPES = ("float32", "float64")
_TOP = ("title", "seed", "start", "dtype")
_DEFAULT_NAMES = {
    "data": "digits01_4x4",
    "penalty": "none",
    "initializer": "he_normal",
    "optimizer": "sgd",
    "schedule": "constant",
    "batching": "full_batch",
}
_GALLERY = Path(__file__).parent / "gallery"


@dataclass(frozen=True)
class Experiment:
    """Everything that determines a result.

    Fields ``data``, ``penalty``, ``initializer``, ``optimizer``, ``schedule``, ``batching`` are
    named items with hyper-parameters (``experiment.optimizer.name``,
    ``experiment.optimizer.learning_rate``); ``network`` and ``stop`` are described by their
    classes. ``penalty`` is a term of the training loss, not of the test loss. ``seed`` drives every
    random number; ``start`` is the index of the starting point among those of one seed. Make one
    with ``Experiment.preset``, ``.load``, ``.of`` or ``.replace``; all raise WorkbenchError.
    Files that it names are known by their content: ``digests`` holds field, path and SHA-256 of
    each, so the same path with other content makes another experiment.
    """

    data: Choice
    network: NetworkSpec
    penalty: Choice
    initializer: Choice
    optimizer: Choice
    schedule: Choice
    batching: Choice
    stop: Stop
    seed: int = 0
    start: int = 0
    dtype: str = "float32"
    title: str = field(default="", compare=False)
    digests: datasets.Digests = ()

    @classmethod
    def of(cls, value: Mapping[str, Any], base: Path | None = None) -> Experiment:
        """Build and validate an experiment from nested tables such as a TOML file holds.

        Paths become absolute; relative ones start at the folder ``base``, or the current one.
        """
        given = table("experiment", plain(value))
        only_keys("", given, (*_TOP, *SECTIONS))
        dtype = given.get("dtype", "float32")
        if dtype not in DTYPES:
            near = nearest_name(str(dtype), list(DTYPES)) or DTYPES[0]
            raise BadValue("dtype", f"must be one of {', '.join(DTYPES)}", dtype, near)
        title = given.get("title", "")
        if not isinstance(title, str):
            raise BadValue("title", "must be text", title, '"text in quotes"')
        if not title.isprintable():
            shown = "".join(c if c.isprintable() else " " for c in title)
            raise BadValue("title", "must be one line of printable text", title, repr(shown))
        chosen = {
            section: choose(section, catalog, given.get(section, _DEFAULT_NAMES[section]))
            for section, catalog in CATALOGS.items()
        }
        digests: datasets.Digests = ()
        for section in _WITH_FILES:
            catalog, choice = CATALOGS[section], chosen[section]
            chosen[section] = choice = located(choice, catalog, base)
            digests += datasets.digests(section, catalog, choice.name, choice.item)
        experiment = cls(
            network=NetworkSpec.of(given.get("network", {})),
            stop=Stop.of(given.get("stop", {})),
            seed=integer("seed", given.get("seed", 0), 0, 2**63 - 1),
            start=integer("start", given.get("start", 0), 0, 2**32 - 1),
            dtype=dtype,
            title=title,
            digests=digests,
            **chosen,
        )
        experiment._check_fit()
        return experiment

    def _check_fit(self) -> None:
        """The network must fit the data and the starting point, the stop rule the data, the
        optimizer the batching and the number of parameters."""
        data = self.data
        n_in, n_out = datasets.shape(data.name, data.item)
        sizes = list(self.network.sizes)
        for end, unit, n in ((0, "inputs", n_in), (-1, "outputs", n_out)):
            if sizes[end] != n:
                fitting = sizes.copy()
                fitting[end] = n
                place = "first" if end == 0 else "last"
                rule = f"must have {n} as its {place} entry, the {unit} of {data.name}"
                raise BadValue("network.sizes", rule, sizes, fitting)
        if self.stop.accuracy is not None and not datasets.has_classes(data.name, data.item):
            rule = "must be left out for a regression, which has no accuracy"
            raise BadValue("stop.accuracy", rule, self.stop.accuracy, "stop.loss")
        starts.check_fit(self.initializer, tuple(sizes))
        needs = optimizers.catalog.get(self.optimizer.name).facts
        exact = [item.name for item in batchings.catalog if item.facts["exact"]]
        if needs.get("exact") and self.batching.name not in exact:
            rule = f"must see all samples at every step with the optimizer {self.optimizer.name}"
            raise BadValue("batching.name", rule, self.batching.name, ", ".join(exact))
        most, count = needs.get("most_parameters"), parameter_count(sizes)
        if most and count > most:
            rule = f"must be one for more than {most} parameters (here {count})"
            scalable = [i.name for i in optimizers.catalog if i.facts.get("exact")]
            near = [n for n in scalable if n != self.optimizer.name]
            raise BadValue("optimizer.name", rule, self.optimizer.name, ", ".join(near))

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
        """Read an experiment from a TOML file; raises WorkbenchError naming file and place.

        Relative paths in it start at the file's own folder.
        """
        try:
            # Some editors begin a UTF-8 file with a byte order mark.
            text = Path(path).read_text(encoding="utf-8-sig")
        except (OSError, ValueError) as error:
            undecodable = isinstance(error, UnicodeDecodeError)
            reason = "not UTF-8 text" if undecodable else getattr(error, "strerror", None) or error
            raise WorkbenchError(f"{path}: cannot be read as an experiment ({reason})") from None
        return cls.loads(text, str(path), Path(path).absolute().parent)

    @classmethod
    def loads(cls, text: str, source: str = "experiment", base: Path | None = None) -> Experiment:
        """Read an experiment from TOML text; ``source`` names it in errors, see ``of``."""
        try:
            tables = tomllib.loads(text)
        except (ValueError, RecursionError) as error:
            raise WorkbenchError(f"{source}: is no valid TOML ({error})") from None
        try:
            return cls.of(tables, base)
        except BadValue as error:
            error.args = (f"{source}: {error}",)
            raise

    def dumps(self) -> str:
        """The experiment as TOML text, with every value written out."""
        return tomli_w.dumps(self.to_dict())

    def save(self, path: str | Path) -> None:
        """Write the experiment as TOML; ``load`` of it equals this one. Raises WorkbenchError.

        Paths of files that lie in the same folder, or below it, become relative, so that the folder
        can be moved as a whole.
        """
        content = self.to_dict()
        try:
            base = Path(path).absolute().parent
            for name, file, _ in self.digests:
                if Path(file).is_relative_to(base):
                    section, _, key = name.partition(".")
                    content[section][key] = Path(file).relative_to(base).as_posix()
            Path(path).write_text(tomli_w.dumps(content), encoding="utf-8")
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise WorkbenchError(f"{path}: cannot be written ({reason})") from None

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
        wanted = self._spelt_out({**table("changes", changes or {}), **sections})
        # Names first, so that a new item's own values are not dropped with the old item's.
        for key in sorted(wanted, key=lambda k: not k.endswith(".name")):
            section, _, inner = key.partition(".")
            if section not in SECTIONS:
                merged[key] = wanted[key]
                continue
            if inner == "name" and section in CATALOGS and wanted[key] != merged[section]["name"]:
                merged[section] = {}
            if wanted[key] is None:
                merged[section].pop(inner, None)
            else:
                merged[section][inner] = wanted[key]
        names = merged["network"]["activations"]
        resized = "network.sizes" in wanted and "network.activations" not in wanted
        if resized and names and all(name == names[0] for name in names):
            # One activation throughout stays so, whatever the new number of layers.
            merged["network"]["activations"] = names[0]
        return Experiment.of(merged)

    @staticmethod
    def _spelt_out(changes: Mapping[str, Any]) -> dict[str, Any]:
        """Changes by dotted names, from any spelling that ``replace`` accepts."""
        flat: dict[str, Any] = {}
        for name, value in changes.items():
            key = str(name)
            section, dot, inner = key.partition(".")
            value = value.to_dict() if isinstance(value, Choice | NetworkSpec | Stop) else value
            only_keys("", {section: value}, (*_TOP, *SECTIONS))
            if section in _TOP and dot:
                raise BadValue(key, f"{section} is a single value", value, section)
            if section in _TOP or inner:
                flat[key] = value
            elif section in CATALOGS and isinstance(value, str):
                flat[f"{section}.name"] = value
            else:
                flat |= {f"{section}.{k}": v for k, v in table(section, value).items()}
        return flat

    @property
    def hash(self) -> str:
        """16 hexadecimal digits; equal for experiments that determine the same result.

        Of a file its content counts, and not where it lies.
        """
        content = self.to_dict()
        del content["title"]
        for name, _, digest in self.digests:
            section, _, key = name.partition(".")
            content[section][key] = f"sha256:{digest}"
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def numpy_dtype(self) -> np.dtype:
        """The dtype of parameters, inputs and targets."""
        return np.dtype(self.dtype)


def is_text(key: str) -> bool:
    """Whether ``section.name`` names a hyper-parameter that is text with some item."""
    section, _, inner = key.partition(".")
    hypers = (hyper for item in CATALOGS.get(section, ()) for hyper in item.hypers)
    return any(h.name == inner and not isinstance(h.domain, Range) for h in hypers)


def gallery() -> list[str]:
    """Names of the bundled experiments, sorted."""
    return sorted(path.stem for path in _GALLERY.glob("*.toml"))
