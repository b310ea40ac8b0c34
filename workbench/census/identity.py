"""Which ends are one minimum: by loss, then by answers, then by parameters.

Two ends are compared in this order, and the first disagreement decides:

1. Their training losses agree to ``LOSS`` of themselves, or to ``FLOOR`` of the loss of all-zero
   parameters.
2. Their answers on the training set agree: eight generic linear functions of all answers do, to
   ``ANSWERS`` of the targets' size. No symmetry changes an answer there, so this is needed.
3. Strict minima: their parameters without the continuous symmetries (``workbench.symmetry.reduce``)
   agree up to the order and signs of hidden units, to ``PARAMETERS`` of their length (more where a
   flat Hessian leaves a polished end less certain: gradient norm / least eigenvalue). That is so if
   their canonical forms agree, which is looked at first, as it takes one pass over all ends. Where
   forms differ though answers agree, a magnitude may tie within a form, so the nearest order of
   units is found (``workbench.census.alignment``), exactly where that can be had.

A degenerate minimum is a point of a set of infinitely many, which ends as good as never share; so
degenerate ends that agree in loss and answers, each with the next, count as one *valley*, whatever
their parameters. It is not shown to be connected. With a loss of zero, the least that a loss can
be, answers need not agree either (a hinge loss asks for a margin alone): the ends of zero loss are
one valley.

With a penalty, scaling and shifting change the loss; a minimum then has no twin along them, so that
comparing without them is right there too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from kernels import network
from workbench import symmetry
from workbench.census.alignment import Layers, align
from workbench.landscape.kinds import random_directions
from workbench.landscape.plane import one_blas_thread
from workbench.model import Model

STRICT, VALLEY = "strict minimum", "valley"
LOSS, FLOOR, ANSWERS, PARAMETERS = 1e-6, 1e-12, 1e-4, 1e-4
_FUNCTIONS = 8
_UNCERTAIN, _MOST_UNCERTAIN = 10.0, 1e-2  # of gradient norm / eigenvalue; of the form's length
_PIECE = 4096  # ends whose forms are made at a time


@dataclass(frozen=True)
class Identity:
    """``label`` (m,) int64: which distinct minimum each end is, -1 where it is none. Of each of
    those, in no particular order: ``first``, the first end that it is; ``kind``, STRICT or VALLEY;
    ``exact``, whether its difference from all others is certain or rests on a heuristic."""

    label: np.ndarray
    first: list[int]
    kind: list[str]
    exact: list[bool]


@dataclass
class _Group:
    """Strict minima met so far among ends that agree in loss and answers."""

    forms: list[np.ndarray] = field(default_factory=list)
    reaches: list[float] = field(default_factory=list)
    firsts: list[int] = field(default_factory=list)
    names: list[int] = field(default_factory=list)


def identify(
    model: Model,
    ends: Sequence[Any],
    *,
    threads: int = 1,
    cancelled: Callable[[], bool] = lambda: False,
) -> Identity:
    """Find the distinct minima among ``ends`` (workbench.census.ends), of the float64 ``model``.

    The result does not depend on ``threads``. Once ``cancelled`` says True, ends that were not
    compared by then count as none.
    """
    where = np.array([k for k, end in enumerate(ends) if end.is_minimum], np.int64)
    loss = np.array([ends[k].loss for k in where])
    strict = np.array([ends[k].kind == STRICT for k in where], bool)
    floor = FLOOR * _scale(model.measures(np.zeros(model.parameter_count), model.train)[0])
    answers = fingerprints(model, ends, where, threads)
    answers[~strict & (loss <= floor)] = 0.0
    close = ANSWERS * _scale(float(np.sqrt(np.mean(np.square(model.train.targets, dtype=float)))))
    group = split(
        np.column_stack([loss, answers]),
        np.column_stack([LOSS * np.abs(loss) + floor, np.full(answers.shape, close)]),
    )
    return _Sorting(model, ends, where, strict, group).run(cancelled)


def _scale(size: float) -> float:
    return size if 0.0 < size < np.inf else 1.0


def fingerprints(model: Model, ends: Sequence[Any], where: np.ndarray, threads: int) -> np.ndarray:
    """Generic linear functions (k, 8) of the answers on the training set of the ends ``where``, of
    the size of one answer."""
    inputs, outs = model.train.inputs, int(model.network.sizes[-1])
    count = len(inputs) * outs
    functions = random_directions(count, 0, _FUNCTIONS) / np.sqrt(max(count, 1))
    found = np.empty((len(where), _FUNCTIONS))

    def fill(first: int) -> None:
        work = model.new_work()
        units = np.empty((len(inputs), int(model.network.sizes.sum())), model.dtype)
        for k in range(first, min(first + _PIECE, len(where))):
            parameters = model.check(ends[where[k]].parameters)
            network.respond_all(model.network, parameters, inputs, units, work)
            found[k] = functions @ units[:, -outs:].ravel()

    with one_blas_thread(), ThreadPoolExecutor(threads, "answers") as pool:
        for future in [pool.submit(fill, first) for first in range(0, len(where), _PIECE)]:
            future.result()
    return found


def split(values: np.ndarray, reach: np.ndarray) -> np.ndarray:
    """Groups (m,) of rows of ``values`` (m, d), numbered from 0 on.

    Within a group no gap between neighbouring values of a column is larger than ``reach`` (m, d),
    that of the larger value. Sorts, so its time grows as m log m.
    """
    group = np.zeros(len(values), np.int64)
    count = 0
    while len(values):
        for column in range(values.shape[1]):
            order = np.lexsort((values[:, column], group))
            sorted_values = values[order, column]
            apart = np.diff(sorted_values) > reach[order[1:], column]
            apart |= np.diff(group[order]) != 0
            group[order] = np.concatenate([[0], np.cumsum(apart)])
        found = int(group.max()) + 1
        if found == count:
            break
        count = found
    return group


class _Sorting:
    """Sorts ends that agree in loss and answers into distinct minima."""

    def __init__(
        self,
        model: Model,
        ends: Sequence[Any],
        where: np.ndarray,
        strict: np.ndarray,
        group: np.ndarray,
    ) -> None:
        self._model, self._ends = model, ends
        self._where, self._strict, self._group = where, strict, group
        self._name = np.full(len(where), -1, np.int64)
        self._groups: dict[int, _Group] = {}
        self._first: list[int] = []
        self._kind: list[str] = []
        self._exact: list[bool] = []

    def run(self, cancelled: Callable[[], bool]) -> Identity:
        order = np.lexsort((self._where, self._group))
        size = np.bincount(self._group)
        alone = (size[self._group] == 1)[order]
        for k in order[alone]:
            self._name[k] = self._new(k, STRICT if self._strict[k] else VALLEY)
        together = order[~alone]
        strict = self._strict[together]
        done = self._sort(together[strict], cancelled, found=True)
        self._join()
        mixed = np.isin(self._group[together], list(self._groups))
        # A degenerate end may be a strict minimum whose least eigenvalue was lost in rounding.
        done = done and self._sort(together[~strict & mixed], cancelled, found=False)
        if done:
            valley: dict[int, int] = {}
            for k in together[~strict]:
                group = int(self._group[k])
                if self._name[k] < 0:
                    if group not in valley:
                        valley[group] = self._new(k, VALLEY)
                    self._name[k] = valley[group]
        label = np.full(len(self._ends), -1, np.int64)
        label[self._where] = self._name
        return Identity(label, self._first, self._kind, self._exact)

    def _new(self, k: int, kind: str) -> int:
        self._first.append(int(self._where[k]))
        self._kind.append(kind)
        self._exact.append(True)
        return len(self._first) - 1

    def _sort(self, order: np.ndarray, cancelled: Callable[[], bool], found: bool) -> bool:
        """Name the ends ``order``, which are sorted by group, by their canonical forms; those like
        none before found a minimum of their own where ``found``. False where cancelled."""
        for piece in _pieces(order):
            if cancelled():
                return False
            forms, reach = self._forms(piece)
            for rows in _runs(self._group[piece]):
                group = self._groups.setdefault(int(self._group[piece[rows.start]]), _Group())
                self._sort_group(group, piece[rows], forms[rows], reach[rows], found)
        return True

    def _sort_group(
        self, group: _Group, ends: np.ndarray, forms: np.ndarray, reach: np.ndarray, found: bool
    ) -> None:
        rest, met = np.arange(len(ends)), 0
        while len(rest):
            if met == len(group.forms):
                if not found:
                    return
                k = int(ends[rest[0]])
                group.forms.append(forms[rest[0]].copy())
                group.reaches.append(float(reach[rest[0]]))
                group.firsts.append(k)
                group.names.append(self._new(k, STRICT))
            gap = np.linalg.norm(forms[rest] - group.forms[met], axis=1)
            alike = gap <= np.maximum(reach[rest], group.reaches[met])
            self._name[ends[rest[alike]]] = group.names[met]
            rest, met = rest[~alike], met + 1

    def _forms(self, which: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Canonical forms (k, n) of ends, and how far one that is the same may lie (k,)."""
        ends = [self._ends[k] for k in self._where[which]]
        stacks, kinds = symmetry.reduce(self._model, np.array([end.parameters for end in ends]))
        symmetry.order(stacks, kinds)
        forms = symmetry.flat(stacks)
        return forms, np.array([_reach(e, f) for e, f in zip(ends, forms, strict=True)])

    def _join(self) -> None:
        """Join the minima of a group that only differ in the order or the signs of their units."""
        same = np.arange(len(self._first))
        for group in self._groups.values():
            if len(group.forms) > 1:
                self._join_group(group, same)
        self._name[self._name >= 0] = same[self._name[self._name >= 0]]
        kept = np.unique(same)
        if len(kept) < len(same):
            self._name[self._name >= 0] = np.searchsorted(kept, self._name[self._name >= 0])
            for facts in (self._first, self._kind, self._exact):
                facts[:] = [facts[k] for k in kept]
            for group in self._groups.values():
                group.names = [int(np.searchsorted(kept, same[name])) for name in group.names]

    def _join_group(self, group: _Group, same: np.ndarray) -> None:
        ends = [self._ends[self._where[k]] for k in group.firsts]
        stacks, kinds = symmetry.reduce(self._model, np.array([end.parameters for end in ends]))
        distinct: list[int] = []
        for j in range(len(ends)):
            layers: Layers = [layer[j] for layer in stacks]
            for i in distinct:
                other: Layers = [layer[i] for layer in stacks]
                reach = max(group.reaches[i], group.reaches[j])
                if least_distance(other, layers) > reach:
                    continue
                found = align(other, layers, kinds)
                if found.distance <= reach:
                    same[group.names[j]] = group.names[i]
                    break
                if not found.exact:
                    self._exact[group.names[i]] = self._exact[group.names[j]] = False
            else:
                distinct.append(j)


def _reach(end: Any, form: np.ndarray) -> float:
    """How far from ``form`` another form of the same minimum may lie."""
    length = float(np.linalg.norm(form))
    least = float(end.eigenvalues[0]) if len(end.eigenvalues) else 0.0
    unsure = _UNCERTAIN * end.gradient_norm / least if least > 0.0 else 0.0
    return PARAMETERS * length + min(unsure, _MOST_UNCERTAIN * length)


def least_distance(a: Layers, b: Layers) -> float:
    """No more than the distance of a to b over all orders and signs of units.

    Each weight belongs to at most two units, so the distances of units in all sum to at most twice
    the square; and lengths, sorted, are nearer than the units that they are of.
    """
    total = 0.0
    for k in range(len(a) - 1):
        lengths = [
            np.sort(np.sqrt((x[k] ** 2).sum(0) + (x[k + 1][:-1] ** 2).sum(1))) for x in (a, b)
        ]
        total += float(((lengths[0] - lengths[1]) ** 2).sum())
    return float(np.sqrt(total / 2.0))


def _pieces(order: np.ndarray) -> Iterator[np.ndarray]:
    for first in range(0, len(order), _PIECE):
        yield order[first : first + _PIECE]


def _runs(group: np.ndarray) -> Iterator[slice]:
    """The stretches of equal numbers in ``group``."""
    cuts = np.flatnonzero(np.diff(group)) + 1
    edges = [0, *cuts.tolist(), len(group)]
    for first, last in pairwise(edges):
        yield slice(first, last)
