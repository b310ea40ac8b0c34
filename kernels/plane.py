"""The training loss over a plane through a network's parameter space, a tile of points at a time.

Goodfellow, Vinyals & Saxe 2015, arXiv 1412.6544; Li, Xu, Taylor, Studer & Goldstein 2018,
"Visualizing the loss landscape of neural nets", arXiv 1712.09913, eq. 1.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from kernels.jit import exact_kernel
from kernels.lanes import load, store
from kernels.network import parameter_count
from kernels.rules import const
from kernels.tiles import TileWork, aligned, losses_tile, new_tile_work


class PlaneGrid(NamedTuple):
    """The points origin + along[j] * directions[0] + across[i] * directions[1].

    ``origin`` (n,), ``directions`` (2, n), ``along`` (n_x,), ``across`` (n_y,), of one dtype.
    """

    origin: Any
    directions: Any
    along: Any
    across: Any


class PlaneBench(NamedTuple):
    """Caller-owned scratch of one thread: ``points`` and ``gradient`` (n, width), ``place``
    (2, width) of the parameters' dtype, ``losses`` float64 (1, width)."""

    points: Any
    gradient: Any
    place: Any
    losses: Any
    work: TileWork


def new_plane_bench(network: Any, dtype: Any, width: Any) -> PlaneBench:
    """Scratch for points of a plane in the parameter space of ``network``."""
    shape = parameter_count(network.sizes), len(width)
    return PlaneBench(
        aligned(shape, dtype),
        aligned(shape, dtype),
        aligned((2, len(width)), dtype),
        aligned((1, len(width)), np.float64),
        new_tile_work(network.sizes, dtype, width),
    )


@exact_kernel
def plane_losses(
    network: Any, grid: Any, samples: Any, bench: Any, first: Any, last: Any, out: Any, width: Any
) -> None:
    """Training losses, penalty and all, at the grid's points first … last-1, counted row by row.

    Mutates ``bench`` and ``out``, float64 (n_y, n_x).
    """
    n_x = grid.along.size
    for begin in range(first, last, len(width)):
        for lane in range(len(width)):
            # Lanes past the end do the last point once more.
            point = min(begin + lane, last - 1)
            bench.place[0, lane] = grid.along[point % n_x]
            bench.place[1, lane] = grid.across[point // n_x]
        a, b = load(bench.place, 0, width), load(bench.place, 1, width)
        for k in range(grid.origin.size):
            step = a * const(a, grid.directions[0, k]) + b * const(a, grid.directions[1, k])
            store(bench.points, k, const(a, grid.origin[k]) + step)
        losses = losses_tile(network, bench.points, samples, bench.gradient, bench.work, width)
        store(bench.losses, 0, losses)
        for lane in range(min(len(width), last - begin)):
            point = begin + lane
            out[point // n_x, point % n_x] = bench.losses[0, lane]
