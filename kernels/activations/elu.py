"""Exponential linear unit, f(z) = z for z > 0, otherwise alpha (exp z - 1).

f' = 1 or alpha exp z, f'' = 0 or alpha exp z. At z = 0 both are those of negative z; f' has no jump
there where alpha = 1. Clevert, Unterthiner & Hochreiter 2016, "Fast and accurate deep network
learning by exponential linear units (ELUs)", arXiv 1511.07289, section 3.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.activations import bend, catalog, slope, value
from kernels.rules import const, select


class ELU(NamedTuple):
    """``alpha``: minus the limit for z towards -inf."""

    alpha: float = 1.0


def _value(item: Any, z: Any) -> Any:
    below = select(z > const(z, 0.0), const(z, 0.0), z)
    return select(z > const(z, 0.0), z, const(z, item.alpha) * np.expm1(below))


def _slope(item: Any, z: Any, a: Any) -> Any:
    below = select(z > const(z, 0.0), const(z, 0.0), z)
    return select(z > const(z, 0.0), const(z, 1.0), const(z, item.alpha) * np.exp(below))


def _bend(item: Any, z: Any, a: Any) -> Any:
    below = select(z > const(z, 0.0), const(z, 0.0), z)
    return select(z > const(z, 0.0), const(z, 0.0), const(z, item.alpha) * np.exp(below))


catalog.register(
    ELU,
    "elu",
    "z where positive, otherwise alpha (exp z - 1)",
    hypers={"alpha": ("[0, 1000]", "minus the limit for very negative z")},
    rules={value: _value, slope: _slope, bend: _bend},
    kinks=(0.0,),
)
