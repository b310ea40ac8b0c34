"""Price's function 1, f = (|x| - 5)² + (|y| - 5)².

Price 1977, The Computer Journal 20; Jamil & Yang 2013, arXiv 1308.4008.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height


class Price1(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    a = np.abs(x) - 5.0
    b = np.abs(y) - 5.0
    return a * a + b * b


catalog.register(
    Price1,
    "price_1",
    "four equal bowls with creases between them",
    rules={height: _height},
    formula="(|x| - 5)² + (|y| - 5)²",
    source="Price 1977, The Computer Journal 20; Jamil & Yang 2013, arXiv 1308.4008",
    domain=(-500.0, 500.0, -500.0, 500.0),
    minima=(
        (-5.0, -5.0, 0.0, True),
        (-5.0, 5.0, 0.0, True),
        (5.0, -5.0, 0.0, True),
        (5.0, 5.0, 0.0, True),
    ),
)
