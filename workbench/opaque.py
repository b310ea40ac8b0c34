"""What SymPy may know of a formula: functions that it only differentiates, numbers by their names.

SymPy computes with whole numbers exactly, however long they get, and evaluates functions of numbers
to any precision; so it is given small whole numbers alone, and names for all others.
"""

from __future__ import annotations

import math
from typing import Any

import sympy as sp
from sympy.printing.str import StrPrinter

from workbench.formula import CONSTANTS

_MOST_WHOLE = 1000  # up to which SymPy knows a number
LOG_10 = sp.Symbol("log(10)")


class _Opaque(sp.Function):
    """A function that SymPy differentiates, and neither simplifies nor evaluates."""

    @classmethod
    def eval(cls, *arguments: Any) -> None:
        return None

    def _eval_derivative(self, s: Any) -> Any:
        return sp.S.Zero


class Sign(_Opaque):
    """-1, 0 or 1."""


class Floor(_Opaque):
    """The whole number below."""


class AtLeast(_Opaque):
    """1 where the first argument is at least the second, else 0."""


class Abs(_Opaque):
    """The absolute value, whose slope at 0 is 0."""

    def _eval_derivative(self, s: Any) -> Any:
        return Sign(self.args[0]) * self.args[0].diff(s)


class Pick(_Opaque):
    """The second argument where the first is not 0, else the third."""

    def _eval_derivative(self, s: Any) -> Any:
        mask, *pieces = self.args
        yes, no = (piece.diff(s) for piece in pieces)
        return yes if yes == no else Pick(mask, yes, no)


class Power(_Opaque):
    """A power with a constant exponent that is no small whole number."""

    def _eval_derivative(self, s: Any) -> Any:
        base, exponent = self.args
        return exponent * raised(base, amount(exponent) - 1.0) * base.diff(s)


class Printer(StrPrinter):
    def _print_Power(self, found: Any) -> str:
        base, exponent = found.args
        if amount(exponent) == 0.5:
            return f"sqrt({self._print(base)})"
        return self._print(sp.Pow(base, exponent, evaluate=False))

    def _print_Function(self, found: Any) -> str:
        names = {AtLeast: "at_least"}
        name = names.get(type(found), type(found).__name__.lower())
        return f"{name}({', '.join(map(self._print, found.args))})"


def named(value: float) -> Any:
    """A number for SymPy: itself if it is small and whole, else a name that stands for it."""
    if value == int(value) and abs(value) <= _MOST_WHOLE:
        return sp.Integer(int(value))
    symbol = sp.Symbol(repr(abs(value)))
    return symbol if value > 0.0 else -symbol


def amount(expression: Any) -> float:
    """The number that ``named`` made, or a constant's value."""
    if expression.is_Symbol:
        name = expression.name
        return math.log(10.0) if expression == LOG_10 else CONSTANTS.get(name) or float(name)
    return -amount(-expression) if expression.is_Mul else float(expression)


def raised(base: Any, exponent: float) -> Any:
    return base ** int(exponent) if exponent in (0.0, 1.0) else Power(base, named(exponent))
