"""Many starts of one experiment, trained a tile of SIMD lanes at a time by several threads.

Start ``i`` is the start of ``experiment.replace(start=i)``, and every start sees the same samples
in the same order. Its result is bitwise the same alone or among others, whatever the number of
threads; from ``workbench.run`` it differs by rounding.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

import numpy as np

from kernels import initializers, optimizers, schedules
from kernels.ensemble import Bench, Group, draw_group, new_bench, new_ends, train_group
from kernels.lanes import width_of
from kernels.optimizers import slot_count
from kernels.tiles import aligned
from kernels.training import Limits, Rules
from workbench.errors import BadValue
from workbench.experiment import Experiment
from workbench.in_order import in_order
from workbench.model import Model
from workbench.stepper import limits_of

# Starts that one thread trains between two looks at the world; their memory bounds what is held.
_TILES, _MOST_NUMBERS = 8, 4_000_000


@dataclass(frozen=True)
class Starts:
    """How some starts ended, in order; arrays are (n_starts,) unless said otherwise.

    ``index``: the starts; ``parameters`` (n_starts, n_parameters), where they ended, in the
    experiment's dtype; ``loss``, ``gradient_norm`` and ``accuracy`` over the training set, float64;
    ``steps`` made, and ``code`` of ``kernels.training`` (RUNNING: all steps were made). A
    regression has no accuracy: NaN. ``history`` (n_starts, rows): training loss after 0, k, 2k …
    steps, NaN where a tile had ended.
    """

    index: np.ndarray
    parameters: np.ndarray
    loss: np.ndarray
    gradient_norm: np.ndarray
    accuracy: np.ndarray
    steps: np.ndarray
    code: np.ndarray
    history: np.ndarray


class _Crew:
    """What all threads share: the experiment's network and data, and benches to work on."""

    def __init__(
        self, e: Experiment, width: Any, every: int, points: np.ndarray | None, model: Model | None
    ) -> None:
        check(e)
        self.points, self.experiment, self.every = points, e, every
        self.model = model or Model(e)
        self.width = width or width_of(e.numpy_dtype)
        self.rules = Rules(e.optimizer.item, e.schedule.item, e.batching.item)
        self.limits: Limits = limits_of(e, len(self.model.train.inputs))
        self.rows = e.stop.steps // every + 1 if every else 0
        self.slots = slot_count(e.optimizer.item)
        per_tile = self.model.parameter_count * (1 + self.slots) * len(self.width)
        self.tiles = max(1, min(_TILES, _MOST_NUMBERS // per_tile))
        self.benches: SimpleQueue[Bench] = SimpleQueue()

    def new_bench(self) -> Bench:
        m = self.model
        with_accuracy = self.limits.accuracy == self.limits.accuracy
        return new_bench(m.network, self.rules, m.train, with_accuracy, self.every, self.width)

    def train(self, index: np.ndarray) -> Starts:
        """Train the starts ``index``, at most as many as a group's tiles have lanes."""
        m, e, width = self.model, self.experiment, len(self.width)
        tiles = -(-len(index) // width)
        # Lanes past the end train the last start once more; nobody looks at them.
        lanes = np.concatenate([index, np.repeat(index[-1:], tiles * width - len(index))])
        starts = lanes.astype(np.int64).reshape(tiles, width)
        shape, dtype, n = (tiles, width), m.dtype, m.parameter_count
        group = Group(
            aligned((tiles, n, width), dtype),
            aligned((tiles, self.slots, n, width), dtype),
            np.ones(shape),
        )
        ends = new_ends(tiles, self.rows, self.width)
        bench = self.benches.get()
        try:
            self._place(group, starts, bench)
            train_group(
                m.network,
                self.rules,
                self.limits,
                m.train,
                group,
                bench,
                ends,
                e.seed,
                e.stop.steps,
                self.width,
            )
        finally:
            self.benches.put(bench)
        if not m.data.classes:
            ends.accuracy[:] = np.nan
        loss, norm, accuracy, steps, codes = (a.reshape(-1)[: len(index)] for a in ends[:5])
        parameters, history = (
            np.ascontiguousarray(np.moveaxis(a, -1, 1).reshape(tiles * width, -1)[: len(index)])
            for a in (group.parameters, ends.history)
        )
        return Starts(index, parameters, loss, norm, accuracy, steps, codes, history)

    def _place(self, group: Group, starts: np.ndarray, bench: Bench) -> None:
        if self.points is not None:
            group.parameters[:] = np.moveaxis(self.points[starts], 1, -1)
            return
        initializer, m = self.experiment.initializer, self.model
        if initializers.draw.bodies.get(type(initializer.item)):
            seed, sizes = self.experiment.seed, m.network.sizes
            draw_group(initializer.item, sizes, seed, starts, bench.vector, group)
            return
        made: dict[int, np.ndarray] = {}
        for (tile, lane), start in np.ndenumerate(starts):
            if start not in made:
                made[start] = m.start(int(start))
            group.parameters[tile, :, lane] = made[start]


def train_starts(
    experiment: Experiment,
    starts: int | Sequence[int] | np.ndarray,
    *,
    threads: int | None = None,
    width: tuple[None, ...] | None = None,
    history_every: int = 0,
    points: np.ndarray | None = None,
    model: Model | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[Starts]:
    """Train many starts of ``experiment``; yields blocks of them, in order, as they are done.

    ``starts``: how many, from 0 on, or their indices. ``threads``: None for as many as there are
    processors. ``width``: lanes of a tile (``kernels.lanes.width_of``). ``history_every``: steps
    between the losses of ``Starts.history`` (0: none). ``points`` (m, n_parameters): start i begins
    at points[i] instead of where the initializer puts it. ``model``: the experiment's, where there
    is one already. ``cancelled`` is asked between blocks; what is done by then is yielded. Memory
    does not grow with the number of starts, given as a number or as a range.

    With mini-batches a start diverges where the loss of its own batch does; the whole training set
    is looked at only where a stop rule asks for it (``workbench.run`` measures it at every recorded
    row). Raises BadValue where the experiment's optimizer or schedule is none for many networks at
    once.
    """
    crew = _Crew(experiment, width, history_every, points, model)
    index = range(int(starts)) if isinstance(starts, int | np.integer) else starts
    if not isinstance(index, range):
        index = np.asarray(index)
    count = threads or os.cpu_count() or 1
    for _ in range(count):
        crew.benches.put(crew.new_bench())
    blocks = _blocks(index, len(crew.width), crew.tiles, count)
    yield from in_order(crew.train, blocks, count, "starts", cancelled)


def _blocks(index: np.ndarray | range, width: int, most: int, threads: int) -> Iterator[np.ndarray]:
    """``index`` cut into blocks of at most ``most`` tiles of ``width`` starts, smaller ones towards
    the end, so that no thread works long after the others are done."""
    first = 0
    while first < len(index):
        tiles = -(-(len(index) - first) // width)
        last = first + min(most, -(-tiles // (2 * threads))) * width
        yield np.asarray(index[first:last])
        first = last


def check(experiment: Experiment) -> None:
    """Raise BadValue for what only one network at a time can do."""
    entry = optimizers.catalog.get(experiment.optimizer.name)
    if not optimizers.is_scalar(entry):
        rule = "must treat each parameter alike to train many starts at once"
        raise BadValue("optimizer.name", rule, entry.name, "adam")
    if type(experiment.schedule.item) not in schedules.factor.bodies:
        rule = "must depend on the step alone to train many starts at once"
        raise BadValue("schedule.name", rule, experiment.schedule.name, "constant")
