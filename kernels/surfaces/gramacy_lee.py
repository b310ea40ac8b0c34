"""Gramacy & Lee's function, f = x exp(-x² - y²).

Gramacy & Lee 2008, Computational Statistics & Data Analysis 53.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height


class GramacyLee(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    return x * np.exp(-x * x - y * y)


catalog.register(
    GramacyLee,
    "gramacy_lee",
    "a hole and a hill in a plain",
    rules={height: _height},
    formula="x exp(-x² - y²)",
    source="Gramacy & Lee 2008, Computational Statistics & Data Analysis 53",
    domain=(-2.0, 6.0, -2.0, 6.0),
    minima=((-0.7071067811865476, 0.0, -0.4288819424803534, True),),
)
