"""Regression: white inputs, answered by a linear map of given singular values, its modes.

The setting of Saxe, McClelland & Ganguli 2014, "Exact solutions to the nonlinear dynamics of
learning in deep linear neural networks", arXiv 1312.6120: inputs have mean 0 and covariance 1 over
the samples, exactly, so that the covariance of inputs and targets is the map.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from kernels.domains import BadHyper, Text
from workbench.datasets import COMMON, SAMPLES, SEED, Table, catalog, normals
from workbench.errors import BadValue

_MOST = 100


class LinearModes(NamedTuple):
    """``strengths``: singular values of the map, as many as there are inputs and outputs;
    ``samples``; ``seed`` of inputs and singular vectors."""

    strengths: str = "3, 2, 1"
    samples: float = 50
    seed: float = 0
    test_fraction: float = 0.0
    split_seed: float = 0
    scaling: str = "none"


def strengths(text: str) -> np.ndarray:
    """The singular values (n_modes,) of "3, 2, 1"; raises ValueError."""
    return np.array([float(part) for part in text.split(",")])


def _check(name: str, value: str) -> str:
    try:
        found = strengths(value)
    except ValueError:
        found = np.zeros(1)
    if not (len(found) <= _MOST and ((found > 0.0) & (found <= 1e6)).all()):
        rule = f"must be 1 to {_MOST} numbers above 0, at most 1e6, with commas between them"
        raise BadHyper(name, rule, value, "3, 2, 1")
    return ", ".join(f"{strength:.17g}" for strength in found)


def _enough(item: Any) -> None:
    n, modes = int(item.samples), len(strengths(item.strengths))
    if n <= modes:
        rule = f"must be more than the modes ({modes}) for white inputs of mean 0"
        raise BadValue("data.samples", rule, n, modes + 1)


def _table(item: Any) -> Table:
    n, values = int(item.samples), strengths(item.strengths)
    raw = normals(item.seed, 0, n, len(values))
    inputs = np.linalg.qr(raw - raw.mean(0))[0] * np.sqrt(n)
    left, right = (np.linalg.qr(normals(item.seed, k, *2 * values.shape))[0] for k in (1, 2))
    return Table(inputs, inputs @ (left * values) @ right.T)


def _shape(item: Any) -> tuple[int, int]:
    modes = len(strengths(item.strengths))
    return modes, modes


catalog.register(
    LinearModes,
    "linear_modes",
    "regression: white inputs answered by a linear map of given singular values",
    hypers={
        "strengths": (Text("numbers such as 3, 2, 1", _check), "singular values of the map"),
        "samples": (SAMPLES.replace("1000000", "100000"), "samples in all"),
        "seed": SEED,
    }
    | COMMON,
    shape=_shape,
    classes=False,
    check=_enough,
    table=_table,
)
