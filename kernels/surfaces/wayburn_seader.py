"""Wayburn & Seader's function 1, f = (x⁶ + y⁴ - 17)² + (2x + y - 4)².

Wayburn & Seader 1987, Computers & Chemical Engineering 11; Jamil & Yang 2013, arXiv 1308.4008.
"""

from typing import Any, NamedTuple

from kernels.surfaces import catalog, height


class WayburnSeader(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    xx = x * x
    yy = y * y
    a = xx * xx * xx + yy * yy - 17.0
    b = 2.0 * x + y - 4.0
    return a * a + b * b


catalog.register(
    WayburnSeader,
    "wayburn_seader",
    "two global minima where a line meets an oval",
    rules={height: _height},
    formula="(x⁶ + y⁴ - 17)² + (2x + y - 4)²",
    source="Wayburn & Seader 1987, Computers & Chemical Engineering 11; Jamil & Yang 2013, "
    "arXiv 1308.4008",
    domain=(-5.0, 5.0, -5.0, 5.0),
    minima=(
        (1.0, 2.0, 0.0, True),
        (1.5968041538769333, 0.8063916922461333, 0.0, True),
    ),
)
