"""Many starts of one experiment, trained a tile of SIMD lanes at a time by several threads.

Start ``i`` is the start of ``experiment.replace(start=i)``, and every start sees the same samples
in the same order. Its result is bitwise the same alone or among others, whatever the number of
threads; from ``workbench.run`` it differs by rounding. What only one network at a time can do, an
optimizer of whole vectors or a schedule that looks at the losses, is done by each thread for one
start after the other, and has the bits of ``workbench.run``.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

import numpy as np

from kernels import initializers, optimizers, schedules, training
from kernels.ensemble import Bench, Group, draw_group, new_bench, new_ends, train_group
from kernels.lanes import width_of
from kernels.network import Samples
from kernels.optimizers import slot_count
from kernels.tiles import aligned
from kernels.training import COLUMNS, RUNNING, Limits, Rules
from workbench.experiment import Experiment
from workbench.in_order import in_order
from workbench.model import Model
from workbench.stepper import limits_of

# Starts that one thread trains between two looks at the world; their memory bounds what is held.
_TILES, _MOST_NUMBERS = 8, 4_000_000
_LOSS, _ACCURACY, _NORM = map(COLUMNS.index, ("loss", "accuracy_train", "gradient_norm"))


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


class _Crew(ABC):
    """What all threads share: the experiment's network and data, and benches to work on.

    ``lanes``: starts that are trained together; ``tiles``: how often that many a block has at most.
    """

    lanes: int
    tiles: int

    def __init__(
        self, e: Experiment, every: int, points: np.ndarray | None, model: Model | None
    ) -> None:
        self.points, self.experiment, self.every = points, e, every
        self.model = model or Model(e)
        self.rules = Rules(e.optimizer.item, e.schedule.item, e.batching.item)
        self.limits: Limits = limits_of(e, len(self.model.train.inputs))
        self.rows = e.stop.steps // every + 1 if every else 0

    @abstractmethod
    def open_benches(self, count: int) -> None:
        """Make benches for ``count`` threads."""

    @abstractmethod
    def train(self, index: np.ndarray) -> Starts:
        """Train the starts ``index``, at most as many as a block has."""


class _Together(_Crew):
    """A crew that trains a tile of networks at a time."""

    def __init__(
        self, e: Experiment, every: int, points: np.ndarray | None, model: Model | None, width: Any
    ) -> None:
        super().__init__(e, every, points, model)
        self.width = width or width_of(e.numpy_dtype)
        self.lanes = len(self.width)
        self.slots = slot_count(e.optimizer.item)
        per_tile = self.model.parameter_count * (1 + self.slots) * len(self.width)
        self.tiles = max(1, min(_TILES, _MOST_NUMBERS // per_tile))
        self.benches: SimpleQueue[Bench] = SimpleQueue()

    def open_benches(self, count: int) -> None:
        m = self.model
        with_accuracy = self.limits.accuracy == self.limits.accuracy
        for _ in range(count):
            self.benches.put(
                new_bench(m.network, self.rules, m.train, with_accuracy, self.every, self.width)
            )

    def train(self, index: np.ndarray) -> Starts:
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


class _Apart(_Crew):
    """A crew that trains one network after the other in every thread."""

    lanes, tiles = 1, _TILES

    def __init__(
        self, e: Experiment, every: int, points: np.ndarray | None, model: Model | None
    ) -> None:
        super().__init__(e, every, points, model)
        self.benches: SimpleQueue[training.Scratch] = SimpleQueue()
        # Nobody asks for a loss on test samples here.
        self._none = Samples(*(a[:0] for a in self.model.train))

    def open_benches(self, count: int) -> None:
        m = self.model
        parameters = np.zeros(m.parameter_count, m.dtype)
        n = len(m.train.inputs)
        for _ in range(count):
            self.benches.put(training.new_scratch(m.network, self.rules, n, parameters))

    def train(self, index: np.ndarray) -> Starts:
        count, m = len(index), self.model
        loss, norm, accuracy = np.empty((3, count))
        steps, code = np.empty((2, count), np.int64)
        parameters = np.empty((count, m.parameter_count), m.dtype)
        history = np.full((count, self.rows), np.nan)
        made = Starts(index, parameters, loss, norm, accuracy, steps, code, history)
        scratch = self.benches.get()
        try:
            for k, start in enumerate(index):
                self._train_one(int(start), made, k, scratch)
        finally:
            self.benches.put(scratch)
        if not m.data.classes:
            accuracy[:] = np.nan
        return made

    def _train_one(self, start: int, made: Starts, k: int, scratch: training.Scratch) -> None:
        """Train one start and write what became of it to row ``k`` of ``made``."""
        m, steps, every = self.model, self.experiment.stop.steps, self.every
        first = m.start(start) if self.points is None else self.points[start].astype(m.dtype)
        state = training.new_state(self.rules, first)
        scratch.order[-1] = -1
        step, code = 0, RUNNING
        while step < steps and code == RUNNING:
            if every:
                made.history[k, step // every] = self._measure(state.parameters, scratch)[_LOSS]
            until = min(steps, step + (every or steps))
            step, code = self._advance(step, until, state, scratch)
        row = self._measure(state.parameters, scratch)
        if code == RUNNING:
            code = training.divergence(self.limits, row[_LOSS], row[_NORM])
            if code == RUNNING and step % self.limits.every == 0:
                code = training.verdict(self.limits, row[_LOSS], row[_NORM], row[_ACCURACY])
            if every and step % every == 0:
                made.history[k, step // every] = row[_LOSS]
        made.parameters[k], made.steps[k], made.code[k] = state.parameters, step, code
        made.loss[k], made.gradient_norm[k] = row[_LOSS], row[_NORM]
        made.accuracy[k] = row[_ACCURACY]

    def _advance(
        self, step: int, until: int, state: training.State, scratch: training.Scratch
    ) -> tuple[int, int]:
        """Step from ``step`` to ``until``; returns the steps made in all, and the code."""
        m, rows = self.model, np.empty(((until - step) // self.limits.every + 2, len(COLUMNS)))
        done, _, code = training.train_chunk(
            m.network,
            self.rules,
            self.limits,
            m.train,
            self._none,
            state,
            scratch,
            self.experiment.seed,
            (step, until),
            rows,
        )
        return done, code

    def _measure(self, parameters: np.ndarray, scratch: training.Scratch) -> np.ndarray:
        row = np.empty(len(COLUMNS))
        m = self.model
        training.measure(m.network, parameters, m.train, self._none, scratch, row)
        return row


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
    is looked at only where a stop rule asks for it. What takes one network at a time measures it at
    every recorded row, as ``workbench.run`` does.
    """
    crew: _Crew
    if _takes_many(experiment):
        crew = _Together(experiment, history_every, points, model, width)
    else:
        crew = _Apart(experiment, history_every, points, model)
    index = range(int(starts)) if isinstance(starts, int | np.integer) else starts
    if not isinstance(index, range):
        index = np.asarray(index)
    count = threads or os.cpu_count() or 1
    crew.open_benches(count)
    blocks = _blocks(index, crew.lanes, crew.tiles, count)
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


def _takes_many(experiment: Experiment) -> bool:
    """Whether neither optimizer nor schedule needs to see more of a network than a step."""
    entry = optimizers.catalog.get(experiment.optimizer.name)
    return optimizers.is_scalar(entry) and type(experiment.schedule.item) in schedules.factor.bodies
