"""Keane's function, f = -sin²(x - y) sin²(x + y) / √(x² + y²).

Keane 1994, in Parmee, Adaptive Computing in Engineering Design and Control; Jamil & Yang 2013,
arXiv 1308.4008.

The usual domain, [0, 10]², has the optima on its boundary; here it is mirrored, which makes them
minima. The hole of the formula at the origin is filled with its limit, zero.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height


class Keane(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    a = np.sin(x - y)
    b = np.sin(x + y)
    return -(a * a) * (b * b) / np.sqrt(x * x + y * y + 1e-30)


catalog.register(
    Keane,
    "keane",
    "waves that fade away from the origin",
    rules={height: _height},
    formula="-sin²(x - y) sin²(x + y) / √(x² + y²)",
    source="Keane 1994, in Parmee, Adaptive Computing in Engineering Design and Control; "
    "Jamil & Yang 2013, arXiv 1308.4008",
    domain=(-10.0, 10.0, -10.0, 10.0),
    minima=(),
    note="The usual domain, [0, 10]², has the optima on its boundary; here it is mirrored,"
    " which makes them minima. The hole of the formula at the origin is filled with "
    "its limit, zero.",
)
