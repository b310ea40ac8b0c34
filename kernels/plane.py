"""Loss, accuracy and gradient at many points of parameter space, a tile of them at a time.

Goodfellow, Vinyals & Saxe 2015, arXiv 1412.6544; Li, Xu, Taylor, Studer & Goldstein 2018,
"Visualizing the loss landscape of neural nets", arXiv 1712.09913, eq. 1.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from kernels.jit import exact_kernel
from kernels.lanes import fma, load, store, widen
from kernels.network import parameter_count
from kernels.rules import const
from kernels.tiles import TileWork, aligned, gradient_tile, losses_tile, new_tile_work, right_tile


class Points(NamedTuple):
    """Points of parameter space, of one dtype: in a plane, point k is origin + places[k, 0] *
    directions[0] + places[k, 1] * directions[1]; where ``places`` is empty it is rows[k].

    ``origin`` (n,), ``directions`` (2, n), ``places`` (m or 0, 2), ``rows`` (0 or m, n). One type
    for both, so that what is compiled for a network serves both.
    """

    origin: Any
    directions: Any
    places: Any
    rows: Any


class PlaneBench(NamedTuple):
    """Caller-owned scratch of one thread: ``points`` and ``gradient`` (n, width) and ``place``
    (2, width) of the parameters' dtype, ``measured`` float64 (2, width)."""

    points: Any
    gradient: Any
    place: Any
    measured: Any
    work: TileWork


def new_plane_bench(network: Any, dtype: Any, width: Any) -> PlaneBench:
    """Scratch for points of the parameter space of ``network``."""
    shape = parameter_count(network.sizes), len(width)
    return PlaneBench(
        aligned(shape, dtype),
        aligned(shape, dtype),
        aligned((2, len(width)), dtype),
        aligned((2, len(width)), np.float64),
        new_tile_work(network.sizes, dtype, width),
    )


def points_of_plane(origin: Any, directions: Any, places: Any, dtype: Any) -> Points:
    """The points of a plane at ``places`` (m, 2); see ``Points``."""
    at, along, where = (np.require(v, dtype, ("C", "W")) for v in (origin, directions, places))
    return Points(at, along, where, np.empty((0, at.size), dtype))


def points_anywhere(rows: Any, dtype: Any) -> Points:
    """The points ``rows`` (m, n) of parameter space."""
    made = np.require(rows, dtype, ("C", "W"))
    n = made.shape[1]
    return Points(np.empty(n, dtype), np.empty((2, n), dtype), np.empty((0, 2), dtype), made)


@exact_kernel
def _fetch(points: Any, begin: Any, last: Any, bench: Any, width: Any) -> None:
    """Put the points from ``begin`` on into bench.points; lanes past the end repeat the last."""
    n = points.origin.size
    if points.places.shape[0] == 0:
        for lane in range(len(width)):
            row = points.rows[min(begin + lane, last - 1)]
            for k in range(n):
                bench.points[k, lane] = row[k]
        return
    for lane in range(len(width)):
        for axis in range(2):
            bench.place[axis, lane] = points.places[min(begin + lane, last - 1), axis]
    a, b = load(bench.place, 0, width), load(bench.place, 1, width)
    for k in range(n):
        step = a * const(a, points.directions[0, k]) + b * const(a, points.directions[1, k])
        store(bench.points, k, const(a, points.origin[k]) + step)


@exact_kernel
def point_losses(
    network: Any, points: Any, samples: Any, bench: Any, first: Any, last: Any, out: Any, width: Any
) -> None:
    """Mean losses over ``samples``, penalty included, of the points first … last-1.

    Mutates ``bench`` and out[first:last], float64 (m,).
    """
    for begin in range(first, last, len(width)):
        _fetch(points, begin, last, bench, width)
        losses = losses_tile(network, bench.points, samples, bench.gradient, bench.work, width)
        store(bench.measured, 0, losses)
        for lane in range(min(len(width), last - begin)):
            out[begin + lane] = bench.measured[0, lane]


@exact_kernel
def point_accuracies(
    network: Any, points: Any, samples: Any, bench: Any, first: Any, last: Any, out: Any, width: Any
) -> None:
    """Shares of ``samples`` that the points first … last-1 answer right; as ``point_losses``."""
    for begin in range(first, last, len(width)):
        _fetch(points, begin, last, bench, width)
        right = right_tile(network, bench.points, samples, bench.work, width)
        store(bench.measured, 0, right)
        for lane in range(min(len(width), last - begin)):
            out[begin + lane] = bench.measured[0, lane]


@exact_kernel
def point_gradients(
    network: Any,
    points: Any,
    samples: Any,
    bench: Any,
    first: Any,
    last: Any,
    out: Any,
    norms: Any,
    gradients: Any,
    width: Any,
) -> None:
    """Losses as ``point_losses`` has them, and gradients of the points first … last-1.

    Mutates ``bench`` and, from first to last-1, ``out`` and ``norms`` (Euclidean), float64 (m,),
    and ``gradients`` (m, n) of the parameters' dtype, unless that has no rows.
    """
    n_samples = samples.inputs.shape[0]
    for begin in range(first, last, len(width)):
        _fetch(points, begin, last, bench, width)
        losses = gradient_tile(
            network,
            bench.points,
            samples.inputs,
            samples.targets,
            n_samples,
            bench.gradient,
            bench.work,
            width,
        )
        store(bench.measured, 0, losses)
        squares = const(losses, 0.0)
        for k in range(bench.gradient.shape[0]):
            g = widen(load(bench.gradient, k, width))
            squares = fma(g, g, squares)
        store(bench.measured, 1, np.sqrt(squares))
        for lane in range(min(len(width), last - begin)):
            out[begin + lane] = bench.measured[0, lane]
            norms[begin + lane] = bench.measured[1, lane]
            if gradients.shape[0] > 0:
                for k in range(bench.gradient.shape[0]):
                    gradients[begin + lane, k] = bench.gradient[k, lane]
