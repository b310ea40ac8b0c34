"""Dixon & Price's function, f = (x - 1)² + 2 (2y² - x)².

Dixon & Price 1989, Journal of Optimization Theory and Applications 60; Jamil & Yang 2013, arXiv
1308.4008.
"""

from typing import Any, NamedTuple

from kernels.surfaces import catalog, height


class DixonPrice(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    a = x - 1.0
    b = 2.0 * y * y - x
    return a * a + 2.0 * b * b


catalog.register(
    DixonPrice,
    "dixon_price",
    "two global minima across a curved valley",
    rules={height: _height},
    formula="(x - 1)² + 2 (2y² - x)²",
    source="Dixon & Price 1989, Journal of Optimization Theory and Applications 60; Jamil & "
    "Yang 2013, arXiv 1308.4008",
    domain=(-10.0, 10.0, -10.0, 10.0),
    minima=(
        (1.0, -0.7071067811865476, 0.0, True),
        (1.0, 0.7071067811865476, 0.0, True),
    ),
)
