"""Rules and the small helpers of kernels, compiled and not."""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
import pytest

from kernels.jit import kernel
from kernels.rules import cast, const, finite, reads, rule, select

shape = rule("shape")


class Square(NamedTuple):
    side: float


class Disc(NamedTuple):
    radius: float


shape.implement(Square, lambda item, scale: scale * item.side * item.side)
shape.implement(Disc, lambda item, scale: scale * np.pi * item.radius * item.radius)


@kernel
def area(item, scale):
    return shape(item, scale)


def test_the_type_of_the_item_chooses_the_body():
    for call in (shape, area):
        assert call(Square(3.0), 2.0) == 18.0
        assert call(Disc(1.0), 2.0) == pytest.approx(6.283185307179586)


def test_an_item_without_a_body_is_an_error():
    class Blob(NamedTuple):
        size: float

    with pytest.raises((KeyError, numba.core.errors.TypingError)):
        area(Blob(1.0), 1.0)
    with pytest.raises(KeyError):
        shape(Blob(1.0), 1.0)


@kernel
def helpers(x):
    return const(x, 0.1) * x, cast((0.1, 2.0), x)[1], select(x > const(x, 0.0), x, -x), finite(x)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_constants_take_the_type_of_what_they_meet(kind):
    x = np.array([-3.0], kind)
    out = np.array([helpers(x[0])[0]])
    assert kind(0.1) * kind(-3.0) == out[0]
    assert helpers(x[0])[2] == 3.0
    assert const(kind(1), 0.1).dtype == kind
    assert [type(v) for v in cast((0.1, 2.0), kind(1))] == [kind, kind]


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_finite_tells_infinity_and_nan(value, kind):
    assert helpers(kind(1e30))[3]
    assert not helpers(kind(value))[3]
    assert not finite(kind(value))


def test_a_body_reads_the_arguments_that_it_makes_use_of():
    def body(item, z, a):
        return (lambda: a * a)() if item else 0.0

    assert [reads(body, place) for place in range(3)] == [True, False, True]
