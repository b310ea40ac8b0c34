"""Jets: each function's derivatives by SymPy, compiled or not, of numbers and of lanes."""

from __future__ import annotations

import numba
import numpy as np
import pytest
import sympy

from kernels.jets import first_order, parts, second_order
from kernels.jit import EXACT_OPTIONS, OPTIONS
from kernels.lanes import COMPILED, load, store
from kernels.rules import const, select

pytestmark = pytest.mark.emits

WIDTH = (None,) * (4 if COMPILED else 1)
X = np.array([-1.7, -0.6, 0.3, 0.9, 1.6, 2.3, -2.2, 0.05])
Y = np.array([0.8, -1.4, 0.2, 1.1, -0.7, 1.9, 0.4, -0.35])


def arithmetic(x, y):
    return (2 - x) * (y * x + 3) / (x * x + y * y + 1) - y / 4 + 5 / (y * y + 2) + (+x) * -y


def operators_with_constants(x, y):
    c = const(x, 0.5)
    return (c * x + y * c) * (x - c) / (c + y * y) - (c - y) + x / c


def exponentials(x, y):
    return np.exp(x * y) + np.expm1(x + 0.5 * y) * np.tanh(x * y - 0.3)


def logarithms(x, y):
    return np.log(x * x + y * y) * np.log1p(x * x) + np.sqrt(x * x + 2.0 + y)


def waves(x, y):
    return np.sin(x * y) * np.cos(x - y * y)


def kinks(x, y):
    return np.abs(x * y) * x + abs(y) + np.sign(x) * y * y + np.floor(x) * x * y


def choices(x, y):
    far = (x > y) | (x * x >= 2.0)
    near = (x <= 1.0) & (y < 1.0)
    return select(far, x * x * y, y * y) + select(near, 3.0, x * y) + select(x == y, x, 0.0)


def extremes(x, y):
    return max(x * y, x - y) * min(x, 0.5) + min(y, x * x) + max(0.25, y) + select(x != y, y, x)


def constants_chosen(x, y):
    return x * select(x >= 0.0, const(x, 2.0), const(x, 3.0)) + y


# Each rule with its formula; at the points all are clear of the kinks.
RULES = [
    (arithmetic, "(2 - x)*(x*y + 3)/(x**2 + y**2 + 1) - y/4 + 5/(y**2 + 2) - x*y"),
    (operators_with_constants, "(x + y)/2*(x - 1/2)/(1/2 + y**2) - (1/2 - y) + 2*x"),
    (exponentials, "exp(x*y) + (exp(x + y/2) - 1)*tanh(x*y - 3/10)"),
    (logarithms, "log(x**2 + y**2)*log(1 + x**2) + sqrt(x**2 + 2 + y)"),
    (waves, "sin(x*y)*cos(x - y**2)"),
    (kinks, "Abs(x*y)*x + Abs(y) + sign(x)*y**2 + floor(x)*x*y"),
    (
        choices,
        "Piecewise((x**2*y, Or(x > y, x**2 >= 2)), (y**2, True))"
        " + Piecewise((3, And(x <= 1, y < 1)), (x*y, True))",
    ),
    (extremes, "Max(x*y, x - y)*Min(x, 1/2) + Min(y, x**2) + Max(1/4, y) + y"),
    (constants_chosen, "x*Piecewise((2, x >= 0), (3, True)) + y"),
]
each = pytest.mark.parametrize(("function", "formula"), RULES, ids=[f.__name__ for f, _ in RULES])


def derivatives(formula):
    """f, f_x, f_y, f_xx, f_xy, f_yy at the points, (6, n), by SymPy."""
    x, y = sympy.symbols("x y", real=True)
    f = sympy.sympify(formula, {"x": x, "y": y}, rational=True)
    wanted = (f, f.diff(x), f.diff(y), f.diff(x, 2), f.diff(x, y), f.diff(y, 2))
    # Away from kinks the derivative of a jump is zero.
    still = {sympy.DiracDelta: lambda *v: 0, sympy.Derivative: lambda *v: 0}
    made = []
    for part in wanted:
        for kind, nothing in still.items():
            part = part.replace(kind, nothing)
        values = sympy.lambdify((x, y), part, "numpy")(X, Y)
        made.append(np.broadcast_to(np.asarray(values, float), X.shape))
    return np.array(made)


def kernels_of(function):
    """Kernels that fill ``out`` (9, n) with the parts of second, then of first order."""
    rule = numba.njit(**OPTIONS)(function)

    @numba.njit(**OPTIONS)
    def of_numbers(x, y, out):
        for k in range(x.size):
            a, b = second_order(x[k], y[k])
            out[0, k], out[1, k], out[2, k], out[3, k], out[4, k], out[5, k] = parts(rule(a, b))
            a, b = first_order(x[k], y[k])
            out[6, k], out[7, k], out[8, k] = parts(rule(a, b))

    exact = numba.njit(**EXACT_OPTIONS)(function)

    @numba.njit(**EXACT_OPTIONS)
    def of_lanes(x, y, out, width):
        for k in range(x.size // len(width)):
            a, b = second_order(load(x, k, width), load(y, k, width))
            v, vx, vy, vxx, vxy, vyy = parts(exact(a, b))
            store(out[0], k, v)
            store(out[1], k, vx)
            store(out[2], k, vy)
            store(out[3], k, vxx)
            store(out[4], k, vxy)
            store(out[5], k, vyy)
            a, b = first_order(load(x, k, width), load(y, k, width))
            v, vx, vy = parts(exact(a, b))
            store(out[6], k, v)
            store(out[7], k, vx)
            store(out[8], k, vy)

    return of_numbers, of_lanes


@each
def test_derivatives_are_those_of_sympy(function, formula):
    wanted = derivatives(formula)
    wanted = np.concatenate([wanted, wanted[:3]])
    of_numbers, of_lanes = kernels_of(function)
    got = np.zeros((9, X.size))
    of_numbers(X, Y, got)
    assert np.allclose(got, wanted, rtol=1e-12, atol=1e-12)
    got = np.zeros((9, X.size))
    of_lanes(X, Y, got, WIDTH)
    assert np.allclose(got, wanted, rtol=1e-12, atol=1e-12)


@each
def test_python_does_what_kernels_do(function, formula):
    wanted = derivatives(formula)
    for k, (x, y) in enumerate(zip(X, Y, strict=True)):
        for given in ((x, y), (float(x), float(y))):
            assert np.allclose(parts(function(*second_order(*given))), wanted[:, k], rtol=1e-12)
            assert np.allclose(parts(function(*first_order(*given))), wanted[:3, k], rtol=1e-12)


def test_slopes_at_the_kinks_are_means_or_zero():
    x, y = second_order(0.0, 2.0)
    assert parts(abs(x)) == (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    assert parts(np.sqrt(x * x)) == (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    assert parts(np.sign(x) * y) == (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    of_numbers, of_lanes = kernels_of(lambda v, w: np.sqrt(v * v) + abs(v) * w)
    for work, more in ((of_numbers, ()), (of_lanes, (WIDTH,))):
        got = np.ones((9, 4))
        work(np.zeros(4), np.full(4, 2.0), got, *more)
        assert not got.any()


def test_numpys_functions_that_jets_lack_are_refused():
    x, _ = first_order(0.5, 1.0)
    with pytest.raises(TypeError):
        np.arctan(x)
    with pytest.raises(TypeError):
        np.add.reduce(x)
