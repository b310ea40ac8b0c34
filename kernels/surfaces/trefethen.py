"""Trefethen's function.

    f = exp(sin 50x) + sin(60 eʸ) + sin(70 sin x) + sin(sin 80y) - sin(10 (x + y)) + (x² + y²)/4

Trefethen 2002, SIAM News 35, problem 4; Bornemann et al. 2004, The SIAM 100-Digit Challenge.

The plane has one global minimum, within this domain; ±1 holds some 2,700 local ones.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height


class Trefethen(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    first = np.exp(np.sin(50.0 * x)) + np.sin(60.0 * np.exp(y)) + np.sin(70.0 * np.sin(x))
    second = np.sin(np.sin(80.0 * y)) - np.sin(10.0 * (x + y))
    return first + second + 0.25 * (x * x + y * y)


catalog.register(
    Trefethen,
    "trefethen",
    "the SIAM 100-digit challenge: waves of six lengths",
    rules={height: _height},
    formula="exp(sin 50x) + sin(60 eʸ) + sin(70 sin x) + sin(sin 80y) - sin(10 (x + y)) + (x²"
    " + y²)/4",
    source="Trefethen 2002, SIAM News 35, problem 4; Bornemann et al. 2004, The SIAM "
    "100-Digit Challenge",
    domain=(-0.25, 0.25, -0.25, 0.25),
    minima=(),
    note="The plane has one global minimum, within this domain; ±1 holds some 2,700 local ones.",
)
