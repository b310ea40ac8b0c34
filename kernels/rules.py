"""Functions whose body is chosen by the type of their first argument, compiled or not.

An item of the catalogue is a ``NamedTuple`` class of hyper-parameters. Its rules are plain
functions; ``Rule.implement`` ties them to the class. Called from Python a rule looks up
``type(item)``; called from a kernel the same table is read at compile time, so the kernel holds
the item's body inlined and its on-disk cache entry is found by the next process. A rule that is
called with lanes (kernels.lanes) is compiled for them, with exact arithmetic; called with jets
(kernels.jets) it gives derivatives too.
"""

from __future__ import annotations

import dis
from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import overload

import kernels.lanes.angles
import kernels.lanes.math
import kernels.lanes.operators  # noqa: F401 - all three register themselves
from kernels.jets.compiler import JetType, chosen
from kernels.jit import EXACT_OPTIONS, OPTIONS
from kernels.lanes import (
    LanesType,
    MaskType,
    as_lanes,
    common,
    compiled,
    emit_spread,
    has_lanes,
    llvm_call,
)


def overload_rule(call: Callable[..., Any]) -> Any:
    """``numba.extending.overload`` in two: for numbers, and with exact arithmetic for lanes."""

    def decorate(choose: Callable[..., Any]) -> Any:
        def numbers(*arguments: Any) -> Any:
            return None if has_lanes(arguments) else choose(*arguments)

        def lanes(*arguments: Any) -> Any:
            return choose(*arguments) if has_lanes(arguments) else None

        overload(call, jit_options=OPTIONS, strict=False)(numbers)
        overload(call, jit_options=EXACT_OPTIONS, strict=False)(lanes)
        return choose

    return decorate


def shared(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a function that several rules' bodies call: compiled as the rules themselves are."""

    @overload_rule(function)
    def choose(*arguments: Any) -> Any:
        return function

    return function


def rule(name: str, otherwise: Callable[..., Any] | None = None) -> Any:
    """Make an empty rule; ``rule.implement(cls, body)`` adds a body.

    ``otherwise`` is the body for classes that have none of their own.
    """
    bodies: dict[Any, Callable[..., Any]] = {}

    def call(item: Any, *arguments: Any) -> Any:
        body = bodies.get(type(item), otherwise)
        if body is None:
            raise KeyError(type(item))
        return body(item, *arguments)

    call.__name__ = call.__qualname__ = name
    call.implement = bodies.__setitem__  # type: ignore[attr-defined]
    call.bodies = bodies  # type: ignore[attr-defined]

    @overload_rule(call)
    def choose(item: Any, *arguments: Any) -> Any:
        return bodies.get(getattr(item, "instance_class", None), otherwise)

    return call


def reads(body: Callable[..., Any], place: int) -> bool:
    """Whether a rule's body makes any use of its argument number ``place``, counted from 0."""
    name = body.__code__.co_varnames[place]
    return any(
        name == i.argval or (isinstance(i.argval, tuple) and name in i.argval)
        for i in dis.get_instructions(body)
    )


def const(like: Any, value: float) -> Any:
    """``value`` in the type of ``like``, so that a literal never widens float32 to float64."""
    return type(like)(value) if isinstance(like, np.floating) else value


@compiled(const)
def _const(like: Any, value: Any) -> Any:
    if isinstance(like, JetType):
        of_element, write = _const(like.element, value)
        return of_element.return_type(like, value), write
    if isinstance(like, LanesType):
        return like(like, value), lambda context, builder, arguments: as_lanes(
            context, builder, arguments[1], value, like
        )
    kind = types.float32 if like == types.float32 else types.float64
    return kind(like, value), lambda context, builder, arguments: context.cast(
        builder, arguments[1], value, kind
    )


def select(condition: Any, yes: Any, no: Any) -> Any:
    """``yes`` where ``condition`` holds, else ``no``; both are evaluated."""
    return yes if condition else no


@overload(select, jit_options=OPTIONS, strict=False)
def _select(condition: Any, yes: Any, no: Any) -> Any:
    if has_lanes((condition, yes, no)) or isinstance(yes, JetType) or isinstance(no, JetType):
        return None
    return lambda condition, yes, no: yes if condition else no


@compiled(select)
def _select_together(condition: Any, yes: Any, no: Any) -> Any:
    if isinstance(yes, JetType) or isinstance(no, JetType):
        return chosen(condition, yes, no)
    kind = common((yes, no))
    if kind is None or not isinstance(condition, MaskType | types.Boolean):
        return None

    def write(context: Any, builder: Any, arguments: Any) -> Any:
        pairs = zip(arguments[1:], (yes, no), strict=True)
        chosen = [as_lanes(context, builder, value, given, kind) for value, given in pairs]
        return builder.select(arguments[0], *chosen)

    return kind(condition, yes, no), write


def finite(x: Any) -> Any:
    """Whether ``x`` is neither infinite nor NaN.

    Not np.isfinite: that subtracts x from itself, which reassociation simplifies to zero.
    """
    return abs(x) < np.inf


@overload(finite, jit_options=OPTIONS, strict=False)
def _finite(x: Any) -> Any:
    return None if has_lanes((x,)) else lambda x: abs(x) < np.inf


@compiled(finite)
def _finite_lanes(x: Any) -> Any:
    if not isinstance(x, LanesType):
        return None

    def write(context: Any, builder: Any, arguments: Any) -> Any:
        size = llvm_call(builder, "fabs", arguments[0])
        limit = ir.Constant(size.type.element, float("inf"))
        return builder.fcmp_ordered("<", size, emit_spread(builder, limit, x.width))

    return MaskType(x.width)(x), write


def cast(values: Any, like: Any) -> Any:
    """A tuple of float64 converted to the type of the scalar (or lanes) ``like``."""
    return tuple(const(like, value) for value in values)


@overload(cast, jit_options=OPTIONS, strict=False)
def _cast(values: Any, like: Any) -> Any:
    if len(values) == 0:
        return lambda values, like: ()
    if len(values) == 1:
        return lambda values, like: (const(like, values[0]),)
    return lambda values, like: (const(like, values[0]), *cast(values[1:], like))
