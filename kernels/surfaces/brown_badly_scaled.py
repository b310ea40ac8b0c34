"""Brown's badly scaled function, f = (x - 10⁶)² + (y - 2·10⁻⁶)² + (xy - 2)².

Moré, Garbow & Hillstrom 1981, ACM Transactions on Mathematical Software 7, problem 4.
"""

from typing import Any, NamedTuple

from kernels.surfaces import catalog, height


class BrownBadlyScaled(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    a = x - 1e6
    b = y - 2e-6
    c = x * y - 2.0
    return a * a + b * b + c * c


catalog.register(
    BrownBadlyScaled,
    "brown_badly_scaled",
    "the minimum at (10⁶, 2·10⁻⁶)",
    rules={height: _height},
    formula="(x - 10⁶)² + (y - 2·10⁻⁶)² + (xy - 2)²",
    source="Moré, Garbow & Hillstrom 1981, ACM Transactions on Mathematical Software 7, problem 4",
    domain=(0.0, 2000000.0, -1.0, 1.0),
    minima=((1000000.0, 2e-06, 0.0, True),),
)
