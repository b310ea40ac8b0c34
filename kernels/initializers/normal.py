"""Weights normal with a given mean and standard deviation. Biases are zero."""

from typing import Any, NamedTuple

from kernels.initializers import catalog, draw, fill_normal


class Normal(NamedTuple):
    """``mean`` and standard ``deviation`` of every weight."""

    mean: float = 0.0
    deviation: float = 0.5


def _draw(item: Any, weights: Any, biases: Any, seed: Any, start: Any, counter: Any) -> None:
    fill_normal(weights, item.mean, item.deviation, seed, start, counter)
    biases[:] = 0.0


catalog.register(
    Normal,
    "normal",
    "weights normal, of a given standard deviation",
    hypers={
        "mean": ("(-inf, inf)", "mean of every weight"),
        "deviation": ("[0, inf)", "standard deviation of every weight"),
    },
    rules={draw: _draw},
)
