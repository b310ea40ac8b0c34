"""One cycle: up to the full learning rate, then down to almost nothing, both along half a cosine.

Factor 1 / start at first, 1 after the share ``rise`` of the steps, 1 / (start · end) at the last
step and from then on. Smith & Topin 2019, "Super-convergence: very fast training of neural networks
using large learning rates", arXiv 1708.07120, in the form of PyTorch's OneCycleLR, whose momentum
cycle is left out.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.schedules import catalog, factor


class OneCycle(NamedTuple):
    """``steps``: steps of the whole cycle; ``rise``: share of them until the full rate; ``start``:
    full rate over the first one; ``end``: first rate over the last one."""

    steps: float = 2000.0
    rise: float = 0.3
    start: float = 25.0
    end: float = 10000.0


def _factor(item: Any, step: Any) -> Any:
    top, last = item.rise * item.steps - 1.0, item.steps - 1.0
    first, lowest = 1.0 / item.start, 1.0 / (item.start * item.end)
    if step >= last:
        return lowest
    if step <= top:
        return 1.0 + (first - 1.0) * 0.5 * (1.0 + np.cos(np.pi * step / top))
    done = (step - top) / (last - top)
    return lowest + (1.0 - lowest) * 0.5 * (1.0 + np.cos(np.pi * done))


catalog.register(
    OneCycle,
    "one_cycle",
    "the learning rate rises to its full value and falls to almost nothing",
    hypers={
        "steps": ("integer [2, inf)", "steps of the whole cycle"),
        "rise": ("(0, 1)", "share of the steps until the full rate"),
        "start": ("[1, inf)", "full rate over the first one"),
        "end": ("[1, inf)", "first rate over the last one"),
    },
    rules={factor: _factor},
)
