"""Formulas that users write, such as ``sin(3*x1) + x2^2``: parsed by a whitelist, never run.

Python's own grammar reads the text, with ``^`` for ``**``; of its syntax tree only numbers,
arithmetic, names of variables and the functions below are taken, and evaluated here on whole arrays
in float64, so that neither a huge power nor anything that is not arithmetic can do harm.
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
    "acos": (1, np.arccos),
    "arccos": (1, np.arccos),
    "arcsin": (1, np.arcsin),
    "arctan": (1, np.arctan),
    "asin": (1, np.arcsin),
    "atan": (1, np.arctan),
    "ceil": (1, np.ceil),
    "cos": (1, np.cos),
    "cosh": (1, np.cosh),
    "exp": (1, np.exp),
    "floor": (1, np.floor),
    "log": (1, np.log),
    "log10": (1, np.log10),
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
_EXAMPLES = {False: "sin(3*x1) + x2", True: "sin(3*x) + y"}
# What formulas in papers have, in the letters of a keyboard.
_PLAIN = {
    "²": "^2", "³": "^3", "⁴": "^4", "−": "-", "–": "-", "×": "*", "·": "*", "⋅": "*", "÷": "/",
    "∕": "/", "π": "pi", "√": "sqrt", "（": "(", "）": ")", "，": ",",
}  # fmt: skip


class BadFormula(ValueError):
    """``rule`` is what is wrong, ``position`` the 1-based character, ``nearest`` a remedy."""

    def __init__(self, rule: str, position: int, nearest: str) -> None:
        super().__init__(f"{rule} at character {position}; nearest valid: {nearest}")
        self.rule, self.position, self.nearest = rule, position, nearest


class Formula:
    """A parsed formula of ``variables``, or else of the inputs x1, x2, …, where ``x`` means x1.

    ``n_in`` is the number of variables; of inputs the highest that is in it, at least 1. ``tree``
    is the checked syntax tree. Raises BadFormula.
    """

    def __init__(self, text: str, variables: tuple[str, ...] = ()) -> None:
        self.text, self.variables = text, variables
        self.n_in = max(1, len(variables))
        self._example = _EXAMPLES[bool(variables)]
        if len(text) > MOST_CHARACTERS:
            rule = f"must have at most {MOST_CHARACTERS} characters, and goes on"
            raise BadFormula(rule, MOST_CHARACTERS + 1, "a shorter formula")
        if not text.strip() or not text.isprintable():
            raise BadFormula("is no line of printable text", 1, self._example)
        for place, character in enumerate(text):
            # Python takes letters for names that only look like those of the keyboard.
            if not character.isascii():
                near = _PLAIN.get(character, "letters, digits and signs of a keyboard")
                raise BadFormula(f"has the character {character}", place + 1, near)
        # Blanks before it would be an indentation. Where each character that Python reads is from:
        indent = len(text) - len(text.lstrip())
        body = text[indent:]
        self._origins = [indent + k for k, c in enumerate(body) for _ in range(1 + (c == "^"))]
        self.tree = self._parse(body.replace("^", "**"))
        self._check(self.tree, 0)

    def __call__(self, inputs: np.ndarray) -> np.ndarray:
        """The values (n,), float64, at ``inputs`` (n, ≥ n_in); not finite where undefined."""
        columns = np.asarray(inputs, np.float64)
        variables = self.variables or [f"x{k + 1}" for k in range(self.n_in)]
        names = {name: columns[:, k] for k, name in enumerate(variables)} | CONSTANTS
        if not self.variables:
            names["x"] = columns[:, 0]
        with np.errstate(all="ignore"):
            value = evaluate(self.tree, names)
        return np.array(np.broadcast_to(value, len(columns)), np.float64)

    def _parse(self, text: str) -> ast.expr:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(text, mode="eval")
        except SyntaxError as error:
            known = error.offset and error.lineno == 1
            place = self._place(error.offset - 1) if known and error.offset else len(self.text) + 1
            raise BadFormula("is no formula", place, self._example) from None
        except (ValueError, MemoryError, RecursionError, OverflowError):
            raise BadFormula("is no formula", 1, self._example) from None
        return tree.body

    def _place(self, column: int) -> int:
        """The 1-based character that the text has where Python read its ``column``, from 0."""
        if 0 <= column < len(self._origins):
            return self._origins[column] + 1
        return len(self.text) + 1

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
        found = None if self.variables else _INPUT.fullmatch(name)
        if found:
            self.n_in = max(self.n_in, int(found[1]))
        elif name in FUNCTIONS:
            raise self._bad(node, f"has {name} without its arguments", self._usage(name))
        elif name not in (self.variables or ("x",)) and name not in CONSTANTS:
            near = nearest_name(name, [*FUNCTIONS, *CONSTANTS]) if len(name) > 1 else None
            some = ", ".join(self.variables) or "x1, x2, …"
            raise self._bad(node, f"has the unknown name {name}", near or some)

    def _call(self, node: ast.expr, function: ast.expr, name: str, count: int) -> None:
        if name not in FUNCTIONS:
            near = nearest_name(name, list(FUNCTIONS)) or ", ".join(FUNCTIONS)
            raise self._bad(function, f"has the unknown function {name}", near)
        if count != FUNCTIONS[name][0]:
            raise self._bad(node, f"has other arguments of {name} than it takes", self._usage(name))

    def _bad(self, node: ast.expr, rule: str, nearest: str) -> BadFormula:
        return BadFormula(rule, self.position(node), nearest)

    def position(self, node: ast.expr) -> int:
        """The 1-based character at which a part of the tree begins."""
        return self._place(node.col_offset)

    def _usage(self, name: str) -> str:
        names = self.variables or ("x1", "x2")
        return f"{name}({', '.join(names[: FUNCTIONS[name][0]])})"


def evaluate(node: ast.expr, names: Mapping[str, Any]) -> Any:
    """The value of a checked tree, its names given as numbers or arrays, float64."""
    match node:
        case ast.Constant(value=value):
            return np.float64(value)  # type: ignore[arg-type]
        case ast.Name(id=name):
            return names[name]
        case ast.BinOp(left=left, op=op, right=right):
            return _BINARY[type(op)](evaluate(left, names), evaluate(right, names))
        case ast.UnaryOp(op=op, operand=operand):
            return _UNARY[type(op)](evaluate(operand, names))
        case ast.Call(func=ast.Name(id=name), args=args):
            return FUNCTIONS[name][1](*(evaluate(inner, names) for inner in args))
    raise AssertionError(node)
