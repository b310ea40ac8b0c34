"""Scaled exponential linear unit: λ z for z > 0, otherwise λ α (exp z - 1).

λ and α make mean 0 and variance 1 a fixed point of a layer with LeCun's normal initializer. At
z = 0, f' = f'' = λ α, those of negative z. Klambauer, Unterthiner, Mayr & Hochreiter 2017,
"Self-normalizing neural networks", arXiv 1706.02515, eq. 2.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.activations import bend, catalog, slope, value
from kernels.rules import const, select


class SELU(NamedTuple):
    """No hyper-parameters."""


_SCALE = 1.0507009873554804934193349852946
_SCALE_ALPHA = _SCALE * 1.6732632423543772848170429916717


def _value(item: Any, z: Any) -> Any:
    below = select(z > const(z, 0.0), const(z, 0.0), z)
    curve = const(z, _SCALE_ALPHA) * np.expm1(below)
    return select(z > const(z, 0.0), const(z, _SCALE) * z, curve)


def _slope(item: Any, z: Any, a: Any) -> Any:
    below = select(z > const(z, 0.0), const(z, 0.0), z)
    curve = const(z, _SCALE_ALPHA) * np.exp(below)
    return select(z > const(z, 0.0), const(z, _SCALE), curve)


def _bend(item: Any, z: Any, a: Any) -> Any:
    below = select(z > const(z, 0.0), const(z, 0.0), z)
    curve = const(z, _SCALE_ALPHA) * np.exp(below)
    return select(z > const(z, 0.0), const(z, 0.0), curve)


catalog.register(
    SELU,
    "selu",
    "elu, scaled so that layers keep mean 0 and variance 1",
    rules={value: _value, slope: _slope, bend: _bend},
    kinks=(0.0,),
)
