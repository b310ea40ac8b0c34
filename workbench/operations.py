"""Writes programs for the compiler (kernels.formulas): every distinct value is computed once."""

from __future__ import annotations

import ast
import math
from typing import Any

import numpy as np

from kernels.formulas import OPERATIONS, Program

_MOST_PRODUCTS = 64  # powers up to this are products
_ALIASES = {"arcsin": "asin", "arccos": "acos", "arctan": "atan"}
_NAMES: dict[type, str] = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
    ast.Pow: "power",
}


class Writer:
    """Collects operations. A value is known by its number; 0 and 1 are x and y."""

    def __init__(self) -> None:
        self._nodes: list[Any] = ["x", "y"]
        self._known: dict[Any, int] = {}

    def number(self, value: float) -> int:
        """The value that is always ``value``."""
        # -0.0 equals 0.0 and is another number.
        return self._add((float(value), math.copysign(1.0, value)), float(value))

    def do(self, name: str, *values: int) -> int:
        """The value of an operation; where its values are numbers, a number."""
        found = [self._nodes[k] for k in values]
        if all(isinstance(value, float) for value in found):
            with np.errstate(all="ignore"):
                return self.number(float(OPERATIONS[name][0](*map(np.float64, found))))
        return self._add((name, *values), (name, *values))

    def whole_power(self, base: int, exponent: int) -> int:
        """``base`` to a whole power by repeated squaring."""
        if abs(exponent) > _MOST_PRODUCTS:
            return self.do("power", base, self.number(float(exponent)))
        if exponent <= 0:
            one = self.number(1.0)
            return self.do("divide", one, self.whole_power(base, -exponent)) if exponent else one
        half = self.whole_power(base, exponent // 2) if exponent > 1 else base
        if exponent == 1:
            return base
        square = self.do("multiply", half, half)
        return self.do("multiply", square, base) if exponent % 2 else square

    def power(self, base: int, exponent: float) -> int:
        """``base`` to a constant power: products and a root where these do."""
        whole = math.floor(exponent)
        if exponent == whole and abs(whole) <= _MOST_PRODUCTS:
            return self.whole_power(base, whole)
        if exponent - whole == 0.5 and abs(whole) <= 2:
            root = self.do("sqrt", base)
            if whole in (0, -1):
                return root if whole == 0 else self.do("divide", self.number(1.0), root)
            if whole > 0:
                return self.do("multiply", self.whole_power(base, whole), root)
            below = self.do("multiply", self.whole_power(base, -whole - 1), root)
            return self.do("divide", self.number(1.0), below)
        return self.do("power", base, self.number(exponent))

    def call(self, name: str, *values: int) -> int:
        """The value of one of the functions that formulas have."""
        match name:
            case "max":
                return self.do("pick", self.do("at_least", *values), *values)
            case "min":
                return self.do("pick", self.do("at_least", *values[::-1]), *values)
            case "ceil":
                return self.do("negative", self.do("floor", self.do("negative", *values)))
        return self.do(_ALIASES.get(name, name), *values)

    def arithmetic(self, kind: type, a: int, b: int) -> int:
        """The value of one of Python's binary operations, given the class in its syntax tree."""
        if kind is not ast.Mod:
            return self.do(_NAMES[kind], a, b)
        whole = self.do("floor", self.do("divide", a, b))
        return self.do("subtract", a, self.do("multiply", b, whole))

    def program(self, results: list[int]) -> Program:
        """The program of these values, with what they need and nothing else."""
        needed, waiting = set(), list(results)
        while waiting:
            k = waiting.pop()
            if k not in needed:
                needed.add(k)
                node = self._nodes[k]
                waiting += node[1:] if isinstance(node, tuple) else ()
        constants = [k for k in sorted(needed) if isinstance(self._nodes[k], float)]
        works = [k for k in sorted(needed) if isinstance(self._nodes[k], tuple)]
        places = {k: place for place, k in enumerate((0, 1, *constants, *works))}
        return Program(
            tuple(self._nodes[k] for k in constants),
            tuple((n, *(places[k] for k in v)) for n, *v in (self._nodes[k] for k in works)),
            tuple(places[k] for k in results),
        )

    def _add(self, key: Any, node: Any) -> int:
        if key not in self._known:
            self._known[key] = len(self._nodes)
            self._nodes.append(node)
        return self._known[key]
