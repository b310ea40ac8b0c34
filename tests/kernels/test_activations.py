"""Activations by themselves: against their naive twins, far out, at their kinks, and at NaN."""

from __future__ import annotations

import numpy as np
import pytest

from kernels import activations
from kernels.jit import kernel
from tests import naive

DTYPES = [np.float64, np.float32]
# Steps of 1/499 from -9 to 9: no point is a kink, and none farther from one than differences reach.
GRID = np.arange(-9 * 499, 9 * 499) / 499 + 1 / 1733
items = pytest.mark.parametrize("item", list(activations.catalog), ids=lambda item: item.name)
dtypes = pytest.mark.parametrize("dtype", DTYPES)


@kernel
def tabulate(item, z, values, slopes, bends):
    for k in range(z.size):
        values[k] = activations.value(item, z[k])
        slopes[k] = activations.slope(item, z[k], values[k])
        bends[k] = activations.bend(item, z[k], values[k])


def table(made, z, dtype=np.float64):
    """Value, slope and second derivative at each of ``z``."""
    z = np.asarray(z, dtype)
    out = [np.full(z.size, 7.0, dtype) for _ in range(3)]
    tabulate(made, z, *out)
    return out


def variants(item):
    """The item with its defaults, and with other hyper-parameters."""
    others = {h.name: h.default * 1.5 + 0.0625 for h in item.hypers}
    return [item.make(), item.make(others)] if others else [item.make()]


def away_from_kinks(made, z, distance):
    return z[[all(abs(x - kink) > distance for kink in activations.kinks(made)) for x in z]]


def twin(item, made):
    function, hypers = naive.ACTIVATIONS[item.name], made._asdict()

    def derivative(z, h=1e-30):
        # Complex step: no difference is taken, so the error is rounding only.
        return np.imag(function(z + 1j * h, **hypers)) / h

    return lambda z: function(z, **hypers), derivative


@items
def test_value_and_derivatives_are_those_of_the_naive_twin(item):
    for made in variants(item):
        value, derivative = twin(item, made)
        z = away_from_kinks(made, GRID[::7], 4e-3)
        values, slopes, bends = table(made, z)
        np.testing.assert_allclose(values, value(z), rtol=1e-13, atol=1e-15)
        np.testing.assert_allclose(slopes, derivative(z), rtol=1e-12, atol=1e-14)
        h = 2e-3
        wide = (derivative(z + h) - derivative(z - h)) / (2 * h)
        narrow = (derivative(z + h / 2) - derivative(z - h / 2)) / h
        np.testing.assert_allclose(bends, (4 * narrow - wide) / 3, rtol=1e-8, atol=1e-9)


@items
def test_only_declared_kinks_are_there(item):
    """Between neighbours of a fine grid f and f' change smoothly, but where a kink is declared."""
    made = item.make()
    step = GRID[1] - GRID[0]
    values, slopes, bends = table(made, GRID)
    middle = (GRID[1:] + GRID[:-1]) / 2
    smooth = np.isin(middle, away_from_kinks(made, middle, step))
    for function, derivative in ((values, slopes), (slopes, bends)):
        predicted = (derivative[1:] + derivative[:-1]) / 2 * step
        off = np.abs(np.diff(function) - predicted)
        assert off[smooth].max() < 1e-7  # a jump in the derivative of 1e-4 shows


@items
def test_at_a_kink_the_slope_is_that_of_one_side(item):
    for made in variants(item):
        for kink in activations.kinks(made):
            _, slopes, bends = table(made, [kink - 1e-9, kink, kink + 1e-9])
            assert np.abs(slopes[[0, 2]] - slopes[1]).min() < 1e-7
            assert min(bends[0], bends[2]) - 1e-7 <= bends[1] <= max(bends[0], bends[2]) + 1e-7


@items
def test_float32_differs_by_rounding_only(item):
    made = item.make()
    z = away_from_kinks(made, GRID[::7], 1e-3).astype(np.float32)
    for narrow, wide in zip(table(made, z, np.float32), table(made, z), strict=True):
        assert narrow.dtype == np.float32
        np.testing.assert_allclose(narrow, wide, rtol=1e-5, atol=1e-6)


@items
@dtypes
def test_nothing_overflows_far_out(item, dtype):
    largest = float(np.finfo(dtype).max) / 2
    far = np.array([1e3, 1e30, largest])
    for made in variants(item):
        z = np.concatenate([far, -far, [0.0, -0.0, 1e-30, -1e-30]])
        for found in table(made, z, dtype):
            assert np.isfinite(found).all()


@items
def test_far_out_every_activation_is_a_line(item):
    """Or, as the sine, keeps within bounds: f(2z) - f(z) is z times the slope."""
    for made in variants(item):
        for z in (1e3, -1e3, 1e30, -1e30):
            values, slopes, bends = table(made, [z, 2 * z])
            if item.name == "sine":
                assert np.abs(values).max() <= 1
                assert np.allclose(values**2 + (slopes / made.w0) ** 2, 1)
                assert np.allclose(bends, -made.w0 * made.w0 * values)
            else:
                assert values[1] - values[0] == pytest.approx(slopes[0] * z, rel=1e-9, abs=2e-3)
                assert bends == pytest.approx([0, 0], abs=1e-8)


@items
@dtypes
def test_nan_stays_nan(item, dtype):
    """So that a run whose parameters are lost says so."""
    assert np.isnan(table(item.make(), [np.nan], dtype)[0]).all()
