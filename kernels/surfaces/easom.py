"""Easom's function, f = -cos x cos y exp(-(x - π)² - (y - π)²).

Easom 1990, A survey of global optimization techniques; Surjanovic & Bingham 2013, Virtual Library
of Simulation Experiments.

The usual domain is ±100, nearly all of it zero in floating point.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height


class Easom(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    u = x - np.pi
    v = y - np.pi
    return -np.cos(x) * np.cos(y) * np.exp(-u * u - v * v)


catalog.register(
    Easom,
    "easom",
    "one narrow hole in a plain",
    rules={height: _height},
    formula="-cos x cos y exp(-(x - π)² - (y - π)²)",
    source="Easom 1990, A survey of global optimization techniques; Surjanovic & Bingham "
    "2013, Virtual Library of Simulation Experiments",
    domain=(-1.0, 7.0, -1.0, 7.0),
    minima=(),
    note="The usual domain is ±100, nearly all of it zero in floating point.",
)
