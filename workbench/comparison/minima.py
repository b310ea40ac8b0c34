"""The census in a report: verdicts, distinct minima, how complete they are; and as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workbench import numerals as w
from workbench.census.table import no_minimum, sentence
from workbench.comparison import figures
from workbench.comparison.page import Cell, heading, name, paragraph, picture, table
from workbench.comparison.tables import csv_text

MOST_SHOWN = 40  # minima in the report's table; minima.csv has all
_MOST_GROUPS = 5  # cases whose hits stand side by side


def minima_csv(census: Any) -> str:
    """One row a distinct minimum, of which there is one at least: what ``Census.rows`` yields."""
    rows = list(census.rows())
    header = list(rows[0])
    return csv_text(header, [[row[key] for key in header] for row in rows])


def verdicts_csv(census: Any) -> str:
    """How many ends of each case have each verdict."""
    rows = [
        (kind, group, count, total)
        for kind, counts in census.kinds.items()
        for group, count, total in zip(census.groups, counts, census.starts, strict=True)
    ]
    return csv_text(["verdict", "case", "ends", "of"], rows)


def completeness_csv(census: Any) -> str:
    """What is known of the minima that were not met, of each case and overall."""
    every = [*zip(census.groups, census.completeness, strict=True), ("all cases", census.overall)]
    rows = [(label, found.to_dict()) for label, found in every]
    header = list(rows[0][1])
    return csv_text(["case", *header], [[label, *row.values()] for label, row in rows])


def census_section(census: Any) -> Iterator[str]:
    """Verdicts, distinct minima and completeness of a ``workbench.census.census.Census``."""
    yield heading("What the ends are")
    if not sum(census.starts):
        yield paragraph("No end point was looked at.")
        return
    yield from _verdicts(census)
    yield heading("Distinct minima")
    if not census.minima:
        yield paragraph(_capital(no_minimum(census.kinds)))
        return
    yield from _minima(census)
    yield heading("How complete the list is")
    yield from _completeness(census)


def _verdicts(census: Any) -> Iterator[str]:
    kinds = [kind for kind, counts in census.kinds.items() if sum(counts)]
    kinds.sort(key=lambda kind: -sum(census.kinds[kind]))
    by_group = {
        group: [census.kinds[kind][k] for kind in kinds] for k, group in enumerate(census.groups)
    }
    yield picture(
        figures.svg(figures.verdict_figure(kinds, by_group), "verdicts"),
        "What the ends that were polished and classified are.",
        "Shares of verdicts on each case's ends",
    )
    rows = []
    for k, group in enumerate(census.groups):
        counts, of = by_group[group], census.starts[k]
        shares = [f"{w.count(n)} ({w.percent(n / of)})" if of else "0" for n in counts]
        rows.append([name(group), w.count(of), *shares])
    yield table("Ends by verdict.", [name("case"), "ends", *kinds], [("", rows)])


def _minima(census: Any) -> Iterator[str]:
    groups, many = census.groups, len(census.minima)
    each = len(groups) <= _MOST_GROUPS
    test = any(m.loss_test == m.loss_test for m in census.minima)
    header = ["no.", Cell("kind", "text", "example"), Cell("loss", "", "test" if test else "")]
    header += [Cell("sharpness", "", "trace"), *(groups if each else ["hits"])]
    header.append(Cell("nearest, distance", "", "barriers"))
    rows = []
    for m in census.minima[:MOST_SHOWN]:
        example = f"{groups[m.example_group]}, start {m.example_start}"
        row: list[str] = [str(m.id), Cell(m.kind, "text name", example)]
        row.append(Cell(w.number(m.loss, 5), "", w.number(m.loss_test, 5) if test else ""))
        row.append(Cell(w.number(m.largest), "", w.number(m.trace)))
        row += [_hits(hit) for hit in m.hits] if each else [w.count(m.count)]
        near = m.nearest
        if near is None:
            row.append("–")
        else:
            ways = " · ".join(w.number(x, 2) for x in (near.straight, near.aligned, near.curve))
            row.append(Cell(f"{near.other}, {w.number(near.distance, 2)}", "", ways))
        rows.append(row)
    left = f" The {MOST_SHOWN} lowest of {w.count(many)}; minima.csv has all." * (many > MOST_SHOWN)
    sure = w.percent(census.confidence, 0)
    yield table(
        "Distinct minima by loss, of all ends that were looked at."
        + (f" Under each case its hits, with {sure} Wilson limits in percent." if each else "")
        + " Sharpness: the Hessian's largest eigenvalue. Barriers: how far the loss rises above "
        "the line between the two on the way to the nearest other minimum: straight, straight "
        "after alignment of hidden units, along an optimised curve." + left,
        header,
        [("", rows)],
    )


def _hits(hit: Any) -> str:
    if not hit.starts:
        return "–"
    low, high = (w.percent(x)[:-2] for x in (hit.low, hit.high))
    return Cell(w.count(hit.count), "", f"[{low}, {high}]")


def _completeness(census: Any) -> Iterator[str]:
    whole = census.overall
    yield paragraph(_capital(sentence(whole)))
    every = list(zip(census.groups, census.completeness, strict=True))
    if len(every) > 1:
        every.append(("all cases", whole))
    rows = [
        [
            name(label), w.count(c.starts), w.count(c.distinct), w.count(c.once),
            w.percent(c.unseen_mass, 2), w.percent(c.unseen_mass_most, 2),
            _known(c.expected_minima), _known(c.minima_most), _known(c.expected_unseen_mass, True),
        ]
        for label, c in every
    ]  # fmt: skip
    sure = w.percent(whole.confidence, 0)
    yield table(
        "Of the ends that are minima. Unseen: the estimated probability that one more start ends "
        f"in a minimum that was not met (Good-Turing), and its upper limit at {sure} confidence. "
        "Minima in all: the posterior mean of Boender and Rinnooy Kan, and the number that is "
        f"not exceeded with {sure} probability by that posterior; unseen by it, likewise.",
        [
            name("case"), "ends in minima", "distinct", "met once", "unseen", "unseen, at most",
            "minima in all", "at most", "unseen (Bayes)",
        ],
        [("", rows)],
    )  # fmt: skip


def _known(value: float | None, share: bool = False) -> str:
    if value is None:
        return "–"
    return w.percent(value, 2) if share else w.number(value)


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
