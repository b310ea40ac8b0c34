"""Huber's loss: e² / 2 for |e| < delta, otherwise delta (|e| - delta / 2), with e = p - t.

Averaged over outputs and samples. For large delta it is half the mean squared error; from |e| =
delta on the second derivative is 0. Huber 1964, "Robust estimation of a location parameter",
Annals of Mathematical Statistics 35, section 1.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.losses import bend, catalog, slope, value
from kernels.rules import const, select


class Huber(NamedTuple):
    """``delta``: the error from which on the loss grows linearly, in units of the target."""

    delta: float = 1.0


def _value(item: Any, p: Any, t: Any, n_out: Any) -> Any:
    error = np.abs(p - t)
    bounded = min(error, const(p, item.delta))
    return bounded * (error - const(p, 0.5) * bounded) / const(p, n_out)


def _slope(item: Any, p: Any, t: Any, n_out: Any) -> Any:
    error, delta = p - t, const(p, item.delta)
    return min(max(error, -delta), delta) / const(p, n_out)


def _bend(item: Any, p: Any, t: Any, n_out: Any) -> Any:
    inside = np.abs(p - t) < const(p, item.delta)
    return select(inside, const(p, 1.0), const(p, 0.0)) / const(p, n_out)


catalog.register(
    Huber,
    "huber",
    "squared for small errors, linear for large ones",
    hypers={"delta": ("(0, inf)", "the error from which on the loss grows linearly")},
    rules={value: _value, slope: _slope, bend: _bend},
)
