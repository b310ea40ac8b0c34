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
    minima=(
        (3.141592653589793, 3.141592653589793, -1.0, True),
        (1.3049954504376675, 1.3049954504376675, -8.110223891570074e-05, False),
        (1.3049954504376675, 4.978189856741919, -8.110223891570066e-05, False),
        (4.978189856741919, 1.3049954504376675, -8.110223891570066e-05, False),
        (4.978189856741919, 4.978189856741919, -8.110223891570059e-05, False),
    ),
    note="The usual domain is ±100, nearly all of it zero in floating point.",
)
