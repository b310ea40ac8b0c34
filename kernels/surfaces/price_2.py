"""Price's function 2, f = 1 + sin² x + sin² y - 0.1 exp(-x² - y²).

Price 1977, The Computer Journal 20; Jamil & Yang 2013, arXiv 1308.4008.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height, listed, mirrored

_MINIMA = """
    0 0 0.9
    3.14157640269642 0 0.999994827417314
    3.14159265274933 3.14159265274933 0.999999999732471
    6.28318530717959 0 1
    6.28318530717959 3.14159265358979 1
    6.28318530717959 6.28318530717959 1
    9.42477796076938 0 1
    9.42477796076938 3.14159265358979 1
    9.42477796076938 6.28318530717959 1
    9.42477796076938 9.42477796076938 1
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
