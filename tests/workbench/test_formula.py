"""Formulas: values against NumPy, positions of mistakes, and that nothing but arithmetic passes."""

from __future__ import annotations

import time

import numpy as np
import pytest

from workbench.formula import CONSTANTS, FUNCTIONS, BadFormula, Formula


@pytest.fixture
def points():
    return np.random.default_rng(0).uniform(0.5, 2.0, (50, 4))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("x1", lambda a, b, c: a),
        ("x", lambda a, b, c: a),
        (" x1 - x2 - x3 ", lambda a, b, c: a - b - c),
        ("2 ** x1 ** x2", lambda a, b, c: 2.0 ** (a**b)),
        ("-x1 ** 2", lambda a, b, c: -(a**2)),
        ("(-x1) ** 2 % 0.3", lambda a, b, c: np.mod(a**2, 0.3)),
        ("+x1 / (x2 * 3e-1)", lambda a, b, c: a / (b * 0.3)),
        ("sin(pi * x1) + log(e * x3)", lambda a, b, c: np.sin(np.pi * a) + 1 + np.log(c)),
        ("max(x1, min(x2, 1))", lambda a, b, c: np.maximum(a, np.minimum(b, 1))),
        ("7", lambda a, b, c: np.full_like(a, 7.0)),
        ("2^x1^x2 - x3 ^ 2 * 3", lambda a, b, c: 2.0 ** (a**b) - c**2 * 3),
    ],
)
def test_values_are_numpys(text, wanted, points):
    made = Formula(text)(points)
    assert made.shape == (50,)
    assert made.dtype == np.float64
    np.testing.assert_allclose(made, wanted(*points.T[:3]), rtol=1e-14)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_the_one_of_its_name(name, points):
    count = FUNCTIONS[name][0]
    arguments = ", ".join(f"x{k + 1}" for k in range(count))
    points = points / 4  # where all of them are defined
    reference = {"max": np.fmax, "min": np.fmin}.get(name) or getattr(np, name)
    np.testing.assert_array_equal(
        Formula(f"{name}({arguments})")(points), reference(*points.T[:count])
    )


def test_the_number_of_inputs_is_the_highest():
    assert [Formula(text).n_in for text in ("1", "x", "x2", "x1 + x12", "x99")] == [1, 1, 2, 12, 99]


def test_nothing_is_raised_where_a_formula_is_undefined():
    made = Formula("1 / x1 + log(x2) + 9 ** 9 ** 9")(np.array([[0.0, -1.0]]))
    assert not np.isfinite(made).any()


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("x1 + foo(x2)", 6),
        ("x1 + foo", 6),
        ("x1 + sin", 6),
        ("x1 + sin(x1, x2)", 6),
        ("x1 + max(x1)", 6),
        ("sin(x=x1)", 1),
        ("x1 ^ 2 + foo", 10),
        ("x1^x2^ + 3 $", 12),
        ("ｘ1 + 2", 1),
        ("2 + х", 5),
        ("x1²", 3),
        ("2 * x0", 5),
        ("x100", 1),
        ("x1 +", 5),
        ("x1 + )", 6),
        ("x1) + (x2", 3),
        ("  x1 + foo", 8),
        ("  x1 $ 2", 6),
        ("x1 $ 2", 4),
        ("2 x1", 3),
        ("x1; x2", 3),
        ("é * x1", 1),
        ("3 + é", 5),
        ("x1 + x1.real", 6),
        ("x1 and x2", 1),
        ("1 + (x1 < 2)", 6),
        ("1 + x1[0]", 5),
        ("1 + [x1]", 5),
        ("2 * 'a'", 5),
        ("2 * 1j", 5),
        ("2 * True", 5),
        ("2 // x1", 1),
        ("1 + 1e999", 5),
        ("", 1),
        ("   ", 1),
        ("x1\nx2", 1),
        ("x" * 501, 501),
    ],
)
def test_mistakes_are_placed(text, position):
    with pytest.raises(BadFormula) as caught:
        Formula(text)
    assert caught.value.position == position
    assert len(str(caught.value).splitlines()) == 1
    assert caught.value.nearest


@pytest.mark.parametrize("text", ["sni(x1)", "cosine(x1)", "exq(x1)"])
def test_the_nearest_function_is_named(text):
    with pytest.raises(BadFormula) as caught:
        Formula(text)
    assert caught.value.nearest in FUNCTIONS


HOSTILE = [
    "__import__('os').system('true')",
    "(lambda: 1)()",
    "[x1 for x1 in x2]",
    "x1.__class__",
    "exec('1')",
    "f'{x1}'",
    "(x1 := 2)",
    "x1 if x1 else x2",
    "max(*x1)",
    "sin(**x1)",
    "print(x1)",
    "9" * 499,
    "(" * 240 + "x1" + ")" * 240,
    "-" * 480 + "x1",
    "sin(" * 120 + "x1" + ")" * 10,
    "x1" + "**x1" * 120 + "**",
    "\x00",
    "x1\u2028",
    "#",
    "\\",
    "0x" + "f" * 400,
    "x1 # comment",
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:30]))
def test_what_is_no_arithmetic_is_refused_at_once(text):
    begun = time.perf_counter()
    if text == "x1 # comment":  # harmless: Python's grammar skips it
        assert Formula(text).n_in == 1
    else:
        with pytest.raises(BadFormula):
            Formula(text)
    assert time.perf_counter() - begun < 1.0


@pytest.mark.parametrize("text", ["9**9**9**9**9", "2**-9**9**9", "x1" + "+x1" * 160, "0**-1"])
def test_huge_powers_and_long_sums_take_no_time(text, points):
    begun = time.perf_counter()
    Formula(text)(points)
    assert time.perf_counter() - begun < 1.0


def test_names_do_not_collide():
    assert not set(FUNCTIONS) & set(CONSTANTS)
