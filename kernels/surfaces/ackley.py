"""Ackley's function, f = 20 + e - 20 exp(-0.2 √((x² + y²)/2)) - exp((cos 2πx + cos 2πy)/2).

Ackley 1987, A Connectionist Machine for Genetic Hillclimbing; Bäck & Schwefel 1993.

The usual domain, ±32.768, holds some 4,000 minima of the same kind.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height


class Ackley(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    # The tip of the cone is rounded within 1e-15, so that it has a slope, zero.
    r = np.sqrt(0.5 * (x * x + y * y) + 1e-30)
    waves = np.cos(2.0 * np.pi * x) + np.cos(2.0 * np.pi * y)
    return 20.0 + np.e - 20.0 * np.exp(-0.2 * r) - np.exp(0.5 * waves)


catalog.register(
    Ackley,
    "ackley",
    "a cone-shaped global minimum in a nearly flat field of local ones",
    rules={height: _height},
    formula="20 + e - 20 exp(-0.2 √((x² + y²)/2)) - exp((cos 2πx + cos 2πy)/2)",
    source="Ackley 1987, A Connectionist Machine for Genetic Hillclimbing; Bäck & Schwefel 1993",
    domain=(-5.0, 5.0, -5.0, 5.0),
    minima=(),
    note="The usual domain, ±32.768, holds some 4,000 minima of the same kind.",
)
