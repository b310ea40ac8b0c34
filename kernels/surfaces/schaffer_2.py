"""Schaffer's function 2, f = 0.5 + (sin²(x² - y²) - 0.5) / (1 + 0.001 (x² + y²))².

Mishra 2007, MPRA 2718; Jamil & Yang 2013, arXiv 1308.4008.

The usual domain, ±100, holds some 13,000 minima of the same kind.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height


class Schaffer2(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    xx = x * x
    yy = y * y
    wave = np.sin(xx - yy)
    d = 1.0 + 0.001 * (xx + yy)
    return 0.5 + (wave * wave - 0.5) / (d * d)


catalog.register(
    Schaffer2,
    "schaffer_2",
    "narrow crossing waves: minima on both axes",
    rules={height: _height},
    formula="0.5 + (sin²(x² - y²) - 0.5) / (1 + 0.001 (x² + y²))²",
    source="Mishra 2007, MPRA 2718; Jamil & Yang 2013, arXiv 1308.4008",
    domain=(-10.0, 10.0, -10.0, 10.0),
    minima=(),
    note="The usual domain, ±100, holds some 13,000 minima of the same kind.",
)
