"""Powell's badly scaled function, f = (10⁴ xy - 1)² + (exp(-x) + exp(-y) - 1.0001)².

Moré, Garbow & Hillstrom 1981, ACM Transactions on Mathematical Software 7, problem 3.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height


class PowellBadlyScaled(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    a = 1e4 * x * y - 1.0
    b = np.exp(-x) + np.exp(-y) - 1.0001
    return a * a + b * b


catalog.register(
    PowellBadlyScaled,
    "powell_badly_scaled",
    "curvatures that differ by the factor 10¹⁶",
    rules={height: _height},
    formula="(10⁴ xy - 1)² + (exp(-x) + exp(-y) - 1.0001)²",
    source="Moré, Garbow & Hillstrom 1981, ACM Transactions on Mathematical Software 7, problem 3",
    domain=(-1.0, 10.0, -1.0, 10.0),
    minima=(
        (1.0981593296998175e-05, 9.106146739866524, 0.0, True),
        (9.106146739866524, 1.0981593296998175e-05, 0.0, True),
    ),
)
