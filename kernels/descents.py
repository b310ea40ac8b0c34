"""Many descents at once: one optimizer, a tile of starts in SIMD lanes, all of its steps.

The position, gradient and optimizer's memory of a tile stay in registers from the first step to
the last. The surface's and optimizer's rules are those of ``descent.descend``; here every operation
is rounded by itself, so that a start ends at the same bits whatever its lane, tile and thread.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.extending import overload

from kernels.jit import EXACT_OPTIONS, exact_kernel, kernel
from kernels.lanes import REGISTERS, every, load, store, width_of
from kernels.objective import Height
from kernels.optimizers import catalog, is_scalar, prepare, take_step, update
from kernels.rules import const, finite, select
from kernels.schedules import current, factor, note, recall
from kernels.surfaces import ascent, height

X, Y, VALUE, NORM, STEPS, DIVERGED = range(6)
ROWS = 6


def tile_width(dtype: Any) -> tuple[None, ...]:
    """The ``width`` of a tile of starts: as many registers as still hold most of its state; some
    work while others wait for their roots and quotients."""
    return width_of(dtype, REGISTERS // 8)


def fits_lanes(optimizer: Any, schedule: Any) -> bool:
    """Whether ``descend_tiles`` can carry these out, or only ``descend_each``.

    Its starts share the coefficients of a step, so a rule for whole vectors, one that clips by the
    gradient's norm and a schedule that looks at losses go one start at a time.
    """
    if type(schedule) in recall.bodies or not is_scalar(catalog.of(optimizer)):
        return False
    still, steep = (prepare(optimizer, 1.0, 1, norm) for norm in (0.0, np.inf))
    return bool(still == steep)


def _put(values: Any, row: Any, at: Any) -> None:
    for k, value in enumerate(values):
        row[at + k] = value


@overload(_put, jit_options=EXACT_OPTIONS, strict=False)
def _put_compiled(values: Any, row: Any, at: Any) -> Any:
    def nothing(values: Any, row: Any, at: Any) -> None:
        pass

    def first_and_rest(values: Any, row: Any, at: Any) -> None:
        row[at] = values[0]
        _put(values[1:], row, at + 1)

    return first_and_rest if len(values) else nothing


def _take(table: Any, row: Any, at: Any, count: Any, like: Any) -> Any:
    return tuple(const(like, table[row, at + k]) for k in range(len(count)))


@overload(_take, jit_options=EXACT_OPTIONS, strict=False)
def _take_compiled(table: Any, row: Any, at: Any, count: Any, like: Any) -> Any:
    if len(count) == 0:
        return lambda table, row, at, count, like: ()
    if len(count) == 1:
        return lambda table, row, at, count, like: (const(like, table[row, at]),)
    return lambda table, row, at, count, like: (
        const(like, table[row, at]),
        *_take(table, row, at + 1, count[1:], like),
    )


def _blank(optimizer: Any, like: Any) -> Any:
    return (const(like, 0.0),) * int(catalog.of(optimizer).facts["slots"])


@overload(_blank, jit_options=EXACT_OPTIONS, strict=False)
def _blank_compiled(optimizer: Any, like: Any) -> Any:
    return (
        lambda optimizer, like: (),
        lambda optimizer, like: (const(like, 0.0),),
        lambda optimizer, like: (const(like, 0.0), const(like, 0.0)),
        lambda optimizer, like: (const(like, 0.0), const(like, 0.0), const(like, 0.0)),
    )[catalog.by_class(optimizer.instance_class).facts["slots"]]


@kernel
def tabulate(optimizer: Any, schedule: Any, table: Any) -> None:
    """The optimizer's coefficients of the steps 0, 1, …: fills ``table`` (n_steps, count)."""
    for step in range(table.shape[0]):
        rate = optimizer.learning_rate * factor(schedule, step)
        _put(prepare(optimizer, rate, step + 1, 1.0), table[step], 0)


@exact_kernel
def descend_tiles(
    surface: Any,
    optimizer: Any,
    table: Any,
    count: Any,
    tolerance: Any,
    tiles: Any,
    width: Any,
    state: Any,
) -> None:
    """Walk downhill from many starts, the tiles tiles[0] … tiles[1]-1 of ``state``.

    ``state`` (6, a multiple of len(width)) holds x and y of every start in its first two rows and
    is overwritten with x, y, value, gradient norm, steps made and 1 or 0 for diverged, of the point
    where the start has ended. ``table`` (n_steps, len(count)), of the same dtype, comes from
    ``tabulate``. A start ends after n_steps; before that, where its gradient norm is at most
    ``tolerance`` (negative: never); and, diverged, at the last point whose gradient is finite.
    """
    n_tiles = state.shape[1] // len(width)
    bound = select(tolerance < 0.0, -1.0, tolerance * tolerance)
    for tile in range(tiles[0], tiles[1]):
        x = load(state, X * n_tiles + tile, width)
        y = load(state, Y * n_tiles + tile, width)
        gx, gy = ascent(surface, x, y)
        zero, one = const(x, 0.0), const(x, 1.0)
        limit = const(x, bound)
        memory_x, memory_y = _blank(optimizer, x), _blank(optimizer, x)
        begun = finite(gx) & finite(gy)
        diverged = select(begun, zero, one)
        moving = begun & (gx * gx + gy * gy > limit)
        steps = select(moving, const(x, table.shape[0]), zero)
        for step in range(table.shape[0]):
            c = _take(table, step, 0, count, x)
            new_x, memory_x = update(optimizer, c, gx, x, memory_x)
            new_y, memory_y = update(optimizer, c, gy, y, memory_y)
            new_gx, new_gy = ascent(surface, new_x, new_y)
            square = new_gx * new_gx + new_gy * new_gy
            if every(moving & (square > limit) & finite(square)):
                x, y, gx, gy = new_x, new_y, new_gx, new_gy
            else:
                sound = finite(new_gx) & finite(new_gy)
                diverged = select(moving & ~sound, one, diverged)
                steps = select(moving & ~sound, const(x, step), steps)
                moving = moving & sound
                x, y = select(moving, new_x, x), select(moving, new_y, y)
                gx, gy = select(moving, new_gx, gx), select(moving, new_gy, gy)
                steep = square > limit
                steps = select(moving & ~steep, const(x, step + 1), steps)
                moving = moving & steep
                if every(~moving):
                    break
        value = height(surface, x, y)
        store(state, X * n_tiles + tile, x)
        store(state, Y * n_tiles + tile, y)
        store(state, VALUE * n_tiles + tile, value)
        store(state, NORM * n_tiles + tile, np.sqrt(gx * gx + gy * gy))
        store(state, STEPS * n_tiles + tile, steps)
        store(state, DIVERGED * n_tiles + tile, select(finite(value), diverged, one))


@kernel
def descend_each(
    surface: Any,
    optimizer: Any,
    schedule: Any,
    n_steps: Any,
    tolerance: Any,
    memory: Any,
    seen: Any,
    state: Any,
) -> None:
    """As ``descend_tiles``, one start after the other, for any optimizer and schedule; float64.

    ``state`` is (6, n_starts). ``memory`` (``new_memory`` of two parameters) and ``seen``
    (``new_schedule_memory``) are scratch and are mutated too. A start also ends, undiverged, where
    the optimizer finds no way down.
    """
    objective = Height(surface)
    position, gradient = np.zeros(2), np.zeros(2)
    for start in range(state.shape[1]):
        memory.slots[:] = 0.0
        memory.shared[:] = 0.0
        seen[:] = 0.0
        x, y = state[X, start], state[Y, start]
        gx, gy = ascent(surface, x, y)
        norm = np.sqrt(gx * gx + gy * gy)
        steps, diverged = 0, not (finite(gx) and finite(gy))
        while steps < n_steps and not diverged and norm > tolerance:
            position[0], position[1] = x, y
            gradient[0], gradient[1] = gx, gy
            value = height(surface, x, y)
            rate = optimizer.learning_rate * current(schedule, steps, seen)
            if not take_step(
                optimizer, objective, rate, steps + 1, value, norm, position, gradient, memory
            ):
                break
            note(schedule, seen, value)
            new_gx, new_gy = ascent(surface, position[0], position[1])
            diverged = not (finite(new_gx) and finite(new_gy))
            if not diverged:
                x, y, gx, gy = position[0], position[1], new_gx, new_gy
                norm = np.sqrt(gx * gx + gy * gy)
                steps += 1
        value = height(surface, x, y)
        state[X, start], state[Y, start], state[VALUE, start] = x, y, value
        state[NORM, start], state[STEPS, start] = norm, steps
        state[DIVERGED, start] = 1.0 if diverged or not finite(value) else 0.0
