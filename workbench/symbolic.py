"""A formula of x and y with its derivatives: by SymPy, written down as programs for the compiler.

The height is what was typed, operation by operation. SymPy differentiates it, and never computes
with numbers (workbench.opaque). Before that the size of what will come of it is estimated, and
refused where it is too large, so that time and memory are bounded.
"""

from __future__ import annotations

import ast
import math
from typing import Any

import numpy as np
import sympy as sp

from workbench.formula import CONSTANTS, BadFormula, Formula, evaluate
from workbench.opaque import (
    LOG_10,
    Abs,
    AtLeast,
    Floor,
    Pick,
    Power,
    Printer,
    Sign,
    amount,
    named,
    raised,
)
from workbench.operations import Writer

VARIABLES = ("x", "y")
MOST_TERMS = 10_000  # in the second derivatives written out; less than a second of SymPy's time
_MOST_DEPTH = 40
_MOST_DEGREE = 32  # up to which SymPy knows an exponent
_UNBOUNDED = "has a constant part that is no finite number"
_SYMBOLS = {name: sp.Symbol(name) for name in VARIABLES}


_FUNCTIONS: dict[str, Any] = {
    name: getattr(sp, name)
    for name in ("exp", "log", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh")
} | {"abs": Abs, "sign": Sign, "floor": Floor}
_OPERATIONS = {made: name for name, made in _FUNCTIONS.items()} | {
    AtLeast: "at_least",
    Pick: "pick",
}


class Symbolic:
    """A formula of x and y, differentiated.

    ``programs`` are those of its value, gradient and second derivatives (see kernels.formulas);
    ``gradient`` and ``hessian`` are df/dx, df/dy and fxx, fxy, fyy as text. Raises BadFormula.
    """

    def __init__(self, formula: Formula) -> None:
        self._formula = formula
        self._constants: dict[int, float | None] = {}
        terms = self._size(formula.tree)[2]
        if terms > MOST_TERMS:
            rule = f"has second derivatives of some {terms} terms, and may have {MOST_TERMS}"
            raise BadFormula(rule, 1, "a shorter or a flatter formula")
        try:
            expression = self._convert(formula.tree)
            first = [expression.diff(s) for s in _SYMBOLS.values()]
            second = [*(first[0].diff(s) for s in _SYMBOLS.values()), first[1].diff(_SYMBOLS["y"])]
            height, slope, bend = Writer(), _Reader(), _Reader()
            self.programs = (
                height.program([self._typed(formula.tree, height)]),
                slope.program([slope.read(e) for e in first]),
                bend.program([bend.read(e) for e in second]),
            )
        except (OverflowError, RecursionError, ZeroDivisionError):
            raise BadFormula("has derivatives beyond all bounds", 1, "a simpler formula") from None
        self.gradient = tuple(map(Printer().doprint, first))
        self.hessian = tuple(map(Printer().doprint, second))

    def _size(self, node: ast.expr) -> tuple[int, int, int, int]:
        """Terms of value, gradient and Hessian when written out in full, and the depth."""
        size = (1, 0, 0, 1)
        match node:
            case ast.Name(id=name) if name in VARIABLES:
                size = (1, 1, 0, 1)
            case ast.BinOp(left=left, op=op, right=right):
                (a, ga, ha, da), (b, gb, hb, db) = self._size(left), self._size(right)
                # A long sum or product nests to the left alone, and SymPy makes it flat.
                size = (a + b + 1, ga + gb, ha + hb, max(da, db + 1))
                if not isinstance(op, ast.Add | ast.Sub):
                    slope = (ga + b) * (ga > 0) + (gb + a) * (gb > 0)
                    bend = (ha + b) * (ga > 0) + (hb + a) * (gb > 0)
                    bend += 2 * ga * (gb > 0) + 2 * gb * (ga > 0)
                    more = 0 if isinstance(op, ast.Mult) else slope
                    size = (a + b + 1, slope + more, bend + 3 * more, max(da, db + 1))
                    if isinstance(op, ast.Pow):
                        size = (*size[:3], max(da, db) + 1)
            case ast.UnaryOp(operand=inner):
                s, g, h, d = self._size(inner)
                size = (s + 1, g, h, d + 1)
            case ast.Call(args=arguments):
                found = [self._size(argument) for argument in arguments]
                s, g, h = (sum(sizes[k] for sizes in found) for k in range(3))
                size = (s + 1, (s + g) * (g > 0), (2 * s + h + 2 * g) * (g > 0), 0)
                size = (*size[:3], 1 + max(sizes[3] for sizes in found))
        if size[3] > _MOST_DEPTH:
            rule = f"must be nested at most {_MOST_DEPTH} deep, and from here goes deeper"
            raise self._bad(node, rule, "a flatter formula")
        return size

    def _constant(self, node: ast.expr) -> float | None:
        """The value of a part without x and y; None for others."""
        if id(node) not in self._constants:
            parts = ast.walk(node)
            value = None
            if not any(isinstance(part, ast.Name) and part.id in VARIABLES for part in parts):
                with np.errstate(all="ignore"):
                    value = float(evaluate(node, CONSTANTS))
            self._constants[id(node)] = value
        return self._constants[id(node)]

    def _convert(self, node: ast.expr) -> Any:
        """The part of the tree for SymPy."""
        constant = self._constant(node)
        if constant is not None and not math.isfinite(constant):
            raise self._bad(node, _UNBOUNDED, "1e300")
        match node:
            case ast.Name(id=name):
                return sp.Symbol(name)
            case ast.UnaryOp(op=op, operand=inner):
                value = self._convert(inner)
                return -value if isinstance(op, ast.USub) else value
            case ast.BinOp(left=left, op=op, right=right) if not isinstance(op, ast.Pow):
                return self._arithmetic(op, left, right)
        if constant is not None:
            return named(constant)
        match node:
            case ast.BinOp(left=left, right=right):
                return self._power(left, right)
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return _function(name, [self._inside(argument) for argument in arguments])
        raise AssertionError(node)

    def _arithmetic(self, op: ast.operator, left: ast.expr, right: ast.expr) -> Any:
        a, b = self._convert(left), self._convert(right)
        match op:
            case ast.Add():
                return a + b
            case ast.Sub():
                return a - b
            case ast.Mult():
                return a * b
        if b == 0:
            raise self._bad(right, "divides by zero here", "another divisor")
        return a / b if isinstance(op, ast.Div) else a - b * Floor(a / b)

    def _power(self, left: ast.expr, right: ast.expr) -> Any:
        base, exponent = self._inside(left), self._constant(right)
        if exponent is None:
            power = self._inside(right)
            return sp.exp(power) if self._constant(left) == math.e else base**power
        if not math.isfinite(exponent):
            raise self._bad(right, _UNBOUNDED, "1e300")
        if exponent == int(exponent) and self._degree(left) * abs(exponent) <= _MOST_DEGREE:
            if exponent < 0 and base == 0:
                raise self._bad(left, "divides by zero here", "another divisor")
            return base ** int(exponent)
        return raised(base, exponent)

    def _degree(self, node: ast.expr) -> float:
        """As if it were a polynomial: it bounds the numbers that SymPy multiplies out."""
        match node:
            case ast.BinOp(left=left, op=op, right=right):
                a, b, power = self._degree(left), self._degree(right), self._constant(right)
                if isinstance(op, ast.Pow):
                    return a * max(1.0, abs(power)) if power is not None else a + b
                return max(a, b) if isinstance(op, ast.Add | ast.Sub) else a + b
            case ast.UnaryOp(operand=inner):
                return self._degree(inner)
            case ast.Call(args=arguments):
                return max(map(self._degree, arguments))
        return 1.0

    def _inside(self, node: ast.expr) -> Any:
        """An argument of a function or power; where x and y cancel out, the number that is left."""
        expression = self._convert(node)
        if expression.is_Symbol or expression.free_symbols.intersection(_SYMBOLS.values()):
            return expression
        reader = _Reader()
        value = reader.program([reader.read(expression)])(0.0, 0.0)[0]
        if not math.isfinite(value):
            raise self._bad(node, _UNBOUNDED, "1e300")
        return named(value)

    def _typed(self, node: ast.expr, writer: Writer) -> int:
        """The part of the tree as it was typed."""
        constant = self._constant(node)
        if constant is not None:
            return writer.number(constant)
        match node:
            case ast.Name(id=name):
                return VARIABLES.index(name)
            case ast.UnaryOp(op=op, operand=inner):
                value = self._typed(inner, writer)
                return writer.do("negative", value) if isinstance(op, ast.USub) else value
            case ast.BinOp(left=left, op=op, right=right):
                base, exponent = self._typed(left, writer), self._constant(right)
                if isinstance(op, ast.Pow) and exponent is not None:
                    return writer.power(base, exponent)
                return writer.arithmetic(type(op), base, self._typed(right, writer))
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return writer.call(name, *(self._typed(part, writer) for part in arguments))
        raise AssertionError(node)

    def _bad(self, node: ast.expr, rule: str, nearest: str) -> BadFormula:
        return BadFormula(rule, self._formula.position(node), nearest)


def _function(name: str, values: list[Any]) -> Any:
    match name:
        case "max":
            return Pick(AtLeast(*values), *values)
        case "min":
            return Pick(AtLeast(*values[::-1]), *values)
        case "sqrt":
            return Power(values[0], named(0.5))
        case "log10":
            return sp.log(values[0]) / LOG_10
        case "ceil":
            return -Floor(-values[0])
    return _FUNCTIONS[name.replace("arc", "a", 1)](*values)


class _Reader(Writer):
    """Writes down SymPy's expressions."""

    def __init__(self) -> None:
        super().__init__()
        self._read: dict[Any, int] = {}

    def read(self, expression: Any) -> int:
        """The value of an expression."""
        if expression not in self._read:
            self._read[expression] = self._value(expression)
        return self._read[expression]

    def _value(self, e: Any) -> int:
        if e.is_Symbol:
            place = VARIABLES.index(e.name) if e.name in VARIABLES else None
            return self.number(amount(e)) if place is None else place
        if e.is_Rational:
            return self.number(int(e.p) / int(e.q))
        if e == sp.E:
            return self.number(math.e)
        if e.is_Add:
            return self._sum(e.args)
        if e.is_Mul:
            return self._product(e)
        if e.is_Pow:
            base, exponent = e.args
            if exponent.is_Integer:
                return self.whole_power(self.read(base), int(exponent))
            return self.do("power", self.read(base), self.read(exponent))
        if isinstance(e, Power):
            return self.power(self.read(e.args[0]), amount(e.args[1]))
        return self.do(_OPERATIONS[e.func], *map(self.read, e.args))

    def power(self, base: int, exponent: float) -> int:
        """Where a root is zero its slope counts as zero, as in kernels.jets."""
        value = super().power(base, exponent)
        if exponent > 0.0 or exponent - math.floor(exponent) != 0.5:
            return value
        return self.do("pick", self.do("sqrt", base), value, self.number(0.0))

    def _sum(self, terms: Any) -> int:
        # Those with a minus come last and are taken away.
        split = [(term.could_extract_minus_sign(), term) for term in terms]
        plus = [self.read(term) for minus, term in split if not minus]
        minus = [self.read(-term) for minus, term in split if minus]
        total = plus[0] if plus else self.do("negative", minus.pop(0))
        for value in plus[1:]:
            total = self.do("add", total, value)
        for value in minus:
            total = self.do("subtract", total, value)
        return total

    def _product(self, e: Any) -> int:
        number, factors = e.as_coeff_mul()
        above = [] if abs(number.p) == 1 else [self.number(float(abs(int(number.p))))]
        below = [] if number.q == 1 else [self.number(float(int(number.q)))]
        for factor in factors:
            if factor.is_Pow and factor.exp.is_Integer and factor.exp < 0:
                below.append(self.whole_power(self.read(factor.base), -int(factor.exp)))
            else:
                above.append(self.read(factor))
        total = self._chain(above) if above else self.number(1.0)
        if below:
            total = self.do("divide", total, self._chain(below))
        return self.do("negative", total) if number < 0 else total

    def _chain(self, values: list[int]) -> int:
        total = values[0]
        for value in values[1:]:
            total = self.do("multiply", total, value)
        return total
