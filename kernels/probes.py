"""Kernels that call one rule over many values, for proofs and tests: nothing else calls them."""

from __future__ import annotations

from typing import Any

from kernels import activations, surfaces
from kernels.jit import exact_kernel, kernel
from kernels.lanes import load, store


@kernel
def activation(item: Any, z: Any, a: Any, slope: Any) -> None:
    """a = f(z) and slope = f'(z), all (n,) of one dtype; mutates ``a`` and ``slope``."""
    for k in range(z.size):
        a[k] = activations.value(item, z[k])
        slope[k] = activations.slope(item, z[k], a[k])


@kernel
def surface(item: Any, x: Any, y: Any, out: Any) -> None:
    """Fill ``out`` (6, n), float64, with f, f_x, f_y, f_xx, f_xy, f_yy at the points (x, y), each
    (n,)."""
    for k in range(x.size):
        out[0, k] = surfaces.height(item, x[k], y[k])
        out[1, k], out[2, k] = surfaces.ascent(item, x[k], y[k])
        out[3, k], out[4, k], out[5, k] = surfaces.bend(item, x[k], y[k])


@exact_kernel
def surface_lanes(item: Any, x: Any, y: Any, out: Any, width: Any) -> None:
    """As ``surface``, f, f_x and f_y only, in lanes; n is a multiple of len(width)."""
    for k in range(x.size // len(width)):
        u, v = load(x, k, width), load(y, k, width)
        slope_x, slope_y = surfaces.ascent(item, u, v)
        store(out[0], k, surfaces.height(item, u, v))
        store(out[1], k, slope_x)
        store(out[2], k, slope_y)
