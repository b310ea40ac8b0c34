"""Michalewicz' function, f = -sin x sin²⁰(x²/π) - sin y sin²⁰(2y²/π).

Michalewicz 1992, Genetic Algorithms + Data Structures = Evolution Programs; Molga & Smutnicki
2005, Test functions for optimization needs.

Steepness m = 10, hence the power 20.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height


class Michalewicz(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    a = np.sin(x * x / np.pi)
    b = np.sin(2.0 * y * y / np.pi)
    a, b = a * a, b * b
    aa, bb = a * a, b * b
    return -np.sin(x) * (aa * aa * a) * (aa * aa * a) - np.sin(y) * (bb * bb * b) * (bb * bb * b)


catalog.register(
    Michalewicz,
    "michalewicz",
    "steep narrow valleys between plains",
    rules={height: _height},
    formula="-sin x sin²⁰(x²/π) - sin y sin²⁰(2y²/π)",
    source="Michalewicz 1992, Genetic Algorithms + Data Structures = Evolution Programs; "
    "Molga & Smutnicki 2005, Test functions for optimization needs",
    domain=(0.0, np.pi, 0.0, np.pi),
    minima=(
        (2.2029055201726093, 1.5707963267948966, -1.8013034100985525, True),
        (2.2029055201726093, 2.7115714838430143, -1.2140595156208165, False),
    ),
    note="Steepness m = 10, hence the power 20.",
)
