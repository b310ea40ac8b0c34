"""Optimizers: the step rule, one a file.

Rules: ``prepare(item, rate, step, norm)`` returns a tuple of float64 coefficients, once per step
(``rate`` is the learning rate after the schedule, ``step`` counts from 1, ``norm`` is the Euclidean
norm of this step's whole gradient; all float64); ``update(item, c, g, p, slots)`` is the
scalar rule for one parameter: coefficients ``c`` (cast to the parameters' type), gradient g,
parameter p and the tuple of that parameter's slots; it returns (new p, new slots). The number of
slots, 0 to 3, is declared at registration; slots start at zero.
"""

from typing import Any

import numpy as np
from numba.extending import overload

from kernels.catalog import Catalog
from kernels.jit import OPTIONS
from kernels.rules import rule

catalog = Catalog("optimizer", __name__)
prepare = rule("prepare")
update = rule("update")


def slot_count(item: Any) -> int:
    """How many numbers the optimizer keeps for each parameter."""
    return int(catalog.of(item).facts["slots"])


def _apply0(item: Any, c: Any, gradient: Any, parameters: Any, slots: Any) -> None:
    for i in range(parameters.size):
        parameters[i], _ = update(item, c, gradient[i], parameters[i], ())


def _apply1(item: Any, c: Any, gradient: Any, parameters: Any, slots: Any) -> None:
    for i in range(parameters.size):
        p, (s0,) = update(item, c, gradient[i], parameters[i], (slots[0, i],))
        parameters[i] = p
        slots[0, i] = s0


def _apply2(item: Any, c: Any, gradient: Any, parameters: Any, slots: Any) -> None:
    for i in range(parameters.size):
        s = (slots[0, i], slots[1, i])
        p, (s0, s1) = update(item, c, gradient[i], parameters[i], s)
        parameters[i] = p
        slots[0, i] = s0
        slots[1, i] = s1


def _apply3(item: Any, c: Any, gradient: Any, parameters: Any, slots: Any) -> None:
    for i in range(parameters.size):
        s = (slots[0, i], slots[1, i], slots[2, i])
        p, (s0, s1, s2) = update(item, c, gradient[i], parameters[i], s)
        parameters[i] = p
        slots[0, i] = s0
        slots[1, i] = s1
        slots[2, i] = s2


_loops = (_apply0, _apply1, _apply2, _apply3)


def apply(item: Any, c: Any, gradient: Any, parameters: Any, slots: Any) -> None:
    """One step on all parameters: mutates ``parameters`` (n,) and ``slots`` (n_slots, n)."""
    _loops[slot_count(item)](item, c, gradient, parameters, slots)


@overload(apply, jit_options=OPTIONS, strict=False)
def _apply(item: Any, c: Any, gradient: Any, parameters: Any, slots: Any) -> Any:
    return _loops[catalog.by_class(item.instance_class).facts["slots"]]


def new_slots(item: Any, n_parameters: int, dtype: Any) -> np.ndarray:
    """Fresh slots (n_slots, n_parameters) of zeros."""
    return np.zeros((slot_count(item), n_parameters), dtype)
