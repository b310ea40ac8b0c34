"""Arrays of random numbers for data sets: value k of an array is a pure function of its place."""

from __future__ import annotations

from typing import Any

from kernels.jit import kernel
from kernels.random import normal, uniform


@kernel
def fill_uniforms(seed: Any, stream: Any, start: Any, values: Any) -> None:
    """Fill ``values`` (n,), float64, with uniforms on [0, 1) from counters 0 … n-1; mutates it."""
    for k in range(values.size):
        values[k] = uniform(seed, stream, start, k)


@kernel
def fill_normals(seed: Any, stream: Any, start: Any, values: Any) -> None:
    """Fill ``values`` (n,), float64, with standard normals from counters 0 … n-1; mutates it."""
    for k in range(values.size):
        values[k] = normal(seed, stream, start, k)
