"""Softsign, f(z) = z / (1 + |z|): as tanh, with slower tails.

f' = 1 / (1 + |z|)², f'' = -2 sign(z) / (1 + |z|)³, which jumps at z = 0 and is taken as 0 there.
Turian, Bergstra & Bengio 2009, "Quadratic features and deep architectures for chunking", NAACL;
Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks".
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.activations import bend, catalog, slope, value
from kernels.rules import const


class Softsign(NamedTuple):
    """No hyper-parameters."""


def _value(item: Any, z: Any) -> Any:
    return z / (const(z, 1.0) + np.abs(z))


def _slope(item: Any, z: Any, a: Any) -> Any:
    share = const(z, 1.0) / (const(z, 1.0) + np.abs(z))
    return share * share


def _bend(item: Any, z: Any, a: Any) -> Any:
    share = const(z, 1.0) / (const(z, 1.0) + np.abs(z))
    return const(z, -2.0) * np.sign(z) * share * share * share


catalog.register(
    Softsign,
    "softsign",
    "z / (1 + |z|)",
    rules={value: _value, slope: _slope, bend: _bend},
    kinks=(0.0,),
)
