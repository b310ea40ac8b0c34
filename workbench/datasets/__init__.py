"""Data sets: inputs and targets, with a reproducible train/test split, one data set a file.

An item registers a function ``table(item) -> Table`` among its facts and, where these are known
without making the table, ``shape``: (n_in, n_out) or a function of the item that gives them.
``classes`` says whether targets stand for classes: True (the default), False, or a function of the
item; ``check(item)`` raises BadValue for values that do not go together. Every item has the
hyper-parameters of ``COMMON``. Random numbers come from the counter-based generator, from an item's
own seed: the experiment's seed draws starts and batches, and many of them can be compared on the
same data.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from kernels.catalog import Catalog
from kernels.domains import FilePath, Words
from kernels.draws import fill_normals, fill_uniforms
from kernels.random import STREAM_DATA, STREAM_SPLIT, permutation
from workbench import files
from workbench.errors import BadValue, WorkbenchError
from workbench.scaling import KINDS

catalog = Catalog("data set", __name__)
SEED = ("integer [0, 4294967295]", "which draw of the samples")
SAMPLES = "integer [1, 1000000]"
COMMON = {
    "test_fraction": ("[0, 0.9]", "share of the samples held out for testing"),
    "split_seed": ("integer [0, 4294967295]", "which draw of the samples held out"),
    "scaling": (Words(tuple(KINDS)), "scaling of the inputs, fitted on the training part"),
}
CODING = (Words(("one_hot", "single")), "an output per class, or a single one: 0 or 1")
MOST_CLASSES = 1000

# A file an experiment names: field, path and the digest of its content.
Digests = tuple[tuple[str, str, str], ...]


class Table(NamedTuple):
    """A data set before it is split: inputs (n, n_in) and targets (n, n_out), float64.

    ``image_shape`` is (rows, columns) where an input is a picture; ``class_names`` names the
    outputs where targets stand for classes.
    """

    inputs: np.ndarray
    targets: np.ndarray
    image_shape: tuple[int, int] | None = None
    class_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Split:
    """Inputs (n, n_in) and targets (n, n_out) of one dtype, C-contiguous and read-only."""

    inputs: np.ndarray
    targets: np.ndarray


@dataclass(frozen=True)
class DataSet:
    """A data set in two parts, not scaled; see ``Table`` for ``image_shape`` and ``class_names``.

    ``classes`` tells targets that stand for classes from those of a regression, which have no
    accuracy.
    """

    name: str
    train: Split
    test: Split
    image_shape: tuple[int, int] | None
    class_names: tuple[str, ...]

    @property
    def classes(self) -> bool:
        """Whether targets stand for classes."""
        return bool(self.class_names)


def shape(name: str, item: Any = None) -> tuple[int, int]:
    """(n_in, n_out) of the data set ``name`` with the hyper-parameters ``item`` (the defaults).

    Raises WorkbenchError where a file that it needs cannot be read, or values do not go together.
    """
    entry = catalog.get(name)
    item = entry.make() if item is None else item
    if "check" in entry.facts:
        entry.facts["check"](item)
    found = entry.facts.get("shape") or _shape_of_table
    n_in, n_out = found(item) if callable(found) else found
    return int(n_in), int(n_out)


def has_classes(name: str, item: Any) -> bool:
    """Whether the targets stand for classes."""
    fact = catalog.get(name).facts.get("classes", True)
    return bool(fact(item) if callable(fact) else fact)


def _shape_of_table(item: Any) -> tuple[int, int]:
    entry = catalog.of(item)
    table = _table(entry.name, item, digests("data", catalog, entry.name, item))
    return table.inputs.shape[1], table.targets.shape[1]


def digests(section: str, items: Catalog, name: str, item: Any) -> Digests:
    """The files that an item names, by their content; raises BadValue for one not there."""
    found = []
    for hyper in items.get(name).hypers:
        domain, path = hyper.domain, getattr(item, hyper.name)
        if isinstance(domain, FilePath) and (path or not domain.optional):
            field = f"{section}.{hyper.name}"
            found.append((field, path, files.digest(field, path)))
    return tuple(found)


def one_hot(labels: np.ndarray, n_classes: int) -> np.ndarray:
    """Targets float64 (n, n_classes): 1 at each sample's label, else 0."""
    return np.eye(n_classes)[labels]


def labelled(
    inputs: np.ndarray, labels: np.ndarray, names: tuple[str, ...], coding: str = "one_hot"
) -> Table:
    """A table of samples with class ``labels`` int (n,), each a place in ``names``."""
    if coding == "single":
        return Table(inputs, labels[:, None].astype(np.float64), None, names[1:])
    return Table(inputs, one_hot(labels, len(names)), None, names)


def outputs(coding: str) -> int:
    """The number of outputs for two classes."""
    return 1 if coding == "single" else 2


def uniforms(seed: float, part: int, *shape: int) -> np.ndarray:
    """Uniforms on [0, 1), float64; each ``part`` of a data set has numbers of its own."""
    values = np.empty(int(np.prod(shape)))
    fill_uniforms(int(seed), STREAM_DATA, part, values)
    return values.reshape(shape)


def normals(seed: float, part: int, *shape: int) -> np.ndarray:
    """Standard normals, float64; each ``part`` of a data set has numbers of its own."""
    values = np.empty(int(np.prod(shape)))
    fill_normals(int(seed), STREAM_DATA, part, values)
    return values.reshape(shape)


def classes_of(field: str, labels: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """Class numbers int64 (n,) and names of ``labels`` (n,), in their order; raises BadValue."""
    names, numbers = np.unique(labels, return_inverse=True)
    if not 2 <= len(names) <= MOST_CLASSES:
        rule = f"must have 2 to {MOST_CLASSES} different classes"
        raise BadValue(field, rule, f"{len(names)}", 'task = "regression"')
    if names.dtype.kind == "f" and (names == np.rint(names)).all():
        names = names.astype(np.int64)
    return numbers.astype(np.int64), tuple(str(name) for name in names.tolist())


def finite(field: str, values: np.ndarray, what: str) -> np.ndarray:
    """``values`` (n, …) as float64; raises BadValue where one is not finite."""
    made = np.asarray(values, np.float64)
    bad = np.argwhere(~np.isfinite(made))
    if len(bad):
        place = ", ".join(map(str, bad[0].tolist()))
        rule = f"must hold finite {what} (counting from 0, the one at {place} is not)"
        raise BadValue(field, rule, float(made[tuple(bad[0])]), "0")
    return made


def held_out(
    targets: np.ndarray, fraction: float, seed: int = 0, classes: bool = True
) -> np.ndarray:
    """Which samples are for testing: bool (n,).

    Of ``classes`` the same share of every distinct target is drawn, else a share of all samples, by
    the counter-based generator from ``seed``, the class and the sample numbers alone. The first
    sample of the set always trains.
    """
    chosen = np.zeros(len(targets), bool)
    numbers = np.zeros(len(targets), np.int64)
    if classes:
        _, numbers = np.unique(targets, axis=0, return_inverse=True)
    for label in range(numbers.max() + 1):
        members = np.flatnonzero(numbers == label)
        members = members[members > 0]
        order = np.empty(len(members), np.int64)
        permutation(seed, STREAM_SPLIT, label, 0, order)
        count = round(fraction * len(members))
        chosen[members[order[:count]]] = True
    return chosen


def load(name: str, item: Any, dtype: Any, known: Digests | None = None) -> DataSet:
    """The data set ``name`` with the hyper-parameters ``item``, split and in ``dtype``.

    ``known`` are the digests of its files as an experiment holds them. Raises WorkbenchError where
    a file cannot be read or has another content by now.
    """
    found = digests("data", catalog, name, item)
    if known is not None and found != known:
        raise _changed(known)
    return _load(name, item, np.dtype(dtype), found)


@lru_cache(maxsize=8)
def _load(name: str, item: Any, dtype: np.dtype, found: Digests) -> DataSet:
    table = _table(name, item, found)
    test = held_out(
        table.targets, item.test_fraction, int(item.split_seed), bool(table.class_names)
    )
    train_part, test_part = _part(table, ~test, dtype), _part(table, test, dtype)
    return DataSet(name, train_part, test_part, table.image_shape, table.class_names)


@lru_cache(maxsize=4)
def _table(name: str, item: Any, found: Digests) -> Table:
    made: Table = catalog.get(name).facts["table"](item)
    for field, path, content in found:
        if files.digest(field, path) != content:
            raise _changed(found)
    return made


def _changed(known: Digests) -> WorkbenchError:
    names = ", ".join(path for _, path, _ in known) or "its files"
    return WorkbenchError(f"data: {names} changed after the experiment was made; make it anew")


def _part(table: Table, rows: np.ndarray, dtype: Any) -> Split:
    with np.errstate(over="ignore"):  # what float32 cannot hold shows itself as divergence
        arrays = [np.ascontiguousarray(a[rows], dtype) for a in (table.inputs, table.targets)]
    for array in arrays:
        array.flags.writeable = False
    return Split(*arrays)
