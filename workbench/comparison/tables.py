"""A comparison's numbers as tables for other programs: CSV with every digit."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from workbench.census.statistics import ecdf
from workbench.comparison.compared import Compared
from workbench.comparison.outcomes import Quartiles, Statistics
from workbench.comparison.tally import Tally

# Rows of one curve; a distribution function of more steps is thinned, each kept step exact.
MOST_ROWS = 1000

Rows = Iterable[Sequence[Any]]


def csv_text(header: Sequence[str], rows: Rows) -> str:
    """Comma-separated values; None is an empty cell, floats have all their digits."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_plain(value) for value in row] for row in rows)
    return out.getvalue()


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value


def cases_csv(statistics: Statistics) -> str:
    """One row a case: its success rates and the quartiles of what was measured."""
    measures = ("loss", "loss_test", "accuracy", "accuracy_test", "steps")
    first = statistics.cases[0]
    header = ["case", "starts", "diverged", "loss_best"]
    header += [f"{m}_{q}" for m in measures for q in Quartiles._fields]
    for name in first.success:
        header += [f"success ({name}) {what}" for what in ("hits", "of", "low", "high")]
    for tolerance in first.steps_to:
        header += [f"steps_to_{tolerance:g}_{q}" for q in Quartiles._fields]
    rows = []
    for case in statistics.cases:
        row: list[Any] = [case.name, case.starts, case.diverged, case.best]
        for measure in measures:
            row += getattr(case, measure) or [None] * 3
        for found in case.success.values():
            row += found
        for steps in case.steps_to.values():
            row += steps
        rows.append(row)
    return csv_text(header, rows)


def tests_csv(statistics: Statistics) -> str:
    """One row a test between two cases."""
    header = [
        "measure", "first", "second", "test", "pairs", "first_better", "second_better", "equal",
        "p", "p_holm", "effect", "effect_low", "effect_high", "shift", "shift_low", "shift_high",
        "shift_pairs",
    ]  # fmt: skip
    rows = []
    for t in statistics.tests:
        counts = (t.pairs, t.first_better, t.second_better, t.equal)
        moved = (None, None, None, None) if t.shift is None else (*t.shift, t.finite)
        rows.append(
            (t.measure, t.first, t.second, t.test, *counts, t.p, t.p_holm, *t.effect, *moved)
        )
    return csv_text(header, rows)


def loss_ecdf_csv(compared: Compared, confidence: float) -> str:
    """The distribution functions of the final loss."""
    header = ["case", "loss", "share", "low", "high"]
    return csv_text(header, _curves(compared.names, compared.loss, confidence))


def steps_ecdf_csv(compared: Compared, confidence: float) -> str:
    """The distribution functions of the steps to every tolerance."""
    header = ["tolerance", "case", "steps", "share", "low", "high"]
    rows = (
        (tolerance, *row)
        for tolerance, steps in compared.steps_to.items()
        for row in _curves(compared.names, steps, confidence)
    )
    return csv_text(header, rows)


def tallies_csv(names: Sequence[str], tallies: Sequence[Tally]) -> str:
    """The distribution functions of what has been counted, exact at the borders of its bins."""
    rows = [
        (measure, name, *row)
        for name, tally in zip(names, tallies, strict=True)
        for measure, counts in [
            ("loss", tally.loss),
            *((f"steps to {tolerance:g}", c) for tolerance, c in tally.steps_to.items()),
        ]
        for row in zip(*(x.tolist() for x in counts.distribution()), strict=True)
    ]
    return csv_text(["measure", "case", "value", "share_below"], rows)


def _curves(
    names: Sequence[str], values: Sequence[np.ndarray], confidence: float
) -> Iterator[tuple[Any, ...]]:
    for name, held in zip(names, values, strict=True):
        found = ecdf(held, confidence, MOST_ROWS)
        for row in zip(*(x.tolist() for x in found[:4]), strict=True):
            yield name, *row
