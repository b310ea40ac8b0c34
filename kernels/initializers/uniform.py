"""Weights uniform on [low, high). Biases are zero."""

from typing import Any, NamedTuple

from kernels.initializers import catalog, draw, fill_uniform


class Uniform(NamedTuple):
    """``low``, ``high``: ends of the interval."""

    low: float = -0.5
    high: float = 0.5


def _draw(item: Any, weights: Any, biases: Any, seed: Any, start: Any, counter: Any) -> None:
    fill_uniform(weights, item.low, item.high, seed, start, counter)
    biases[:] = 0.0


catalog.register(
    Uniform,
    "uniform",
    "weights uniform on an interval",
    hypers={
        "low": ("(-inf, inf)", "lower end of the interval"),
        "high": ("(-inf, inf)", "upper end of the interval"),
    },
    rules={draw: _draw},
)
