"""Another starting point, moved by normal noise: a start near by, a perturbed trained network.

The noise is a function of (seed, start index) in a stream of its own, so the starts of one
experiment lie around one common point. What that point is: a start of another initializer with its
default hyper-parameters, or a file of parameters.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from kernels.domains import FilePath, Text, Words
from kernels.draws import fill_normals
from kernels.initializers import catalog
from kernels.random import STREAM_PERTURBATION
from workbench import starts
from workbench.fields import Choice
from workbench.starts.file import read_parameters


class Perturbed(NamedTuple):
    """Start ``of_start`` of the initializer ``of``, or the parameters in the file ``path`` where
    one is given (``array`` of an .npz file), plus noise of standard ``deviation``."""

    of: str = "he_normal"
    of_start: float = 0
    deviation: float = 0.1
    path: str = ""
    array: str = "parameters"


def _check(item: Any, sizes: tuple[int, ...]) -> None:
    if item.path:
        read_parameters(item.path, item.array, sizes)
    else:
        starts.check_fit(Choice(item.of, starts.with_defaults(item.of)), sizes)


def _start(item: Any, model: Any, index: int) -> np.ndarray:
    if item.path:
        centre = read_parameters(item.path, item.array, model.experiment.network.sizes)
    else:
        centre = starts.point(item.of, starts.with_defaults(item.of), model, int(item.of_start))
    noise = np.empty(len(centre))
    fill_normals(model.experiment.seed, STREAM_PERTURBATION, index, noise)
    return centre + item.deviation * noise


catalog.register(
    Perturbed,
    "perturbed",
    "another start, or a file's parameters, plus normal noise",
    hypers={
        "of": (Words(starts.simple), "the initializer whose start is moved"),
        "of_start": ("integer [0, 4294967295]", "which of its starts"),
        "deviation": ("[0, inf)", "standard deviation of the noise on every parameter"),
        "path": (
            FilePath("the path of an .npz or .npy file", optional=True),
            "a file of parameters to move, instead",
        ),
        "array": (Text("the name of an array"), "array of an .npz file: parameters, initial"),
    },
    start=_start,
    check=_check,
)
