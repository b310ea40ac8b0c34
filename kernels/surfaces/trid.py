"""Trid function, f = (x - 1)² + (y - 1)² - xy.

Surjanovic & Bingham 2013, Virtual Library of Simulation Experiments.
"""

from typing import Any, NamedTuple

from kernels.surfaces import catalog, height


class Trid(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    return (x - 1.0) * (x - 1.0) + (y - 1.0) * (y - 1.0) - x * y


catalog.register(
    Trid,
    "trid",
    "a bowl with coupled coordinates",
    rules={height: _height},
    formula="(x - 1)² + (y - 1)² - xy",
    source="Surjanovic & Bingham 2013, Virtual Library of Simulation Experiments",
    domain=(-4.0, 4.0, -4.0, 4.0),
    minima=((2.0, 2.0, -2.0, True),),
)
