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
from kernels.lanes import every, load, store, width_of
from kernels.optimizers import catalog, prepare, update
from kernels.rules import const, finite, select
from kernels.schedules import factor
from kernels.surfaces import ascent, height

X, Y, VALUE, NORM, STEPS, DIVERGED = range(6)
ROWS = 6


def tile_width(dtype: Any) -> tuple[None, ...]:
    """The ``width`` of a tile of starts: two registers, one works while the other waits."""
    return width_of(dtype, 2)


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
        steps = zero
        memory_x, memory_y = _blank(optimizer, x), _blank(optimizer, x)
        begun = finite(gx) & finite(gy)
        diverged = select(begun, zero, one)
        moving = begun & (gx * gx + gy * gy > limit)
        for step in range(table.shape[0]):
            c = _take(table, step, 0, count, x)
            new_x, memory_x = update(optimizer, c, gx, x, memory_x)
            new_y, memory_y = update(optimizer, c, gy, y, memory_y)
            new_gx, new_gy = ascent(surface, new_x, new_y)
            square = new_gx * new_gx + new_gy * new_gy
            if every(moving & (square > limit) & finite(square)):
                x, y, gx, gy = new_x, new_y, new_gx, new_gy
                steps = steps + one
            else:
                sound = finite(new_gx) & finite(new_gy)
                diverged = select(moving & ~sound, one, diverged)
                moving = moving & sound
                x, y = select(moving, new_x, x), select(moving, new_y, y)
                gx, gy = select(moving, new_gx, gx), select(moving, new_gy, gy)
                steps = select(moving, steps + one, steps)
                moving = moving & (square > limit)
                if every(~moving):
                    break
        value = height(surface, x, y)
        store(state, X * n_tiles + tile, x)
        store(state, Y * n_tiles + tile, y)
        store(state, VALUE * n_tiles + tile, value)
        store(state, NORM * n_tiles + tile, np.sqrt(gx * gx + gy * gy))
        store(state, STEPS * n_tiles + tile, steps)
        store(state, DIVERGED * n_tiles + tile, select(finite(value), diverged, one))
