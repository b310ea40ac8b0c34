"""Perm function 0, β = 10.

    f = ((1 + β)(x - 1) + (2 + β)(y - 1/2))² + ((1 + β)(x² - 1) + (2 + β)(y² - 1/4))², β = 10

Surjanovic & Bingham 2013, Virtual Library of Simulation Experiments.
"""

from typing import Any, NamedTuple

from kernels.surfaces import catalog, height


class Perm0(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    a = 11.0 * (x - 1.0) + 12.0 * (y - 0.5)
    b = 11.0 * (x * x - 1.0) + 12.0 * (y * y - 0.25)
    return a * a + b * b


catalog.register(
    Perm0,
    "perm_0",
    "a curved valley that is nearly level",
    rules={height: _height},
    formula="((1 + β)(x - 1) + (2 + β)(y - 1/2))² + ((1 + β)(x² - 1) + (2 + β)(y² - 1/4))², β = 10",
    source="Surjanovic & Bingham 2013, Virtual Library of Simulation Experiments",
    domain=(-2.0, 2.0, -2.0, 2.0),
    minima=(
        (0.4782608695652174, 0.9782608695652174, 0.0, True),
        (1.0, 0.5, 0.0, True),
    ),
)
