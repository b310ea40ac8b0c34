"""Egg crate, f = x² + y² + 25 (sin² x + sin² y).

Jamil & Yang 2013, arXiv 1308.4008.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height, summed

_LINE = (
    (-3.01960188478495, 9.48819733910626),
    (0.0, 0.0),
    (3.01960188478495, 9.48819733910626),
)


class EggCrate(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    a = np.sin(x)
    b = np.sin(y)
    return x * x + y * y + 25.0 * (a * a + b * b)


catalog.register(
    EggCrate,
    "egg_crate",
    "one global minimum and a ring of eight",
    rules={height: _height},
    formula="x² + y² + 25 (sin² x + sin² y)",
    source="Jamil & Yang 2013, arXiv 1308.4008",
    domain=(-5.0, 5.0, -5.0, 5.0),
    minima=summed(_LINE, _LINE),
)
