"""The census of a multistart: its distinct minima, how often each was reached, and what is missing.

What counts as the same minimum is said in ``workbench.census.identity``, how far the list can be
trusted to be complete in ``workbench.census.completeness``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from workbench.census.barriers import Neighbour, nearest
from workbench.census.completeness import CONFIDENCE, Completeness, judge
from workbench.census.identity import LOSS, Identity, identify
from workbench.census.proportions import wilson
from workbench.errors import BadValue
from workbench.experiment import Experiment
from workbench.model import Model
from workbench.symmetry import canonical

NEIGHBOURS = 20
_MOST_FORMS = 100_000_000  # numbers of canonical forms that are held to find neighbours


@dataclass(frozen=True)
class Hits:
    """How often one group's starts ended in one minimum: ``count`` of ``starts``, the ``share`` and
    its Wilson interval from ``low`` to ``high``."""

    count: int
    starts: int
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.count / self.starts if self.starts else float("nan")


@dataclass(frozen=True)
class DistinctMinimum:
    """One minimum, met once or more often.

    ``id``: its place in the list, by loss. ``kind``: "strict minimum" or "valley". ``loss`` is the
    training loss, ``loss_test`` the mean loss over the test set (NaN where there is none), and
    ``largest`` and ``trace`` are the Hessian's largest eigenvalue and trace, all at ``parameters``
    (n,), float64: the polished end of the example, the first met. In a valley, along a scaling of
    units and along what no training sample sees, the last three are that example's alone. The
    example is the start ``example_start`` of the group ``example_group``, an index; it replays to
    the same bits. ``hits``: one entry a group. ``certain``: whether its difference from all others
    does not rest on a heuristic. ``nearest``: the nearest other, where that was looked for.
    """

    id: int
    kind: str
    loss: float
    loss_test: float
    largest: float
    trace: float
    hits: tuple[Hits, ...]
    example_group: int
    example_start: int
    parameters: np.ndarray
    certain: bool
    nearest: Neighbour | None = None

    @property
    def count(self) -> int:
        """How many starts of all groups ended here."""
        return sum(hit.count for hit in self.hits)


@dataclass(frozen=True)
class Census:
    """What the ends of a multistart are.

    ``groups``: names, such as of initializers; ``starts``: of how many ends each group is.
    ``minima``, by loss, equal ones in the order of meeting. ``labels`` (m,) int64: the id of the
    minimum that each end is, -1 where it is none. ``kinds``: of each verdict how many ends each
    group has. ``completeness``: of each group; ``overall``: of a start of any group, drawn with the
    groups' shares.
    """

    groups: tuple[str, ...]
    starts: tuple[int, ...]
    minima: tuple[DistinctMinimum, ...]
    labels: np.ndarray = field(repr=False)
    kinds: dict[str, tuple[int, ...]]
    completeness: tuple[Completeness, ...]
    overall: Completeness
    confidence: float

    def to_dict(self) -> dict[str, Any]:
        """Everything but ``labels`` and parameters, ready for JSON; what is unknown is None."""
        groups = list(self.groups)
        found = {
            "groups": groups,
            "starts": list(self.starts),
            "confidence": self.confidence,
            "kinds": {kind: dict(zip(groups, n, strict=True)) for kind, n in self.kinds.items()},
            "completeness": {
                name: c.to_dict() for name, c in zip(groups, self.completeness, strict=True)
            },
            "overall": self.overall.to_dict(),
            "minima": list(self.rows()),
        }
        return found

    def rows(self) -> Iterator[dict[str, Any]]:
        """One flat table row for each minimum, ready for CSV and JSON; what is unknown is None."""
        for m in self.minima:
            row: dict[str, Any] = {
                "id": m.id,
                "kind": m.kind,
                "loss": _known(m.loss),
                "loss_test": _known(m.loss_test),
                "largest_eigenvalue": _known(m.largest),
                "trace": _known(m.trace),
                "hits": m.count,
            }
            for name, hit in zip(self.groups, m.hits, strict=True):
                row |= {f"hits {name}": hit.count, f"share {name}": _known(hit.share)}
                row |= {f"low {name}": hit.low, f"high {name}": hit.high}
            row |= {"example_group": self.groups[m.example_group]}
            row |= {"example_start": m.example_start, "certain": m.certain}
            n = m.nearest
            row |= {
                "nearest": n.other if n else None,
                "distance": _known(n.distance) if n else None,
                "distance_exact": n.exact if n else None,
                "barrier_straight": _known(n.straight) if n else None,
                "barrier_aligned": _known(n.aligned) if n else None,
                "barrier_curve": _known(n.curve) if n else None,
            }
            yield row


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def take_census(
    experiment: Experiment,
    ends: Sequence[Any],
    groups: Any = None,
    starts: Any = None,
    *,
    names: Sequence[str] | None = None,
    neighbours: int = NEIGHBOURS,
    confidence: float = CONFIDENCE,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Census:
    """Find the distinct minima among polished and classified ends.

    ``ends``: what ``workbench.census.ends.settle`` yields, m of them, of ``experiment`` or of
    experiments that differ from it in nothing that the training loss is made of. ``groups`` (m,)
    integers from 0 on: which group, such as an initializer, each belongs to (None: one group);
    ``starts`` (m,): its start index there (None: counted). ``names`` of the groups. ``neighbours``:
    for how many minima, the lowest, the nearest other and the barriers to it are found, which takes
    far longer than all else; ``progress(done, of)`` counts these. Once ``cancelled`` says True,
    neighbours not found by then stay None. The result does not depend on ``threads`` (None: one a
    processor). Raises BadValue where lengths or groups do not fit.
    """
    group, start = _whole("groups", groups, len(ends)), _whole("starts", starts, len(ends), True)
    if names is None:
        names = [f"group {k}" for k in range(int(group.max(initial=0)) + 1)]
    if len(group) and not 0 <= group.min() <= group.max() < len(names):
        rule = f"must be from 0 to {len(names) - 1}, one of {len(names)} groups"
        wrong = group[(group < 0) | (group >= len(names))][0]
        raise BadValue("groups", rule, int(wrong), min(max(int(wrong), 0), len(names) - 1))
    model = Model(experiment.replace(dtype="float64"))
    workers = threads or os.cpu_count() or 1
    found = identify(model, ends, threads=workers, cancelled=cancelled)
    labels, order = _by_loss(found, ends)
    of = np.bincount(group, minlength=len(names))
    minima = _minima(model, ends, found, order, labels, group, start, of, confidence)
    minima = _with_neighbours(model, minima, neighbours, workers, progress, cancelled)
    kinds: dict[str, np.ndarray] = {}
    for end, g in zip(ends, group, strict=True):
        kinds.setdefault(end.kind, np.zeros(len(names), np.int64))[g] += 1
    overall, each = _complete(labels, group, start, len(names), confidence)
    return Census(
        tuple(names), tuple(int(n) for n in of), tuple(minima), labels,
        {kind: tuple(int(n) for n in counts) for kind, counts in sorted(kinds.items())},
        each, overall, confidence,
    )  # fmt: skip


def _whole(field: str, values: Any, count: int, counting: bool = False) -> np.ndarray:
    if values is None:
        return np.arange(count) if counting else np.zeros(count, np.int64)
    array = np.asarray(values)
    if array.shape != (count,) or (count and array.dtype.kind not in "iu"):
        rule = f"must be {count} whole numbers, one for each end"
        raise BadValue(field, rule, f"{array.dtype} of shape {array.shape}", f"shape ({count},)")
    return array.astype(np.int64)


def _by_loss(found: Identity, ends: Sequence[Any]) -> tuple[np.ndarray, list[int]]:
    """Labels (m,) by loss, and which of ``found`` each is; losses that agree count as equal."""
    loss = np.array([ends[k].loss for k in found.first])
    rising = np.argsort(loss, kind="stable")
    level = np.empty(len(loss), np.int64)
    steps = np.diff(loss[rising]) > LOSS * np.abs(loss[rising[1:]])
    level[rising] = np.concatenate([[0], np.cumsum(steps)]) if len(loss) else 0
    order = np.lexsort((np.array(found.first, np.int64), level))
    place = np.full(len(order) + 1, -1, np.int64)
    place[order] = np.arange(len(order))  # the last entry stands for label -1
    return place[found.label], [int(k) for k in order]


def _minima(
    model: Model,
    ends: Sequence[Any],
    found: Identity,
    order: list[int],
    labels: np.ndarray,
    group: np.ndarray,
    start: np.ndarray,
    of: np.ndarray,
    confidence: float,
) -> list[DistinctMinimum]:
    met = labels >= 0
    cells = labels[met] * len(of) + group[met]
    counts = np.bincount(cells, minlength=len(order) * len(of)).reshape(len(order), len(of))
    low, high = wilson(counts, of[None, :], confidence)
    minima, has_test = [], len(model.test.inputs) > 0
    for k, name in enumerate(order):
        first = found.first[name]
        end = ends[first]
        test = model.measures(end.parameters, model.test)[0] if has_test else float("nan")
        hits = tuple(
            Hits(int(counts[k, g]), int(of[g]), float(low[k, g]), float(high[k, g]))
            for g in range(len(of))
        )
        facts = float(end.loss), test, float(end.largest), float(end.trace)
        example = int(group[first]), int(start[first]), np.array(end.parameters, np.float64)
        kind, certain = found.kind[name], found.exact[name]
        minima.append(DistinctMinimum(k, kind, *facts, hits, *example, certain))
    return minima


def _with_neighbours(
    model: Model,
    minima: list[DistinctMinimum],
    count: int,
    threads: int,
    progress: Callable[[int, int], None] | None,
    cancelled: Callable[[], bool],
) -> list[DistinctMinimum]:
    """``minima`` with the neighbours of the first ``count`` of them."""
    count = min(count, len(minima))
    most = _MOST_FORMS // max(model.parameter_count, 1)
    if count < 1 or len(minima) < 2:
        return minima
    points = np.array([m.parameters for m in minima[:most]])
    forms = canonical(model, points)
    out = list(minima)
    for k in range(min(count, len(points))):
        if cancelled():
            break
        out[k] = replace(minima[k], nearest=nearest(model, points, forms, k, threads))
        if progress:
            progress(k + 1, count)
    return out


def _complete(
    labels: np.ndarray, group: np.ndarray, start: np.ndarray, count: int, confidence: float
) -> tuple[Completeness, tuple[Completeness, ...]]:
    """Overall, and of each group, from the ends that are minima in the order of their starts."""
    order = np.lexsort((group, start))
    order = order[labels[order] >= 0]
    each = tuple(judge(labels[order[group[order] == g]], confidence) for g in range(count))
    overall = judge(labels[order], confidence)
    if count > 1:
        # Groups share their random numbers, so all their starts together are not independent; but
        # the mass unseen by all is at most the groups' own, each limit at its share of the risk.
        risk = 1.0 - (1.0 - confidence) / count
        limits = [
            judge(labels[order[group[order] == g]], risk).unseen_mass_most for g in range(count)
        ]
        shares = np.array([c.starts for c in each], np.float64)
        most = float(np.dot(limits, shares) / shares.sum()) if shares.sum() else 1.0
        overall = replace(overall, unseen_mass_most=most)
    return overall, each
