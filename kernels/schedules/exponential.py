"""Exponential decay, factor = decay^(step / every)."""

from typing import Any, NamedTuple

from kernels.schedules import catalog, factor


class Exponential(NamedTuple):
    """``decay``: factor per ``every`` steps."""

    decay: float = 0.5
    every: float = 1000.0


def _factor(item: Any, step: Any) -> Any:
    return item.decay ** (step / item.every)


catalog.register(
    Exponential,
    "exponential",
    "the learning rate shrinks by a factor in every so many steps",
    hypers={
        "decay": ("(0, 1]", "factor reached after that many steps"),
        "every": ("(0, inf)", "steps for one factor"),
    },
    rules={factor: _factor},
)
