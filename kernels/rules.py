"""Functions whose body is chosen by the type of their first argument, compiled or not.

An item of the catalogue is a ``NamedTuple`` class of hyper-parameters. Its rules are plain
functions; ``Rule.implement`` ties them to the class. Called from Python a rule looks up
``type(item)``; called from a kernel the same table is read at compile time, so the kernel holds
the item's body inlined and its on-disk cache entry is found by the next process.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import types
from numba.extending import overload

from kernels.jit import OPTIONS


def rule(name: str) -> Any:
    """Make an empty rule; ``rule.implement(cls, body)`` adds a body."""
    bodies: dict[Any, Callable[..., Any]] = {}

    def call(item: Any, *arguments: Any) -> Any:
        return bodies[type(item)](item, *arguments)

    call.__name__ = call.__qualname__ = name
    call.implement = bodies.__setitem__  # type: ignore[attr-defined]
    call.bodies = bodies  # type: ignore[attr-defined]

    def choose(item: Any, *arguments: Any) -> Any:
        return bodies.get(getattr(item, "instance_class", None))

    overload(call, jit_options=OPTIONS, strict=False)(choose)
    return call


def const(like: Any, value: float) -> Any:
    """``value`` in the type of ``like``, so that a literal never widens float32 to float64."""
    return type(like)(value) if isinstance(like, np.floating) else value


@overload(const, jit_options=OPTIONS, strict=False)
def _const(like: Any, value: Any) -> Any:
    if like == types.float32:
        return lambda like, value: np.float32(value)
    return lambda like, value: np.float64(value)


def select(condition: Any, yes: Any, no: Any) -> Any:
    """``yes`` where ``condition`` holds, else ``no``; both are evaluated."""
    return yes if condition else no


@overload(select, jit_options=OPTIONS, strict=False)
def _select(condition: Any, yes: Any, no: Any) -> Any:
    return lambda condition, yes, no: yes if condition else no


def finite(x: Any) -> Any:
    """Whether ``x`` is neither infinite nor NaN.

    Not np.isfinite: that subtracts x from itself, which reassociation simplifies to zero.
    """
    return abs(x) < np.inf


@overload(finite, jit_options=OPTIONS, strict=False)
def _finite(x: Any) -> Any:
    return lambda x: abs(x) < np.inf


def cast(values: Any, like: Any) -> Any:
    """A tuple of float64 converted to the type of the scalar ``like``."""
    return tuple(const(like, value) for value in values)


@overload(cast, jit_options=OPTIONS, strict=False)
def _cast(values: Any, like: Any) -> Any:
    if len(values) == 1:
        return lambda values, like: (const(like, values[0]),)
    return lambda values, like: (const(like, values[0]), *cast(values[1:], like))
