"""Freudenstein & Roth's function.

    f = (x - 13 + ((5 - y) y - 2) y)² + (x - 29 + ((y + 1) y - 14) y)²

Moré, Garbow & Hillstrom 1981, ACM Transactions on Mathematical Software 7, problem 2.
"""

from typing import Any, NamedTuple

from kernels.surfaces import catalog, height


class FreudensteinRoth(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    a = x - 13.0 + ((5.0 - y) * y - 2.0) * y
    b = x - 29.0 + ((y + 1.0) * y - 14.0) * y
    return a * a + b * b


catalog.register(
    FreudensteinRoth,
    "freudenstein_roth",
    "one global and one local minimum in bent valleys",
    rules={height: _height},
    formula="(x - 13 + ((5 - y) y - 2) y)² + (x - 29 + ((y + 1) y - 14) y)²",
    source="Moré, Garbow & Hillstrom 1981, ACM Transactions on Mathematical Software 7, problem 2",
    domain=(-15.0, 15.0, -10.0, 10.0),
    minima=(
        (5.0, 4.0, 0.0, True),
        (11.412778986902094, -0.8968052532744765, 48.98425367924002, False),
    ),
)
