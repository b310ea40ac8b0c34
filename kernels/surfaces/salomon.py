"""Salomon's function, f = 1 - cos(2πr) + 0.1r, r = √(x² + y²).

Salomon 1996, BioSystems 39.

The global minimum is a kink, the tip of a cone.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import Minimum, catalog, height, marked


def _rings() -> tuple[Minimum, ...]:
    # 2π sin 2πr = -0.1 with a positive cosine.
    lag = np.arcsin(0.05 / np.pi) / (2.0 * np.pi)
    low = 1.0 - np.sqrt(1.0 - (0.05 / np.pi) ** 2)
    radii = [k - lag for k in range(1, 142)]
    rings = [(r / np.sqrt(2.0), r / np.sqrt(2.0), low + 0.1 * r) for r in radii]
    return marked([(0.0, 0.0, 0.0), *((float(x), float(y), float(v)) for x, y, v in rings)])


class Salomon(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    r = np.sqrt(x * x + y * y + 1e-30)
    return 1.0 - np.cos(2.0 * np.pi * r) + 0.1 * r


catalog.register(
    Salomon,
    "salomon",
    "ring-shaped valleys that rise outwards",
    rules={height: _height},
    formula="1 - cos(2πr) + 0.1r, r = √(x² + y²)",
    source="Salomon 1996, BioSystems 39",
    domain=(-100.0, 100.0, -100.0, 100.0),
    minima=_rings(),
    note="The global minimum is a kink, the tip of a cone.",
    connected="each but (0, 0) stands for the circle through it about the origin",
)
