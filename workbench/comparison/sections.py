"""The sections of a report on a comparison, as pieces of HTML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np

from workbench import numerals as n
from workbench.comparison import figures
from workbench.comparison import wording as w
from workbench.comparison.compared import Compared
from workbench.comparison.methods import methods, references
from workbench.comparison.outcomes import CaseSummary, PairedTest, Statistics, criterion
from workbench.comparison.page import (
    Cell,
    bullets,
    heading,
    name,
    paragraph,
    picture,
    preformatted,
    prose,
    table,
)

LEVEL = 0.05  # of significance, after the correction
_TITLE, _EXPERIMENT = "title", "experiment"


def title_of(compared: Compared) -> str:
    """The report's title."""
    return str(compared.meta.get(_TITLE) or "Comparison")


def opening(compared: Compared, statistics: Statistics) -> Iterator[str]:
    """Title, extent and what was found, in sentences."""
    many = len(compared.names)
    yield f"<header>{heading(title_of(compared), 1)}"
    extent = f"{many} case{'s' if many != 1 else ''} of {n.count(compared.starts)} starts"
    yield paragraph(extent + (", paired by start." if many > 1 else "."), "lead") + "</header>"
    found = list(findings(statistics))
    if found:
        yield heading("What was found")
        yield bullets(found)


def findings(statistics: Statistics) -> Iterator[str]:
    """For every measure which case leads, and which others it was shown to be better than."""
    for measure, tests in groupby(statistics.tests, key=lambda test: test.measure):
        held = list(tests)
        leader = _leader(statistics.cases, held[0])
        if leader is None:
            continue
        case, value = leader
        own = [t for t in held if case.name in (t.first, t.second)]
        shown = [t for t in own if t.p_holm <= LEVEL and _favours(t, case.name)]
        # A lower median need not go with better pairs.
        lost = [t for t in own if t.p_holm <= LEVEL and t not in shown]
        unsure = [t for t in own if t.p_holm > LEVEL]
        said = [f"{measure[:1].upper()}{measure[1:]}: {case.name} leads with {value}"]
        if shown:
            said.append(f"shown better than {_listed(_others(shown, case.name))}")
        if unsure:
            said.append(f"not shown better than {_listed(_others(unsure, case.name))}")
        if lost:
            said.append(f"worse, pair by pair, than {_listed(_others(lost, case.name))}")
        yield "; ".join(said) + f" (Holm p ≤ {LEVEL:g})."


def _leader(cases: Sequence[CaseSummary], test: PairedTest) -> tuple[CaseSummary, str] | None:
    """The case with the best figure for a test's measure; None where that is no number."""
    if test.kind == "success":
        key = test.measure.removeprefix("success: ")
        best = max(cases, key=lambda c: c.success[key].share)
        return best, " ".join(w.rate(best.success[key]))
    if test.kind == "loss":
        best = min(cases, key=lambda c: c.loss.median)
        return (
            (best, f"a median of {n.number(best.loss.median)}")
            if best.loss.median < np.inf
            else None
        )
    tolerance = next(t for t in cases[0].steps_to if test.measure.endswith(criterion(t)))
    best = min(cases, key=lambda c: c.steps_to[tolerance].median)
    median = best.steps_to[tolerance].median
    return (best, f"a median of {n.number(median)}") if median < np.inf else None


def _favours(test: PairedTest, case: str) -> bool:
    return (test.effect.estimate > 0) == (test.first == case)


def _others(tests: Sequence[PairedTest], case: str) -> list[str]:
    return [test.second if test.first == case else test.first for test in tests]


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def cases_section(compared: Compared, statistics: Statistics) -> Iterator[str]:
    """One row a case."""
    sure, cases = n.percent(statistics.confidence, 0), statistics.cases
    yield heading("Cases")
    optional = [
        (title, field)
        for title, field in (
            ("test loss", "loss_test"),
            ("accuracy", "accuracy"),
            ("test accuracy", "accuracy_test"),
        )
        if any(getattr(case, field) is not None for case in cases)
    ]
    rates = list(cases[0].success)
    header = [name("case"), "starts", "diverged", *(f"success: {r}" for r in rates)]
    header += ["best loss", "final loss", *(title for title, _ in optional), "steps"]
    header += [f"steps to {criterion(t)}" for t in cases[0].steps_to]
    rows = []
    for case in cases:
        row = [name(case.name), n.count(case.starts), n.count(case.diverged)]
        row += [_estimate(w.rate(case.success[r])) for r in rates]
        row.append(n.number(case.best))
        measured = [case.loss, *(getattr(case, field) for _, field in optional), case.steps]
        row += [_estimate(w.quartiles(q)) for q in (*measured, *case.steps_to.values())]
        rows.append(row)
    caption = (
        f"Success rates with {sure} Wilson intervals; of losses"
        + (", accuracies" if any(f != "loss_test" for _, f in optional) else "")
        + " and steps the median [lower quartile, upper quartile]. ∞: that start failed, or never "
        "got there. Steps without a tolerance are those made."
    )
    # What does not fit side by side on a sheet of paper is turned on its side.
    if len(header) > 8:
        turned = [[name(header[k]), *(row[k] for row in rows)] for k in range(1, len(header))]
        yield table(caption, [name(""), *(Cell(c.name) for c in cases)], [("", turned)])
    else:
        yield table(caption, header, [("", rows)])


def _estimate(found: tuple[str, str]) -> Cell:
    """A number with what bounds it below."""
    return Cell(found[0], "", found[1])


def distribution_section(compared: Compared, statistics: Statistics) -> Iterator[str]:
    """Distribution functions of losses and steps, and the losses' spread."""
    sure = n.percent(statistics.confidence, 0)
    bands = f" Bands: {sure}, everywhere at once." if len(compared.names) <= 6 else ""
    yield heading("Final loss")
    yield picture(
        figures.svg(figures.loss_figure(compared, statistics.confidence), "loss"),
        "Share of starts whose final training loss is at most so high. Starts that failed are "
        f"counted and never reached.{bands}",
        "Empirical distribution functions of the final loss",
    )
    yield picture(
        figures.svg(figures.spread_figure(compared), "spread"),
        "Histograms of the final training loss, each as high as its fullest bin; the bar is from "
        "the lower to the upper quartile of all starts, the dot is their median.",
        "Histograms of the final loss of each case",
    )
    reached = [
        t for t, steps in compared.steps_to.items() if any(np.isfinite(s).any() for s in steps)
    ]
    if not compared.steps_to:
        return
    yield heading("Steps to a tolerance")
    if not reached:
        yield paragraph("No start of any case reached any of the tolerances.")
        return
    left = len(reached) - figures.MOST_TOLERANCES
    more = f" {left} more tolerances are in ecdf_steps.csv." if left > 0 else ""
    yield picture(
        figures.svg(figures.steps_figure(compared, statistics.confidence), "steps"),
        f"Share of starts that were at or below the tolerance after so many steps.{bands}{more}",
        "Empirical distribution functions of the steps to each tolerance",
    )


def tests_section(statistics: Statistics) -> Iterator[str]:
    """One row a test, by measure."""
    if not statistics.tests and not statistics.omitted:
        return
    yield heading("Tests between cases")
    if statistics.tests:
        sure = n.percent(statistics.confidence, 0)
        header = [
            Cell("first − second", "text prose"), "better", "worse", "equal", "p", "Holm p",
            "effect", "shift",
        ]  # fmt: skip
        groups = []
        for measure, tests in groupby(statistics.tests, key=lambda test: test.measure):
            held = list(tests)
            kinds = sorted({test.test for test in held})
            unit = "percentage points" if held[0].kind == "success" else "rank-biserial correlation"
            title = f"{measure[:1].upper()}{measure[1:]} ({' and '.join(kinds)}; effect: {unit})"
            groups.append((title, [_test_row(test) for test in held]))
        yield table(
            f"All {len(statistics.tests)} tests, over the same starts. Effects and shifts with "
            f"{sure} intervals; an effect above 0 favours the first case. Better, worse, "
            "equal: starts from which the first was so. Shift: first minus second, over the "
            "pairs in which neither failed. Holm p ≤ "
            f"{LEVEL:g} is set in bold.",
            header,
            groups,
        )
    if statistics.omitted:
        yield paragraph(
            "Without a test, since all starts of all cases are alike in it: "
            f"{'; '.join(statistics.omitted)}.",
            "note",
        )


def _test_row(test: PairedTest) -> list[str]:
    counts = (test.first_better, test.second_better, test.equal)
    holm = Cell(w.p_value(test.p_holm), "clear" if test.p_holm <= LEVEL else "")
    said = prose(f"{test.first} − {test.second}", w.reading(test, LEVEL))
    effects = [_estimate(w.effect(test)), _estimate(w.shifted(test))]
    return [said, *map(n.count, counts), w.p_value(test.p), holm, *effects]


def methods_section(statistics: Statistics, with_steps: bool, with_census: bool) -> Iterator[str]:
    """How it was computed, and by whose methods."""
    yield heading("Methods")
    found = methods(statistics, with_steps, with_census)
    for title, text in found:
        yield heading(title, 3)
        yield paragraph(text)
    yield heading("References", 3)
    yield bullets(references([text for _, text in found]))


def appendix(meta: Mapping[str, Any]) -> Iterator[str]:
    """What it takes to repeat it: the experiment, the command, versions and the like."""
    rows = list(_flat(meta))
    if rows or meta.get(_EXPERIMENT):
        yield heading("To repeat it")
    if rows:
        header = [name("what"), Cell("value", "text")]
        texts = [[name(key), Cell(value, "text")] for key, value in rows]
        yield table("What determines the result.", header, [("", texts)])
    if meta.get(_EXPERIMENT):
        yield heading("Experiment", 3)
        yield preformatted(str(meta[_EXPERIMENT]))


def _flat(meta: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for key, value in meta.items():
        if not above and key in (_TITLE, _EXPERIMENT):
            continue
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{key}: ")
        elif isinstance(value, Sequence) and not isinstance(value, str):
            yield f"{above}{key}", ", ".join(map(str, value))
        else:
            yield f"{above}{key}", str(value)
