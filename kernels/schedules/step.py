"""Step decay, factor = decay^⌊step / every⌋: the rate drops at once, and stays in between."""

from typing import Any, NamedTuple

import numpy as np

from kernels.schedules import catalog, factor


class Step(NamedTuple):
    """``decay``: factor at each drop; ``every``: steps from one drop to the next."""

    decay: float = 0.5
    every: float = 1000.0


def _factor(item: Any, step: Any) -> Any:
    return item.decay ** np.floor(step / item.every)


catalog.register(
    Step,
    "step",
    "the learning rate drops by a factor after every so many steps",
    hypers={
        "decay": ("(0, 1]", "factor at each drop"),
        "every": ("integer [1, inf)", "steps from one drop to the next"),
    },
    rules={factor: _factor},
)
