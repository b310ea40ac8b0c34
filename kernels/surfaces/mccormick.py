"""McCormick's function, f = sin(x + y) + (x - y)² - 1.5x + 2.5y + 1.

McCormick, in Lootsma 1972, Numerical Methods for Non-Linear Optimization; Jamil & Yang 2013,
arXiv 1308.4008.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height


class McCormick(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    d = x - y
    return np.sin(x + y) + d * d - 1.5 * x + 2.5 * y + 1.0


catalog.register(
    McCormick,
    "mccormick",
    "a tilted sine along one diagonal, a parabola along the other",
    rules={height: _height},
    formula="sin(x + y) + (x - y)² - 1.5x + 2.5y + 1",
    source="McCormick, in Lootsma 1972, Numerical Methods for Non-Linear Optimization; "
    "Jamil & Yang 2013, arXiv 1308.4008",
    domain=(-1.5, 4.0, -3.0, 4.0),
    minima=(
        (-0.5471975511965977, -1.5471975511965979, -1.9132229549810364, True),
        (2.5943951023931957, 1.5943951023931955, 1.2283696986087569, False),
    ),
)
