"""All weights one value, all biases another: hidden units of a layer stay equal for ever."""

from typing import Any, NamedTuple

from kernels.initializers import catalog, draw


class Constant(NamedTuple):
    """``weight``, ``bias``: the two values."""

    weight: float = 0.1
    bias: float = 0.0


def _draw(item: Any, weights: Any, biases: Any, seed: Any, start: Any, counter: Any) -> None:
    weights[:] = item.weight
    biases[:] = item.bias


catalog.register(
    Constant,
    "constant",
    "all weights one value, all biases another",
    hypers={
        "weight": ("(-inf, inf)", "value of every weight"),
        "bias": ("(-inf, inf)", "value of every bias"),
    },
    rules={draw: _draw},
)
