"""Linear warm-up, factor = start + (1 - start) min(step / steps, 1).

Goyal et al. 2017, "Accurate, large minibatch SGD: training ImageNet in 1 hour", arXiv 1706.02677,
section 2.2 (gradual warm-up). As PyTorch's LinearLR.
"""

from typing import Any, NamedTuple

from kernels.schedules import catalog, factor


class LinearWarmup(NamedTuple):
    """``steps``: steps until the full rate; ``start``: factor of the first step."""

    steps: float = 100.0
    start: float = 0.1


def _factor(item: Any, step: Any) -> Any:
    return item.start + (1.0 - item.start) * min(step / item.steps, 1.0)


catalog.register(
    LinearWarmup,
    "linear_warmup",
    "the learning rate rises to its full value and stays",
    hypers={
        "steps": ("integer [1, inf)", "steps until the full rate"),
        "start": ("[0, 1]", "factor of the first step"),
    },
    rules={factor: _factor},
)
