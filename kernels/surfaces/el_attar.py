"""El-Attar, Vidyasagar & Dutta's function, f = (x² + y - 10)² + (x + y² - 7)² + (x² + y³ - 1)².

El-Attar, Vidyasagar & Dutta 1979, SIAM Journal on Numerical Analysis 16; Jamil & Yang 2013, arXiv
1308.4008.
"""

from typing import Any, NamedTuple

from kernels.surfaces import catalog, height


class ElAttar(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    a = x * x + y - 10.0
    b = x + y * y - 7.0
    c = x * x + y * y * y - 1.0
    return a * a + b * b + c * c


catalog.register(
    ElAttar,
    "el_attar",
    "bent valleys of a sum of three squares",
    rules={height: _height},
    formula="(x² + y - 10)² + (x + y² - 7)² + (x² + y³ - 1)²",
    source="El-Attar, Vidyasagar & Dutta 1979, SIAM Journal on Numerical Analysis 16; Jamil "
    "& Yang 2013, arXiv 1308.4008",
    domain=(-100.0, 100.0, -100.0, 100.0),
    minima=(
        (3.409186822190061, -2.171433036284005, 1.7127803548622034, True),
        (-3.6231475066867547, -2.3841454737409036, 26.97543097321582, False),
        (2.276170285567143, 0.8647773429290152, 54.75111864223102, False),
        (-1.5207074488890022, 1.4122812360054402, 99.0205581066429, False),
    ),
)
