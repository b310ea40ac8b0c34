"""Price's function 2, f = 1 + sin² x + sin² y - 0.1 exp(-x² - y²).

Price 1977, The Computer Journal 20; Jamil & Yang 2013, arXiv 1308.4008.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height, listed, mirrored

_MINIMA = """
    0 0 0.9; 3.141576402696 0 0.9999948274173
    3.141592652749 3.141592652749 0.9999999997325; 6.28318530718 0 1
    6.28318530718 3.14159265359 1; 6.28318530718 6.28318530718 1
    9.424777960769 0 1; 9.424777960769 3.14159265359 1
    9.424777960769 6.28318530718 1; 9.424777960769 9.424777960769 1
"""


class Price2(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    a = np.sin(x)
    b = np.sin(y)
    return 1.0 + a * a + b * b - 0.1 * np.exp(-x * x - y * y)


catalog.register(
    Price2,
    "price_2",
    "a lattice of minima that differ by the tenth of a Gaussian",
    rules={height: _height},
    formula="1 + sin² x + sin² y - 0.1 exp(-x² - y²)",
    source="Price 1977, The Computer Journal 20; Jamil & Yang 2013, arXiv 1308.4008",
    domain=(-10.0, 10.0, -10.0, 10.0),
    minima=mirrored(listed(_MINIMA), swapped=True),
)
