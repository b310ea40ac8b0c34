"""The loss over a plane through a network's parameter space.

Goodfellow, Vinyals & Saxe 2015, arXiv 1412.6544; Li, Xu, Taylor, Studer & Goldstein 2018,
"Visualizing the loss landscape of neural nets", arXiv 1712.09913, eq. 1.
"""

from __future__ import annotations

from typing import Any

from kernels.jit import kernel
from kernels.network import objective


@kernel
def plane_losses(
    network: Any,
    origin: Any,
    directions: Any,
    along: Any,
    across: Any,
    samples: Any,
    point: Any,
    work: Any,
    out: Any,
) -> None:
    """Loss with penalty at origin + along[j] * directions[0] + across[i] * directions[1].

    ``origin`` (n,), ``directions`` (2, n), ``along`` (n_x,), ``across`` (n_y,) share one dtype;
    ``out`` is float64 (n_y, n_x). Mutates ``out``, ``point`` (n,) and ``work``.
    """
    for i in range(across.size):
        for j in range(along.size):
            for k in range(origin.size):
                step = along[j] * directions[0, k] + across[i] * directions[1, k]
                point[k] = origin[k] + step
            out[i, j] = objective(network, point, samples, work)
