"""Formulas of x and y: derivatives against mpmath's differences of the text, read by NumPy."""

from __future__ import annotations

import math
import time
from contextlib import suppress

import mpmath
import numpy as np
import pytest

from kernels import surfaces
from kernels.formulas import build
from kernels.surfaces import ascent, bend, height
from workbench.formula import CONSTANTS, FUNCTIONS, BadFormula, Formula
from workbench.symbolic import Symbolic

SMOOTH = [
    "x^2 + 3*y^2",
    "100*(y - x**2)^2 + (1 - x)^2",
    "sin(3*x)*exp(-y^2) - x*y/7",
    "-20*exp(-0.2*sqrt(0.5*(x^2+y^2))) - exp(0.5*(cos(2*pi*x)+cos(2*pi*y))) + e + 20",
    "log(1 + x^2 + y^2) + log10(x*y) + atan(x - y)",
    "asin(x/3) * acos(y/3) + arctan(x*y) - arcsin(y/4) + arccos(x/5)",
    "tan(x/2) + sinh(y) + cosh(x*y/2) - tanh(x + y)",
    "x^y + 2^x + y^-1.5 + (x*y)^2.5 + e^(x/2)",
    "(x*x*x*y)^3 / (1 + y^4) - 1/x^3",
    "sqrt(x*y) + x^1.5 + y^-0.5",
    "(x + 0.1)^40 / 1e6",
    "(x - x) * y + x*(y - y + 2)",
    "x + x*y" + " + x*y" * 60,
    "1e-3*x*1e3 - -y + +x",
    "x % 0.7 + y*(x % 0.9)",
    "abs(x - 3)*y + sign(y)*x + floor(3*x)*y + ceil(2*y)*x",
    "max(x, min(y, 1.1))*y + min(x*y, x + y)",
]  # fmt: skip


def _mp(text):
    """The formula by mpmath, from its text with Python's own reading of it."""
    names = {name: getattr(mpmath, name, None) for name in FUNCTIONS}
    names |= {"abs": abs, "max": max, "min": min, "log": mpmath.ln, "arctan": mpmath.atan}
    names |= {"arcsin": mpmath.asin, "arccos": mpmath.acos, "pi": mpmath.pi, "e": mpmath.e}
    code = compile(text.replace("^", "**"), "formula", "eval")
    return lambda x, y: eval(code, names | {"x": x, "y": y})


@pytest.mark.parametrize("text", SMOOTH)
def test_derivatives_are_those_of_mpmath(text):
    symbolic = Symbolic(Formula(text, ("x", "y")))
    wanted = _mp(text)
    with mpmath.workdps(40):
        for x, y in ((1.25, 0.85), (0.4, 1.3)):
            orders = ((0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2))
            reference = [float(mpmath.diff(wanted, (x, y), order)) for order in orders]
            found = [value for program in symbolic.programs for value in program(x, y)]
            assert found == pytest.approx(reference, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("text", SMOOTH[:4])
def test_compiled_they_are_the_same(text):
    symbolic = Symbolic(Formula(text, ("x", "y")))
    item = build(*symbolic.programs)
    found = [height(item, 0.6, 0.9), *ascent(item, 0.6, 0.9), *bend(item, 0.6, 0.9)]
    wanted = [value for program in symbolic.programs for value in program(0.6, 0.9)]
    assert found == pytest.approx(wanted, rel=1e-13)


def test_the_catalogues_surfaces_written_as_formulas_are_the_same():
    texts = {
        "bowl": "x^2 + y^2",
        "rosenbrock": "(1 - x)^2 + 100*(y - x^2)^2",
        "himmelblau": "(x^2 + y - 11)^2 + (x + y^2 - 7)^2",
        "beale": "(1.5 - x + x*y)^2 + (2.25 - x + x*y^2)^2 + (2.625 - x + x*y^3)^2",
    }
    for name, text in texts.items():
        item = surfaces.catalog.get(name).make()
        symbolic = Symbolic(Formula(text, ("x", "y")))
        for x, y in np.random.default_rng(0).uniform(-3, 3, (20, 2)):
            found = [value for program in symbolic.programs for value in program(x, y)]
            wanted = [height(item, x, y), *ascent(item, x, y), *bend(item, x, y)]
            assert found == pytest.approx(wanted, rel=1e-11, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "point", "wanted"),
    [
        ("abs(x) + y", (0.0, 2.0), (0.0, 1.0)),
        ("max(x, y)", (1.0, 1.0), (1.0, 0.0)),
        ("min(y, x)", (1.0, 1.0), (0.0, 1.0)),
        ("sign(x)*y", (0.0, 2.0), (0.0, 0.0)),
        ("sqrt(x^2 + y^2)", (0.0, 0.0), (0.0, 0.0)),
        ("max(log(x), y)", (-1.0, 2.0), (0.0, 1.0)),
        ("(x*y)^3 + x^100", (0.0, 0.0), (0.0, 0.0)),
    ],
)
def test_slopes_where_there_is_a_kink_or_a_zero(text, point, wanted):
    assert Symbolic(Formula(text, ("x", "y"))).programs[1](*point) == wanted


def test_derivatives_can_be_read():
    assert Symbolic(Formula("x^2 + 3*x*y", ("x", "y"))).gradient == ("2*x + 3*y", "3*x")
    assert Symbolic(Formula("sin(0.5*x)", ("x", "y"))).hessian[0] == "-0.5**2*sin(0.5*x)"


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("x + foo(y)", 5),
        ("x1 + y", 1),
        ("x + z", 5),
        ("x + 9^9^9^9", 5),
        ("x + (2*y)^9^9^9", 11),
        ("y + 1/(x - x)", 8),
        ("x + log(-1)", 5),
        ("exp(exp(exp(exp(exp(exp(x/x))))))", 9),
        ("x + 1/0", 5),
        ("x + 0*y^(0 - 0/0)", 10),
    ],
)
def test_mistakes_are_placed(text, position):
    with pytest.raises(BadFormula) as caught:
        Symbolic(Formula(text, ("x", "y")))
    assert caught.value.position == position


HOSTILE = [
    "sin(" * 110 + "x" + ")" * 110,
    "(" * 80 + "x" + ")^64" * 80,
    "(" * 60 + "x + x" + ")^9" * 60,
    "*".join(f"(x+{k}*y)" for k in range(60)),
    "*".join(f"sin(x+{k})" for k in range(45)),
    "x**" * 120 + "y",
    "x/(" * 100 + "y" + ")" * 100,
    "x" + "*x" * 240,
    "x" + "*y+x" * 120,
    "min(" * 60 + "x" + ",y)" * 60,
    "max(" * 9 + "x" + ",x*y)" * 9,
    "abs(" * 90 + "x*y" + ")" * 90,
    "exp(" * 30 + "x" + ")" * 30,
    "floor(exp(exp(exp(exp(exp(exp(exp(x/x))))))))",
    "(x/x + x/x)^" * 30 + "2",
    "999^999*x",
    "(999*x)^31*(998*y)^31*(997*x)^31*(996*x)^31*(995*y)^31*(994*x)^31*(993*x)^31",
    "x^1e300 + x^-1e300 + x^0.1e-300",
    "x.__class__",
    "__import__('os')",
    "[x for x in y]",
    "ｘ + y",
    "x if y else 1",
    "x^2 \u202e + y",
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:20])
def test_however_hostile_it_is_over_soon(text):
    begun = time.process_time()
    with suppress(BadFormula):
        programs = Symbolic(Formula(text, ("x", "y"))).programs
        assert sum(len(program.operations) for program in programs) < 20_000
    # Alone it is below a second; twenty are for a machine that does much else.
    assert time.process_time() - begun < 20.0


def test_every_function_is_known_in_both_readings():
    for name, (count, of_numpy) in FUNCTIONS.items():
        text = f"{name}({', '.join(('x', 'y')[:count])})"
        found = Symbolic(Formula(text, ("x", "y"))).programs[0](0.3, 0.6)[0]
        assert found == pytest.approx(float(of_numpy(*(0.3, 0.6)[:count])), rel=1e-15)
    assert {"pi": math.pi, "e": math.e} == CONSTANTS
