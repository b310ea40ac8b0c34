"""Schwefel's function, f = 837.9657745448674 - x sin √|x| - y sin √|y|.

Schwefel 1981, Numerical Optimization of Computer Models.

The constant, 2 · 418.98…, makes the global minimum zero.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height


class Schwefel(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    return 837.9657745448674 - x * np.sin(np.sqrt(np.abs(x))) - y * np.sin(np.sqrt(np.abs(y)))


catalog.register(
    Schwefel,
    "schwefel",
    "the global minimum in a far corner, the second best elsewhere",
    rules={height: _height},
    formula="837.9657745448674 - x sin √|x| - y sin √|y|",
    source="Schwefel 1981, Numerical Optimization of Computer Models",
    domain=(-500.0, 500.0, -500.0, 500.0),
    minima=(),
    note="The constant, 2 · 418.98…, makes the global minimum zero.",
)
