"""Kernels that call one rule over many values: for proofs, tests and canonical forms."""

from __future__ import annotations

from typing import Any

from kernels import activations, surfaces
from kernels.jit import kernel


@kernel
def activation(item: Any, z: Any, a: Any, slope: Any) -> None:
    """a = f(z) and slope = f'(z), all (n,) of one dtype; mutates ``a`` and ``slope``."""
    for k in range(z.size):
        a[k] = activations.value(item, z[k])
        slope[k] = activations.slope(item, z[k], a[k])


@kernel
def surface(item: Any, x: Any, y: Any, out: Any) -> None:
    """Fill ``out`` (n, 3), float64, with f, df/dx, df/dy at the points (x, y), each (n,)."""
    for k in range(x.size):
        out[k, 0] = surfaces.height(item, x[k], y[k])
        out[k, 1], out[k, 2] = surfaces.ascent(item, x[k], y[k])
