"""What is said of a comparison: a summary of every case, and tests between the cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import NamedTuple

import numpy as np

from workbench.census.paired import differences, rank_biserial, shift, signed_ranks, worst_last
from workbench.census.proportions import Difference, mcnemar, pairs, risk_difference, wilson
from workbench.census.statistics import holm, quantiles
from workbench.comparison.compared import Compared

QUARTILES = (0.25, 0.5, 0.75)
# With more cases than this, each is compared with one of them only.
MOST_ALL_PAIRS = 8
BEST = "reached the best minimum"


class Rate(NamedTuple):
    """``hits`` of ``count`` starts, and Wilson's limits of their proportion."""

    hits: int
    count: int  # type: ignore[assignment]  # hides tuple.count
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.hits / self.count if self.count else float("nan")


class Quartiles(NamedTuple):
    """Lower quartile, median and upper quartile; inf where that start failed."""

    low: float
    median: float
    high: float


@dataclass(frozen=True)
class CaseSummary:
    """One case in figures. ``success`` by criterion, ``steps_to`` by tolerance."""

    name: str
    starts: int
    diverged: int
    success: dict[str, Rate]
    best: float
    loss: Quartiles
    loss_test: Quartiles | None
    accuracy: Quartiles | None
    accuracy_test: Quartiles | None
    steps: Quartiles
    steps_to: dict[float, Quartiles]


@dataclass(frozen=True)
class PairedTest:
    """One test between two cases, over the same starts.

    ``measure``: what is compared; ``kind``: success (McNemar's test), loss or steps (Wilcoxon's).
    ``first_better``, ``second_better``, ``equal``: pairs of starts. ``p`` raw, ``p_holm`` adjusted
    for all tests of the comparison. ``effect``: positive where the first does better; a difference
    of success rates, or a rank-biserial correlation. ``shift``: first minus second, in the
    measure's unit (loss and steps), over the ``finite`` pairs in which neither start failed.
    """

    measure: str
    kind: str
    first: str
    second: str
    test: str
    first_better: int
    second_better: int
    equal: int
    p: float
    p_holm: float
    effect: Difference
    shift: Difference | None
    finite: int

    @property
    def pairs(self) -> int:
        return self.first_better + self.second_better + self.equal


@dataclass(frozen=True)
class Statistics:
    """Everything that a report says of a comparison's numbers, at one ``confidence``.

    ``against``: the name of the case that all others are compared with; None: all pairs are.
    ``omitted``: measures without a test, since no two starts can differ in them.
    """

    cases: tuple[CaseSummary, ...]
    tests: tuple[PairedTest, ...]
    omitted: tuple[str, ...]
    against: str | None
    confidence: float


def analyse(
    compared: Compared, *, confidence: float = 0.95, against: str | None = None
) -> Statistics:
    """Summarise every case and test the cases pairwise.

    Tested are the success by every criterion, the final loss, and the steps to every tolerance;
    p values are adjusted over all of these together. ``against``: the one case that all others are
    tested against; None: all pairs, or with more than ``MOST_ALL_PAIRS`` cases the first one.
    """
    names = compared.names
    if against is None and len(names) > MOST_ALL_PAIRS:
        against = names[0]
    chosen = list(combinations(range(len(names)), 2))
    if against is not None:
        base = names.index(against)
        chosen = [(i, base) for i in range(len(names)) if i != base]
    tests: list[PairedTest] = []
    omitted = []
    for measure, kind, values in _measures(compared):
        if _all_alike(values):
            omitted.append(measure)
            continue
        for i, j in chosen:
            found = _test(kind, values[i], values[j], confidence)
            tests.append(replace(found, measure=measure, first=names[i], second=names[j]))
    adjusted = holm([test.p for test in tests])
    tests = [replace(t, p_holm=float(p)) for t, p in zip(tests, adjusted, strict=True)]
    cases = tuple(_summary(compared, i, confidence) for i in range(len(names)))
    return Statistics(cases, tuple(tests), tuple(omitted), against, confidence)


def criterion(tolerance: float) -> str:
    """How success by a tolerance is called."""
    return f"loss ≤ {tolerance:g}"


def successes(compared: Compared) -> dict[str, list[np.ndarray]]:
    """By criterion, for each case, float64 (n,): 1 success, 0 failure, NaN not looked at."""
    found = {
        criterion(tolerance): [np.where(loss <= tolerance, 1.0, 0.0) for loss in compared.loss]
        for tolerance in compared.tolerances
    }
    if compared.reached is not None:
        found[BEST] = [np.where(r < 0, np.nan, (r > 0).astype(float)) for r in compared.reached]
    return found


def _measures(compared: Compared) -> Iterator[tuple[str, str, list[np.ndarray]]]:
    for name, values in successes(compared).items():
        yield f"success: {name}", "success", values
    yield "final loss", "loss", list(compared.loss)
    for tolerance, steps in compared.steps_to.items():
        yield f"steps to {criterion(tolerance)}", "steps", list(steps)


def _all_alike(values: list[np.ndarray]) -> bool:
    """Whether no start of any case differs from any other, so that a test could find nothing."""
    looked = np.concatenate([v[~np.isnan(v)] for v in values])
    return looked.size == 0 or bool((looked == looked[0]).all())


def _test(kind: str, first: np.ndarray, second: np.ndarray, confidence: float) -> PairedTest:
    looked = ~(np.isnan(first) | np.isnan(second))
    a, b = first[looked], second[looked]
    if kind == "success":
        table = pairs(a > 0, b > 0)
        equal = table.both + table.neither
        p, effect = mcnemar(table), risk_difference(table, confidence)
        better, worse, test, moved = table.first_only, table.second_only, "McNemar, exact", None
        finite = a.size
    else:
        d, sound = differences(a, b), np.isfinite(a) & np.isfinite(b)
        ranks, effect = signed_ranks(d), rank_biserial(-d, confidence)
        p, moved, finite = ranks.p, shift(d[sound], confidence), int(sound.sum())
        better, worse = int((d < 0).sum()), int((d > 0).sum())
        equal = d.size - better - worse
        test = f"Wilcoxon, {'exact' if ranks.exact else 'normal approximation'}"
    return PairedTest("", kind, "", "", test, better, worse, equal, p, p, effect, moved, finite)


def _summary(compared: Compared, i: int, confidence: float) -> CaseSummary:
    rates = {}
    for name, values in successes(compared).items():
        looked = values[i][~np.isnan(values[i])]
        hits = int(looked.sum())
        low, high = wilson(hits, looked.size, confidence)
        rates[name] = Rate(hits, looked.size, float(low), float(high))
    return CaseSummary(
        name=compared.names[i],
        starts=compared.starts,
        diverged=int(compared.diverged[i].sum()),
        success=rates,
        best=float(np.min(compared.loss[i], initial=np.inf)),
        loss=_quartiles(compared.loss[i]),
        loss_test=_known(compared.loss_test, i, compared.diverged[i]),
        accuracy=_known(compared.accuracy, i),
        accuracy_test=_known(compared.accuracy_test, i),
        steps=_quartiles(compared.steps[i]),
        steps_to={t: _quartiles(steps[i]) for t, steps in compared.steps_to.items()},
    )


def _quartiles(values: np.ndarray) -> Quartiles:
    return Quartiles(*map(float, quantiles(values, QUARTILES)))


def _known(
    values: Sequence[np.ndarray] | None, i: int, diverged: np.ndarray | None = None
) -> Quartiles | None:
    """Quartiles where there is such a number: without a test set all are NaN, of a regression too.

    A loss of a start that ``diverged`` is infinite; an accuracy that is missing is left out.
    """
    if values is None or np.isnan(values[i]).all():
        return None
    if diverged is not None:
        return _quartiles(worst_last(np.where(diverged, np.inf, values[i])))
    return _quartiles(values[i][~np.isnan(values[i])])
