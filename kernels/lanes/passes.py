"""The passes of a layer that depend on its activation, for a tile whose layers differ in it."""

from __future__ import annotations

from typing import Any, NamedTuple

from numba.extending import overload

from kernels.jit import EXACT_OPTIONS
from kernels.lanes.products import hidden_layer, pull_back_layer


class Forward(NamedTuple):
    """What ``hidden_layer`` is given beside the activation."""

    x: Any
    first: Any
    p: Any
    offset: Any
    n_in: Any
    n_out: Any
    a: Any
    slopes: Any
    above: Any
    count: Any
    width: Any


class Backward(NamedTuple):
    """What ``pull_back_layer`` is given beside the activation."""

    p: Any
    offset: Any
    n_in: Any
    n_out: Any
    a: Any
    delta: Any
    below: Any
    above: Any
    count: Any
    width: Any


def _forward(item: Any, layer: Any) -> None:
    x, first, p, offset, n_in, n_out, a, slopes, above, count, width = layer
    hidden_layer(item, x, first, p, offset, n_in, n_out, a, slopes, above, count, width)


def _backward(item: Any, layer: Any) -> None:
    p, offset, n_in, n_out, a, delta, below, above, count, width = layer
    pull_back_layer(item, p, offset, n_in, n_out, a, delta, below, above, count, width)


def _carry_out(item: Any, layer: Any) -> None:
    (_forward if isinstance(layer, Forward) else _backward)(item, layer)


@overload(_carry_out, jit_options=EXACT_OPTIONS, strict=False)
def _choose_direction(item: Any, layer: Any) -> Any:
    return _forward if layer.instance_class is Forward else _backward


def pass_layer(items: Any, kind: Any, layer: Any) -> None:
    """What ``layer``, a ``Forward`` or ``Backward``, describes, with the activation items[kind]."""
    _carry_out(items[kind], layer)


@overload(pass_layer, jit_options=EXACT_OPTIONS, strict=False)
def _pass_layer(items: Any, kind: Any, layer: Any) -> Any:
    # items[kind] has no single type, so the tuple is walked at compile time.
    def only(items: Any, kind: Any, layer: Any) -> None:
        _carry_out(items[0], layer)

    def first_or_rest(items: Any, kind: Any, layer: Any) -> None:
        if kind == 0:
            _carry_out(items[0], layer)
        else:
            pass_layer(items[1:], kind - 1, layer)

    return only if len(items) == 1 else first_or_rest
