"""Levy's function.

    f = sin² πa + (a - 1)² (1 + 10 sin²(πa + 1)) + (b - 1)² (1 + sin² 2πb), a = 1 + (x - 1)/4, b
    = 1 + (y - 1)/4

Levy & Montalvo 1985, SIAM Journal on Scientific and Statistical Computing 6; Surjanovic & Bingham
2013, Virtual Library of Simulation Experiments.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height, summed

_ALONG_X = (
    (-8.24455466546494, 6.05585142497308),
    (-4.2054349857182, 2.40007940818025),
    (1.0, 0.0),
    (3.79108219045051, 1.16045321067391),
    (7.72308215079046, 3.53592220199619),
)
_ALONG_Y = (
    (-8.95902332060794, 6.22453052571356),
    (-6.94845227848752, 3.97445014327538),
    (-4.93028625061024, 2.22427097740881),
    (-2.89064960846171, 0.97371159557685),
    (1.0, 0.0),
    (4.89064960846171, 0.97371159557685),
    (6.93028625061024, 2.22427097740881),
    (8.94845227848752, 3.97445014327538),
)


class Levy(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    a = 0.25 * (x - 1.0)
    b = 0.25 * (y - 1.0)
    first = np.sin(np.pi * (a + 1.0))
    second = np.sin(np.pi * (a + 1.0) + 1.0)
    third = np.sin(2.0 * np.pi * (b + 1.0))
    return first * first + a * a * (1.0 + 10.0 * second * second) + b * b * (1.0 + third * third)


catalog.register(
    Levy,
    "levy",
    "waves that steepen away from the one global minimum",
    rules={height: _height},
    formula="sin² πa + (a - 1)² (1 + 10 sin²(πa + 1)) + (b - 1)² (1 + sin² 2πb), a = 1 + (x -"
    " 1)/4, b = 1 + (y - 1)/4",
    source="Levy & Montalvo 1985, SIAM Journal on Scientific and Statistical Computing 6; "
    "Surjanovic & Bingham 2013, Virtual Library of Simulation Experiments",
    domain=(-10.0, 10.0, -10.0, 10.0),
    minima=summed(_ALONG_X, _ALONG_Y),
)
