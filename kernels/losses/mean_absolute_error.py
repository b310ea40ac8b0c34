"""Mean absolute error, (1 / n_out) Σ_j |p_j - t_j|, averaged over samples: outliers count little.

Where an answer is exact its slope is taken as 0; the second derivative is 0. Hastie, Tibshirani &
Friedman 2009, "The elements of statistical learning", section 10.6.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.losses import bend, catalog, slope, value
from kernels.rules import const


class MeanAbsoluteError(NamedTuple):
    """No hyper-parameters."""


def _value(item: Any, p: Any, t: Any, n_out: Any) -> Any:
    return np.abs(p - t) / const(p, n_out)


def _slope(item: Any, p: Any, t: Any, n_out: Any) -> Any:
    return np.sign(p - t) / const(p, n_out)


def _bend(item: Any, p: Any, t: Any, n_out: Any) -> Any:
    return const(p, 0.0)


catalog.register(
    MeanAbsoluteError,
    "mean_absolute_error",
    "mean of |answer - target| over outputs and samples",
    rules={value: _value, slope: _slope, bend: _bend},
    aliases=("mae", "l1"),
)
