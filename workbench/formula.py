"""Formulas that users write, such as ``sin(3*x1) + x2**2``: parsed by a whitelist, never run.

Python's own grammar reads the text; of its syntax tree only numbers, arithmetic, names of inputs
and the functions below are taken, and evaluated here on whole arrays in float64, so that neither a
huge power nor anything that is not arithmetic can do harm.
"""

from __future__ import annotations

import ast
import math
import re
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from kernels.catalog import nearest_name

MOST_CHARACTERS = 500
MOST_DEPTH = 200
MOST_INPUTS = 99

FUNCTIONS: dict[str, tuple[int, Callable[..., Any]]] = {
    "abs": (1, np.abs),
    "arctan": (1, np.arctan),
    "ceil": (1, np.ceil),
    "cos": (1, np.cos),
    "cosh": (1, np.cosh),
    "exp": (1, np.exp),
    "floor": (1, np.floor),
    "log": (1, np.log),
    "max": (2, np.maximum),
    "min": (2, np.minimum),
    "sign": (1, np.sign),
    "sin": (1, np.sin),
    "sinh": (1, np.sinh),
    "sqrt": (1, np.sqrt),
    "tan": (1, np.tan),
    "tanh": (1, np.tanh),
}
CONSTANTS = {"pi": math.pi, "e": math.e}
_BINARY: dict[type, Callable[..., Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Mod: np.mod,
    ast.Pow: np.power,
}
_UNARY: dict[type, Callable[..., Any]] = {ast.UAdd: np.positive, ast.USub: np.negative}
_INPUT = re.compile(r"x([1-9][0-9]?)")


class BadFormula(ValueError):
    """``rule`` is what is wrong, ``position`` the 1-based character, ``nearest`` a remedy."""

    def __init__(self, rule: str, position: int, nearest: str) -> None:
        super().__init__(f"{rule} at character {position}; nearest valid: {nearest}")
        self.rule, self.position, self.nearest = rule, position, nearest


class Formula:
    """A parsed formula of the inputs x1, x2, …; ``x`` alone means x1. Raises BadFormula.

    ``n_in`` is the highest number of an input in it, at least 1.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.n_in = 1
        if len(text) > MOST_CHARACTERS:
            rule = f"must have at most {MOST_CHARACTERS} characters, and goes on"
            raise BadFormula(rule, MOST_CHARACTERS + 1, "a shorter formula")
        if not text.strip() or not text.isprintable():
            raise BadFormula("is no line of printable text", 1, "sin(3*x1) + x2")
        self._indent = len(text) - len(text.lstrip())
        self._tree = self._parse(text)
        self._check(self._tree, 0)

    def __call__(self, inputs: np.ndarray) -> np.ndarray:
        """The values (n,), float64, at ``inputs`` (n, ≥ n_in); not finite where undefined."""
        columns = np.asarray(inputs, np.float64)
        names = {f"x{k + 1}": columns[:, k] for k in range(self.n_in)} | CONSTANTS
        names["x"] = columns[:, 0]
        with np.errstate(all="ignore"):
            value = _evaluate(self._tree, names)
        return np.array(np.broadcast_to(value, len(columns)), np.float64)

    def _parse(self, text: str) -> ast.expr:
        # Blanks before it would be an indentation.
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(text.lstrip(), mode="eval")
        except SyntaxError as error:
            # An error's column counts characters, from 1; that of a node, bytes.
            column = error.offset if error.offset and error.lineno == 1 else len(text) + 1
            place = min(self._indent + column, len(text) + 1)
            raise BadFormula("is no formula", place, "sin(3*x1) + x2") from None
        except (ValueError, MemoryError, RecursionError, OverflowError):
            raise BadFormula("is no formula", 1, "sin(3*x1) + x2") from None
        return tree.body

    def _check(self, node: ast.expr, depth: int) -> None:
        if depth > MOST_DEPTH:
            rule = f"must be nested at most {MOST_DEPTH} deep, and goes deeper"
            raise self._bad(node, rule, "a flatter formula")
        below: list[ast.expr] = []
        match node:
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                if (isinstance(value, int) and value.bit_length() > 1000) or not math.isfinite(
                    value
                ):
                    raise self._bad(node, "has a number too large for a float", "1e300")
            case ast.Name(id=name):
                self._name(node, name)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
                below = [left, right]
            case ast.BinOp(op=ast.BitXor(), right=right):
                raise self._bad(right, "has a power written ^ before this", "** for a power")
            case ast.UnaryOp(op=op, operand=operand) if type(op) in _UNARY:
                below = [operand]
            case ast.Call(func=ast.Name(id=name) as function, args=args, keywords=keywords):
                self._call(node, function, name, len(args) if not keywords else -1)
                below = args
            case _:
                raise self._bad(node, "has what is no arithmetic", "+ - * / % ** and functions")
        for inner in below:
            self._check(inner, depth + 1)

    def _name(self, node: ast.expr, name: str) -> None:
        found = _INPUT.fullmatch(name)
        if found:
            self.n_in = max(self.n_in, int(found[1]))
        elif name in FUNCTIONS:
            raise self._bad(node, f"has {name} without its arguments", _usage(name))
        elif name != "x" and name not in CONSTANTS:
            near = nearest_name(name, [*FUNCTIONS, *CONSTANTS]) if len(name) > 1 else None
            raise self._bad(node, f"has the unknown name {name}", near or "x1, x2, …")

    def _call(self, node: ast.expr, function: ast.expr, name: str, count: int) -> None:
        if name not in FUNCTIONS:
            near = nearest_name(name, list(FUNCTIONS)) or ", ".join(FUNCTIONS)
            raise self._bad(function, f"has the unknown function {name}", near)
        if count != FUNCTIONS[name][0]:
            raise self._bad(node, f"has other arguments of {name} than it takes", _usage(name))

    def _bad(self, node: ast.expr, rule: str, nearest: str) -> BadFormula:
        before = self.text.lstrip().encode()[: node.col_offset].decode(errors="replace")
        return BadFormula(rule, self._indent + len(before) + 1, nearest)


def _usage(name: str) -> str:
    return f"{name}(x1)" if FUNCTIONS[name][0] == 1 else f"{name}(x1, x2)"


def _evaluate(node: ast.expr, names: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant(value=value):
            return np.float64(value)  # type: ignore[arg-type]
        case ast.Name(id=name):
            return names[name]
        case ast.BinOp(left=left, op=op, right=right):
            return _BINARY[type(op)](_evaluate(left, names), _evaluate(right, names))
        case ast.UnaryOp(op=op, operand=operand):
            return _UNARY[type(op)](_evaluate(operand, names))
        case ast.Call(func=ast.Name(id=name), args=args):
            return FUNCTIONS[name][1](*(_evaluate(inner, names) for inner in args))
    raise AssertionError(node)
