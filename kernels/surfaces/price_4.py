"""Price's function 4, f = (2x³y - y³)² + (6x - y² + y)².

Price 1977, The Computer Journal 20; Jamil & Yang 2013, arXiv 1308.4008.
"""

from typing import Any, NamedTuple

from kernels.surfaces import catalog, height


class Price4(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    a = 2.0 * x * x * x * y - y * y * y
    b = 6.0 * x - y * y + y
    return a * a + b * b


catalog.register(
    Price4,
    "price_4",
    "three global minima in narrow bent valleys",
    rules={height: _height},
    formula="(2x³y - y³)² + (6x - y² + y)²",
    source="Price 1977, The Computer Journal 20; Jamil & Yang 2013, arXiv 1308.4008",
    domain=(-50.0, 50.0, -50.0, 50.0),
    minima=(
        (0.0, 0.0, 0.0, True),
        (1.4643521196636984, -2.5060127607816622, 0.0, True),
        (2.0, 4.0, 0.0, True),
    ),
)
