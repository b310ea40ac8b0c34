"""Rastrigin's function, f = 20 + x² + y² - 10 (cos 2πx + cos 2πy).

Rastrigin 1974, Systems of Extremal Control.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import ascent, catalog, height, summed

_LINE = (
    (-4.97469139089505, 24.8737229345422),
    (-3.97978386030075, 15.9192437924615),
    (-2.98485570103948, 8.95460124148701),
    (-1.98991223370855, 3.97983119055409),
    (-0.994958637652335, 0.994959057093291),
    (0.0, 0.0),
    (0.994958637652335, 0.994959057093291),
    (1.98991223370855, 3.97983119055409),
    (2.98485570103948, 8.95460124148701),
    (3.97978386030075, 15.9192437924615),
    (4.97469139089505, 24.8737229345422),
)


class Rastrigin(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    waves = np.cos(2.0 * np.pi * x) + np.cos(2.0 * np.pi * y)
    return 20.0 + x * x + y * y - 10.0 * waves


def _ascent(item: Any, x: Any, y: Any) -> Any:
    k = 2.0 * np.pi
    return 2.0 * x + 10.0 * k * np.sin(k * x), 2.0 * y + 10.0 * k * np.sin(k * y)


catalog.register(
    Rastrigin,
    "rastrigin",
    "one global minimum in a lattice of local ones",
    rules={height: _height, ascent: _ascent},
    formula="20 + x² + y² - 10 (cos 2πx + cos 2πy)",
    source="Rastrigin 1974, Systems of Extremal Control",
    domain=(-5.12, 5.12, -5.12, 5.12),
    minima=summed(_LINE, _LINE),
)
