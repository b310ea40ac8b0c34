"""Drop-wave function, f = -(1 + cos(12 √(x² + y²))) / ((x² + y²)/2 + 2).

Surjanovic & Bingham 2013, Virtual Library of Simulation Experiments.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height, marked

_RINGS = (
    (0.520215558873214, -0.936245327807942),
    (1.04151002634211, -0.785751334652358),
    (1.56406028219722, -0.619499436773818),
    (2.08746101763467, -0.47778442822966),
    (2.61129290510067, -0.369127699442139),
    (3.13529839405934, -0.288812005118035),
    (15.1825661851786, -0.0170548332542351),
    (4.18338738836082, -0.18584476170366),
    (4.70739188529649, -0.152770481036612),
    (5.23135621215061, -0.127423745731587),
    (5.75528105425002, -0.107677268775445),
    (6.27916974716823, -0.0920530763802675),
    (6.80302639493402, -0.0795122146481169),
)


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
    minima=marked(
        [(0.0, 0.0, -1.0), *((r / np.sqrt(2.0), r / np.sqrt(2.0), v) for r, v in _RINGS)]
    ),
    connected="each but (0, 0) stands for the circle through it about the origin",
)
