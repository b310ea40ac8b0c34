"""Bukin's function 6, f = 100 √|y - 0.01x²| + 0.01 |x + 10|.

Bukin 1997, Budker Institute of Nuclear Physics; Jamil & Yang 2013, arXiv 1308.4008.

The minimum is a kink: the slope beside the valley's bottom is infinite.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height


class Bukin6(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    return 100.0 * np.sqrt(np.abs(y - 0.01 * x * x)) + 0.01 * np.abs(x + 10.0)


catalog.register(
    Bukin6,
    "bukin_6",
    "a valley with a sharp bottom, nearly level along it",
    rules={height: _height},
    formula="100 √|y - 0.01x²| + 0.01 |x + 10|",
    source="Bukin 1997, Budker Institute of Nuclear Physics; Jamil & Yang 2013, arXiv 1308.4008",
    domain=(-15.0, -5.0, -3.0, 3.0),
    minima=((-10.0, 1.0, 0.0, True),),
    note="The minimum is a kink: the slope beside the valley's bottom is infinite.",
)
