"""Python's operators on lanes and on masks."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import lower_builtin

from kernels.lanes import MaskType, overload_lanes

COMPARISONS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}


def _overload_masks(function: Callable[..., Any], arity: int, emit: Any) -> None:
    @infer_global(function)
    class Template(AbstractTemplate):
        def generic(self, arguments: Any, keywords: Any) -> Any:
            if len(set(arguments)) == 1 and isinstance(arguments[0], MaskType):
                return signature(arguments[0], *arguments)
            return None

    def lower(context: Any, builder: Any, sig: Any, arguments: Any) -> Any:
        return emit(builder, *arguments)

    lower_builtin(function, *(MaskType,) * arity)(lower)


def emit_comparison(builder: Any, sign: str, a: Any, b: Any) -> Any:
    """The mask of a ``sign`` b as Python has it: of NaN only != holds."""
    write = builder.fcmp_unordered if sign == "!=" else builder.fcmp_ordered
    return write(sign, a, b)


for _names, _method in (
    (("add", "iadd"), "fadd"),
    (("sub", "isub"), "fsub"),
    (("mul", "imul"), "fmul"),
    (("truediv", "itruediv"), "fdiv"),
):
    for _name in _names:
        overload_lanes(getattr(operator, _name), 2, lambda b, x, y, m=_method: getattr(b, m)(x, y))
for _name, _sign in COMPARISONS.items():
    overload_lanes(
        getattr(operator, _name), 2, lambda b, x, y, s=_sign: emit_comparison(b, s, x, y), mask=True
    )
for _name, _method in (("and_", "and_"), ("or_", "or_"), ("xor", "xor")):
    _overload_masks(getattr(operator, _name), 2, lambda b, x, y, m=_method: getattr(b, m)(x, y))
_overload_masks(operator.invert, 1, lambda b, x: b.not_(x))
overload_lanes(operator.neg, 1, lambda b, x: b.fneg(x))
overload_lanes(operator.pos, 1, lambda b, x: x)
# As Python's: the first argument where neither is smaller (larger), so NaN in the second is lost.
overload_lanes(min, 2, lambda b, x, y: b.select(b.fcmp_ordered("<", y, x), y, x))
overload_lanes(max, 2, lambda b, x, y: b.select(b.fcmp_ordered(">", y, x), y, x))
