"""A user's arrays: an .npz file of NumPy with inputs and targets, read without pickle.

Inputs (n, n_in), or (n, rows, columns) for pictures. Targets of classes are labels (n,) or one-hot
(n, n_out); those of a regression are (n,) or (n, n_out).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from kernels.domains import FilePath, Text, Words
from workbench.arrays import read_array
from workbench.datasets import COMMON, Table, catalog, classes_of, finite, labelled
from workbench.errors import BadValue


class Npz(NamedTuple):
    """``path`` of the file, the names of its arrays of ``inputs`` and ``targets``, and the
    ``task`` that the targets are for."""

    path: str = ""
    inputs: str = "inputs"
    targets: str = "targets"
    task: str = "classes"
    test_fraction: float = 0.25
    split_seed: float = 0
    scaling: str = "none"


def _table(item: Any) -> Table:
    inputs = read_array("data.path", item.path, item.inputs, "data.inputs")
    targets = read_array("data.path", item.path, item.targets, "data.targets")
    if inputs.ndim not in (2, 3) or not inputs.size:
        rule = "must be an array of shape (n, n_in) or (n, rows, columns)"
        raise BadValue("data.inputs", rule, f"shape {inputs.shape}", "(n, n_in)")
    picture = (inputs.shape[1], inputs.shape[2]) if inputs.ndim == 3 else None
    if targets.ndim not in (1, 2) or len(targets) != len(inputs) or not targets.size:
        rule = f"must be an array of shape ({len(inputs)},) or ({len(inputs)}, n_out)"
        raise BadValue("data.targets", rule, f"shape {targets.shape}", f"({len(inputs)},)")
    given = finite("data.inputs", inputs, "numbers").reshape(len(inputs), -1)
    wanted = finite("data.targets", targets, "numbers")
    if item.task == "regression":
        return Table(given, wanted.reshape(len(wanted), -1), picture)
    if wanted.ndim == 2 and wanted.shape[1] > 1:
        wanted = _labels(wanted)
    labels, names = classes_of("data.targets", wanted.ravel())
    return labelled(given, labels, names)._replace(image_shape=picture)


def _labels(targets: np.ndarray) -> np.ndarray:
    """The classes of one-hot rows."""
    if not (((targets == 0) | (targets == 1)).all() and (targets.sum(1) == 1).all()):
        row = int(np.argmin(((targets == 0) | (targets == 1)).all(1) & (targets.sum(1) == 1)))
        rule = f"must be labels or one-hot rows for classes (row {row}, counting from 0, is not)"
        raise BadValue("data.targets", rule, targets[row].tolist()[:8], 'task = "regression"')
    return targets.argmax(1).astype(np.float64)


catalog.register(
    Npz,
    "npz",
    "a user's .npz file: arrays of inputs and targets",
    hypers={
        "path": (FilePath("the path of an .npz file"), "the file"),
        "inputs": (Text("the name of an array"), "array of the inputs, one row a sample"),
        "targets": (Text("the name of an array"), "array of the targets, one row a sample"),
        "task": (Words(("classes", "regression")), "what the targets stand for"),
    }
    | COMMON,
    classes=lambda item: item.task == "classes",
    table=_table,
)
