"""Schedules: the factor on the learning rate over steps, one a file.

Rule of most: ``factor(item, step) -> float64``, a pure function of the step, which counts from 0.
A schedule that looks at the losses declares ``memory``, how many float64 numbers it keeps (they
start at zero), and has two other rules: ``recall(item, memory) -> float64``, the factor of the next
step, and ``observe(item, memory, loss)``, called after each step with the loss that it started
from, which mutates ``memory``.
"""

from typing import Any

import numpy as np
from numba.extending import overload

from kernels.catalog import Catalog
from kernels.jit import OPTIONS
from kernels.rules import rule

catalog = Catalog("schedule", __name__)
factor = rule("factor")
recall = rule("recall")
observe = rule("observe")


def _by_step(item: Any, step: Any, memory: Any) -> Any:
    return factor(item, step)


def _by_memory(item: Any, step: Any, memory: Any) -> Any:
    return recall(item, memory)


def current(item: Any, step: Any, memory: Any) -> Any:
    """The factor of the step after ``step`` steps, of either kind of schedule."""
    return (_by_memory if type(item) in recall.bodies else _by_step)(item, step, memory)


@overload(current, jit_options=OPTIONS, strict=False)
def _current(item: Any, step: Any, memory: Any) -> Any:
    return _by_memory if item.instance_class in recall.bodies else _by_step


def _look(item: Any, memory: Any, loss: Any) -> None:
    observe(item, memory, loss)


def _look_away(item: Any, memory: Any, loss: Any) -> None:
    pass


def note(item: Any, memory: Any, loss: Any) -> None:
    """Tell the schedule a step's ``loss``; mutates ``memory`` where it keeps one."""
    (_look if type(item) in observe.bodies else _look_away)(item, memory, loss)


@overload(note, jit_options=OPTIONS, strict=False)
def _note(item: Any, memory: Any, loss: Any) -> Any:
    return _look if item.instance_class in observe.bodies else _look_away


def new_schedule_memory(item: Any) -> np.ndarray:
    """A fresh memory of zeros, float64; empty for a function of the step alone."""
    return np.zeros(int(catalog.of(item).facts.get("memory", 0)))
