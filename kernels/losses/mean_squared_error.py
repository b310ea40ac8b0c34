"""Mean squared error, (1 / n_out) Σ_j (p_j - t_j)², averaged over samples.

Rumelhart, Hinton & Williams 1986, eq. 3, with the mean in place of half the sum.
"""

from typing import Any, NamedTuple

from kernels.losses import bend, catalog, slope, value
from kernels.rules import const


class MeanSquaredError(NamedTuple):
    """No hyper-parameters."""


def _value(item: Any, p: Any, t: Any, n_out: Any) -> Any:
    return (p - t) * (p - t) * const(p, 1.0 / n_out)


def _slope(item: Any, p: Any, t: Any, n_out: Any) -> Any:
    return (p - t) * const(p, 2.0 / n_out)


def _bend(item: Any, p: Any, t: Any, n_out: Any) -> Any:
    return const(p, 2.0) / const(p, n_out)


catalog.register(
    MeanSquaredError,
    "mean_squared_error",
    "mean of (answer - target)² over outputs and samples",
    rules={value: _value, slope: _slope, bend: _bend},
    aliases=("mse",),
)
