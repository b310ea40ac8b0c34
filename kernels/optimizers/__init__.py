"""Optimizers: the step rule, one a file, of one of two kinds.

A *scalar* rule treats each parameter alike and declares ``slots``, how many numbers (0 to 3) it
keeps for each; they start at zero. ``prepare(item, rate, step, norm)`` returns a tuple of float64
coefficients, once per step (``rate`` is the learning rate after the schedule, ``step`` counts from
1, ``norm`` is the Euclidean norm of this step's whole gradient; all float64);
``update(item, c, g, p, slots)`` is the rule for one parameter: coefficients ``c`` (cast to the
parameters' type), gradient g, parameter p and the tuple of that parameter's slots; it returns
(new p, new slots).

A rule for *whole vectors* declares ``room(item, n) -> (rows, numbers, vectors, matrix_rows)``, the
shapes of its ``Memory``, ``second_derivatives`` if it asks its objective for a Hessian ("matrix")
or for "products" with it, and ``exact=True``: it compares losses of several points, so every step
must see the same samples. ``travel(item, objective, rate, loss, parameters, gradient, memory)``
gets the loss and the gradient at ``parameters`` and mutates ``parameters`` and ``memory``. It
returns False, with ``parameters`` as they were, where it finds no way down.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba.extending import overload

from kernels.catalog import Catalog, Item
from kernels.jit import OPTIONS
from kernels.rules import cast, rule

catalog = Catalog("optimizer", __name__)
prepare = rule("prepare")
update = rule("update")
travel = rule("travel")


class Memory(NamedTuple):
    """What an optimizer keeps: ``slots`` (rows, n) of the parameters' type and ``shared`` float64
    (numbers,) belong to a run's state; ``vectors`` (vectors, n) of that type and ``matrix`` float64
    (matrix_rows, n) are scratch within a step."""

    slots: Any
    shared: Any
    vectors: Any
    matrix: Any


def is_scalar(entry: Item) -> bool:
    """Whether the optimizer has a rule for one parameter at a time (``prepare``, ``update``)."""
    return "slots" in entry.facts


def slot_count(item: Any) -> int:
    """How many numbers a scalar rule keeps for each parameter."""
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
    """One step of a scalar rule on all parameters.

    Mutates ``parameters`` (n,) and ``slots`` (n_slots, n).
    """
    _loops[slot_count(item)](item, c, gradient, parameters, slots)


@overload(apply, jit_options=OPTIONS, strict=False)
def _apply(item: Any, c: Any, gradient: Any, parameters: Any, slots: Any) -> Any:
    return _loops[catalog.by_class(item.instance_class).facts["slots"]]


def _each_parameter(
    item: Any,
    objective: Any,
    rate: Any,
    step: Any,
    loss: Any,
    norm: Any,
    parameters: Any,
    gradient: Any,
    memory: Any,
) -> Any:
    c = cast(prepare(item, rate, step, norm), parameters[0])
    apply(item, c, gradient, parameters, memory.slots)
    return True


def _whole_vector(
    item: Any,
    objective: Any,
    rate: Any,
    step: Any,
    loss: Any,
    norm: Any,
    parameters: Any,
    gradient: Any,
    memory: Any,
) -> Any:
    return travel(item, objective, rate, loss, parameters, gradient, memory)


def take_step(
    item: Any,
    objective: Any,
    rate: Any,
    step: Any,
    loss: Any,
    norm: Any,
    parameters: Any,
    gradient: Any,
    memory: Any,
) -> Any:
    """One step of either kind of optimizer, from ``parameters`` (n,) with their ``loss``,
    ``gradient`` (n,) and its ``norm``; ``step`` counts from 1.

    Mutates ``parameters`` and ``memory``. Returns False where there is no way down;
    ``parameters`` then are as they were.
    """
    kind = _each_parameter if is_scalar(catalog.of(item)) else _whole_vector
    return kind(item, objective, rate, step, loss, norm, parameters, gradient, memory)


@overload(take_step, jit_options=OPTIONS, strict=False)
def _take_step(
    item: Any,
    objective: Any,
    rate: Any,
    step: Any,
    loss: Any,
    norm: Any,
    parameters: Any,
    gradient: Any,
    memory: Any,
) -> Any:
    entry = catalog.by_class(item.instance_class)
    return _each_parameter if is_scalar(entry) else _whole_vector


def new_memory(item: Any, n_parameters: int, dtype: Any) -> Memory:
    """A fresh memory of zeros for ``n_parameters`` of ``dtype``."""
    entry = catalog.of(item)
    room = entry.facts.get("room")
    rows, numbers, vectors, square = (
        room(item, n_parameters) if room else (slot_count(item), 0, 0, 0)
    )
    return Memory(
        np.zeros((rows, n_parameters), dtype),
        np.zeros(numbers),
        np.zeros((vectors, n_parameters), dtype),
        np.zeros((square, n_parameters)),
    )


def new_slots(item: Any, n_parameters: int, dtype: Any) -> np.ndarray:
    """Fresh slots (rows, n_parameters) of zeros."""
    return new_memory(item, n_parameters, dtype).slots
