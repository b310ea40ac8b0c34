"""Softplus, f(z) = log(1 + exp(β z)) / β: a smooth ReLU, ever sharper as β grows.

f' = s(β z), f'' = β s(β z) s(-β z) with the logistic s. Dugas, Bengio, Bélisle, Nadeau & Garcia
2001, "Incorporating second-order functional knowledge for better option pricing", NIPS 13.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.activations import bend, catalog, slope, value
from kernels.activations.sigmoid import logistic
from kernels.rules import const


class Softplus(NamedTuple):
    """``beta``: sharpness, per unit of z."""

    beta: float = 1.0


def _value(item: Any, z: Any) -> Any:
    # exp of minus the magnitude only, which cannot overflow
    beta = const(z, item.beta)
    return max(z, const(z, 0.0)) + np.log1p(np.exp(-beta * np.abs(z))) / beta


def _slope(item: Any, z: Any, a: Any) -> Any:
    return logistic(const(z, item.beta) * z)


def _bend(item: Any, z: Any, a: Any) -> Any:
    beta = const(z, item.beta)
    small = np.exp(-beta * np.abs(z))
    rest = const(z, 1.0) + small
    return beta * small / (rest * rest)


catalog.register(
    Softplus,
    "softplus",
    "log(1 + exp z), a smooth ReLU",
    hypers={"beta": ("[0.001, 1000]", "sharpness of the bend")},
    rules={value: _value, slope: _slope, bend: _bend},
)
