"""Sigmoid linear unit, also called swish: f(z) = z s(z) with s(z) = 1 / (1 + exp(-z)).

f' = s + z s (1 - s), f'' = s (1 - s) (2 - z tanh(z / 2)). Elfwing, Uchibe & Doya 2018, "Sigmoid-
weighted linear units for neural network function approximation in reinforcement learning", arXiv
1702.03118, section 2; Ramachandran, Zoph & Le 2017, "Searching for activation functions", arXiv
1710.05941, with β = 1.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.activations import bend, catalog, slope, value
from kernels.activations.sigmoid import logistic
from kernels.rules import const


class SiLU(NamedTuple):
    """No hyper-parameters."""


def _value(item: Any, z: Any) -> Any:
    return z * logistic(z)


def _slope(item: Any, z: Any, a: Any) -> Any:
    s = logistic(z)
    return s + z * (s * (const(z, 1.0) - s))


def _bend(item: Any, z: Any, a: Any) -> Any:
    one = const(z, 1.0)
    small = np.exp(-np.abs(z))
    density = small / ((one + small) * (one + small))
    return density * const(z, 2.0) - (density * np.abs(z)) * ((one - small) / (one + small))


catalog.register(
    SiLU,
    "silu",
    "z times the sigmoid of z",
    rules={value: _value, slope: _slope, bend: _bend},
    aliases=("swish",),
)
