"""The census of a comparison, from the verdicts that are there: one for each training loss.

Cases with the same data, network and penalty have the same training loss, so the same minima, and
are counted together. Others, such as networks of different widths, are counted apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from workbench.census.barriers import Neighbour
from workbench.census.census import Census, take_census
from workbench.census.ends import End
from workbench.census.identity import FLOOR, LOSS
from workbench.comparison.plan import Case, Plan
from workbench.comparison.training import Asked
from workbench.comparison.verdicts import read_verdicts

_SHARED = ("data", "network", "penalty")


def landscapes(plan: Plan) -> list[list[Case]]:
    """The cases in groups of the same training loss."""
    groups: list[list[Case]] = []
    for case in plan.cases:
        for group in groups:
            a, b = group[0].experiment, case.experiment
            if all(getattr(a, section) == getattr(b, section) for section in _SHARED):
                group.append(case)
                break
        else:
            groups.append([case])
    return groups


def take(
    plan: Plan,
    folder: Path,
    polish: int,
    threads: int | None = None,
    cancelled: Asked = lambda: False,
    **options: Any,
) -> list[tuple[list[Case], list[list[End]], Census]]:
    """Of each landscape its cases, their ends, and the census of these."""
    found = []
    for cases in landscapes(plan):
        ends = [read_verdicts(folder, case, polish) for case in cases]
        groups = np.repeat(np.arange(len(cases)), [len(e) for e in ends])
        starts = np.concatenate([np.arange(len(e)) for e in ends])
        census = take_census(
            cases[0].experiment,
            [end for e in ends for end in e],
            groups,
            starts,
            names=[case.label for case in cases],
            threads=threads,
            cancelled=cancelled,
            **options,
        )
        found.append((cases, ends, census))
    return found


def with_neighbours(census: Census, rows: Sequence[Mapping[str, Any]]) -> Census:
    """``census`` with the neighbours that ``rows`` of a result hold, which take long to find."""
    minima = []
    for minimum, row in zip(census.minima, rows, strict=True):
        if row["nearest"] is not None:
            keys = ("distance", "barrier_straight", "barrier_aligned", "barrier_curve")
            distance, *ways = (float("nan") if row[k] is None else float(row[k]) for k in keys)
            exact = bool(row["distance_exact"])
            near = Neighbour(int(row["nearest"]), distance, exact, ways[0], ways[1], ways[2])
            minimum = replace(minimum, nearest=near)
        minima.append(minimum)
    return replace(census, minima=tuple(minima))


def best_reached(
    cases: Sequence[Case],
    found: Sequence[tuple[list[Case], list[list[End]], Census]],
    count: int,
) -> list[np.ndarray] | None:
    """For each case int8 (count,): whether a start reached the lowest minimum of its landscape; -1
    where its end was not looked at.

    None where that is no measure of success: in a landscape without a minimum, or where an end
    that is none, such as one on the way to infinity, is lower than all of them.
    """
    made = {case.index: np.full(count, -1, np.int8) for case in cases}
    looked = False
    for group, ends, census in found:
        if not census.minima:
            return None
        least = census.minima[0].loss
        bound = least + LOSS * abs(least) + FLOOR
        held = [end for e in ends for end in e]
        if any(end.loss < least - LOSS * abs(least) - FLOOR for end in held if not end.is_minimum):
            return None
        lowest = {m.id for m in census.minima if m.loss <= bound}
        first = 0
        for case, e in zip(group, ends, strict=True):
            labels = census.labels[first : first + len(e)][:count]
            made[case.index][: len(labels)] = np.isin(labels, list(lowest))
            first += len(e)
            looked |= bool(len(e))
    return [made[case.index] for case in cases] if looked else None
