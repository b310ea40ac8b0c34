"""A fixed file of parameters: a run folder's parameters.npz, or a vector in an .npy file.

Read without pickle. The file's content, not its path, is part of the experiment's hash.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from kernels.domains import FilePath, Text
from kernels.initializers import catalog
from kernels.network import parameter_count
from workbench import files
from workbench.arrays import read_array
from workbench.errors import BadValue


class File(NamedTuple):
    """``path`` of the file; ``array``: which of an .npz file's arrays (a run folder's has
    ``parameters``, where the run ended, and ``initial``, where it began)."""

    path: str = ""
    array: str = "parameters"


def read_parameters(path: str, array: str, sizes: tuple[int, ...]) -> np.ndarray:
    """The parameters float64 (n,) in a file; raises BadValue where they do not fit ``sizes``."""
    values = _read(path, array, files.digest("initializer.path", path))
    wanted = parameter_count(sizes)
    if values.shape != (wanted,):
        rule = f"must hold the {wanted} parameters of a {'-'.join(map(str, sizes))} network"
        raise BadValue("initializer.path", rule, f"shape {values.shape}", f"shape ({wanted},)")
    return values


@lru_cache(maxsize=8)
def _read(path: str, array: str, digest: str) -> np.ndarray:
    values = read_array("initializer.path", path, array, "initializer.array").astype(np.float64)
    if not np.isfinite(values).all():
        place = int(np.flatnonzero(~np.isfinite(values.ravel()))[0])
        rule = f"must hold finite parameters (number {place}, counting from 0, is not)"
        raise BadValue("initializer.path", rule, float(values.ravel()[place]), "a finite number")
    values.flags.writeable = False
    return values


def _check(item: Any, sizes: tuple[int, ...]) -> None:
    read_parameters(item.path, item.array, sizes)


def _start(item: Any, model: Any, index: int) -> np.ndarray:
    return read_parameters(item.path, item.array, model.experiment.network.sizes)


catalog.register(
    File,
    "file",
    "a fixed file of parameters, such as a run folder's parameters.npz",
    hypers={
        "path": (FilePath("the path of an .npz or .npy file"), "the file"),
        "array": (Text("the name of an array"), "array of an .npz file: parameters, initial"),
    },
    start=_start,
    check=_check,
)
