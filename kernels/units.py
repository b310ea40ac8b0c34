"""The activations of many units at once, each layer with the item that it has."""

from __future__ import annotations

from typing import Any

from numba.extending import overload

from kernels.activations import slope, value
from kernels.jit import OPTIONS


def activate(items: Any, kind: Any, z: Any, a: Any) -> None:
    """a[:] = f(z) with f the activation items[kind]; mutates ``a``."""
    for k in range(z.size):
        a[k] = value(items[kind], z[k])


@overload(activate, jit_options=OPTIONS, strict=False)
def _activate(items: Any, kind: Any, z: Any, a: Any) -> Any:
    # items[kind] has no single type, so the tuple is walked at compile time.
    def only(items: Any, kind: Any, z: Any, a: Any) -> None:
        for k in range(z.size):
            a[k] = value(items[0], z[k])

    def first_or_rest(items: Any, kind: Any, z: Any, a: Any) -> None:
        if kind == 0:
            for k in range(z.size):
                a[k] = value(items[0], z[k])
        else:
            activate(items[1:], kind - 1, z, a)

    return only if len(items) == 1 else first_or_rest


def damp(items: Any, kind: Any, z: Any, a: Any, delta: Any) -> None:
    """delta *= f'(z) with f the activation items[kind]; mutates ``delta``."""
    for k in range(z.size):
        delta[k] *= slope(items[kind], z[k], a[k])


@overload(damp, jit_options=OPTIONS, strict=False)
def _damp(items: Any, kind: Any, z: Any, a: Any, delta: Any) -> Any:
    def only(items: Any, kind: Any, z: Any, a: Any, delta: Any) -> None:
        for k in range(z.size):
            delta[k] *= slope(items[0], z[k], a[k])

    def first_or_rest(items: Any, kind: Any, z: Any, a: Any, delta: Any) -> None:
        if kind == 0:
            for k in range(z.size):
                delta[k] *= slope(items[0], z[k], a[k])
        else:
            damp(items[1:], kind - 1, z, a, delta)

    return only if len(items) == 1 else first_or_rest
