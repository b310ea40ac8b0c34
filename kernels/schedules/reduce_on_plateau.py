"""Reduce on plateau: the rate drops when the loss has stopped falling.

The mean of the step losses over each window of ``every`` steps is compared with the best one so
far; after more than ``patience`` windows in a row that were not lower by the share ``threshold``
the factor is multiplied by ``decay``, down to ``low``, and the next ``cooldown`` windows count as
none. As PyTorch's ReduceLROnPlateau (mode "min", relative threshold).
"""

from typing import Any, NamedTuple

from kernels.schedules import catalog, observe, recall

# Places in the memory.
_SUM, _COUNT, _WINDOWS, _BEST, _BAD, _COOLING, _DROPS, _SIZE = 0, 1, 2, 3, 4, 5, 6, 7


class ReduceOnPlateau(NamedTuple):
    """``decay``: factor at each drop; ``every``: steps of a window; ``patience``, ``cooldown``:
    numbers of windows; ``threshold``: least relative progress; ``low``: least factor."""

    decay: float = 0.1
    every: float = 20.0
    patience: float = 10.0
    threshold: float = 1e-4
    cooldown: float = 0.0
    low: float = 0.0


def _recall(item: Any, memory: Any) -> Any:
    return max(item.decay ** memory[_DROPS], item.low)


def _observe(item: Any, memory: Any, loss: Any) -> None:
    memory[_SUM] += loss
    memory[_COUNT] += 1.0
    if memory[_COUNT] < item.every:
        return
    mean = memory[_SUM] / memory[_COUNT]
    memory[_SUM] = memory[_COUNT] = 0.0
    if memory[_WINDOWS] == 0.0 or mean < memory[_BEST] * (1.0 - item.threshold):
        memory[_BEST], memory[_BAD] = mean, 0.0
    else:
        memory[_BAD] += 1.0
    memory[_WINDOWS] += 1.0
    if memory[_COOLING] > 0.0:
        memory[_COOLING] -= 1.0
        memory[_BAD] = 0.0
    if memory[_BAD] > item.patience:
        memory[_DROPS] += 1.0
        memory[_COOLING], memory[_BAD] = item.cooldown, 0.0


catalog.register(
    ReduceOnPlateau,
    "reduce_on_plateau",
    "the learning rate drops when the loss has stopped falling",
    hypers={
        "decay": ("(0, 1)", "factor at each drop"),
        "every": ("integer [1, inf)", "steps whose mean loss is looked at"),
        "patience": ("integer [0, inf)", "such windows without progress before a drop"),
        "threshold": ("[0, 1)", "least share by which a loss must be lower"),
        "cooldown": ("integer [0, inf)", "windows after a drop that do not count"),
        "low": ("[0, 1]", "least factor"),
    },
    rules={recall: _recall, observe: _observe},
    memory=_SIZE,
)
