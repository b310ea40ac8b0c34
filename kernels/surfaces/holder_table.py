"""Hölder table, f = -|sin x cos y exp|1 - √(x² + y²)/π||.

Jamil & Yang 2013, arXiv 1308.4008.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height


class HolderTable(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    r = np.sqrt(x * x + y * y + 1e-30)
    return -np.abs(np.sin(x) * np.cos(y) * np.exp(np.abs(1.0 - r / np.pi)))


catalog.register(
    HolderTable,
    "holder_table",
    "four global minima in the corners of a table with many dents",
    rules={height: _height},
    formula="-|sin x cos y exp|1 - √(x² + y²)/π||",
    source="Jamil & Yang 2013, arXiv 1308.4008",
    domain=(-10.0, 10.0, -10.0, 10.0),
    minima=(),
)
