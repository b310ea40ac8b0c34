"""Drop-wave function, f = -(1 + cos(12 √(x² + y²))) / ((x² + y²)/2 + 2).

Surjanovic & Bingham 2013, Virtual Library of Simulation Experiments.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height


class DropWave(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    s = x * x + y * y
    # The root's slope at zero would be infinite, the function's is not.
    wave = 1.0 + np.cos(12.0 * np.sqrt(s + 1e-30))
    return -wave / (0.5 * s + 2.0)


catalog.register(
    DropWave,
    "drop_wave",
    "ring-shaped valleys about the global minimum",
    rules={height: _height},
    formula="-(1 + cos(12 √(x² + y²))) / ((x² + y²)/2 + 2)",
    source="Surjanovic & Bingham 2013, Virtual Library of Simulation Experiments",
    domain=(-5.12, 5.12, -5.12, 5.12),
    minima=(),
    connected="each but (0, 0) stands for the circle through it about the origin",
)
