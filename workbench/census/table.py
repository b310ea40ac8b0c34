"""A census in plain text, for the terminal, and its completeness in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from workbench.census.completeness import Completeness
from workbench.numerals import count, number, percent
from workbench.text_table import aligned


def describe(census: Mapping[str, Any], most: int = 20) -> str:
    """The minima and what is known of those not met, in plain text for the terminal.

    ``census``: what ``Census.to_dict`` makes, as ``result.json`` keeps it. ``most``: how many
    minima are listed, the lowest.
    """
    groups, minima, kinds = census["groups"], census["minima"], census["kinds"]
    if minima:
        lines = _table(groups, minima[:most])
    else:
        lines = [no_minimum({kind: counts.values() for kind, counts in kinds.items()})]
    if len(minima) > most:
        lines.append(f"and {len(minima) - most} more, with higher losses")
    for kind, counts in kinds.items():
        lines.append(f"{kind}: {', '.join(f'{counts[g]} {g}' for g in groups)}")
    for name in groups if minima else ():
        lines.append(f"{name}: {sentence(Completeness(**census['completeness'][name]))}")
    return "\n".join(lines)


def _table(groups: list[str], minima: list[Mapping[str, Any]]) -> list[str]:
    rows = [["", "kind", "loss", "test", "sharpness", *groups, "nearest", "barrier"]]
    for m in minima:
        shares = [f"{m[f'hits {g}']} ({_span(m[f'low {g}'], m[f'high {g}'])})" for g in groups]
        near = ["–", "–"]
        if m["nearest"] is not None:
            near = [str(m["nearest"]), _figure(m["barrier_curve"], "2g")]
        facts = (("loss", "6g"), ("loss_test", "4g"), ("largest_eigenvalue", "4g"))
        figures = [_figure(m[key], form) for key, form in facts]
        rows.append([str(m["id"]), m["kind"], *figures, *shares, *near])
    return aligned(rows, left=(1,))


def _figure(value: float | None, form: str) -> str:
    return "–" if value is None else f"{value:.{form}}"


def _span(low: float, high: float) -> str:
    return f"{low:.1%} to {high:.1%}"


def no_minimum(kinds: Mapping[str, Iterable[int]]) -> str:
    """Why there is no table of minima: what all ends are instead, by each verdict's numbers."""
    counts = {kind: sum(numbers) for kind, numbers in kinds.items()}
    most_first = sorted(counts.items(), key=lambda found: -found[1])
    told = ", ".join(f"{count(n)} {kind}" for kind, n in most_first if n)
    return f"no end is a minimum, of {count(sum(counts.values()))} looked at: {told}"


def sentence(c: Completeness) -> str:
    """What the figures of one group, or of all together, mean."""
    if not c.starts:
        return "no start ended in a minimum"
    ends, minima = ("end", "ends")[c.starts != 1], ("minimum", "minima")[c.distinct != 1]
    said = (
        f"{count(c.starts)} {ends} met {count(c.distinct)} distinct {minima}, "
        f"{count(c.once) if c.once else 'none'} of them only once; "
        f"the next end that is a minimum is a new one with an estimated probability of "
        f"{percent(c.unseen_mass, 2)}, and at most {percent(c.unseen_mass_most, 2)} at "
        f"{percent(c.confidence, 0)} confidence"
    )
    if c.expected_minima is None:
        return f"{said}; there are too few starts to estimate how many minima there are"
    more = max(c.expected_minima - c.distinct, 0.0)
    if more < 0.5:
        return f"{said}; the list is likely to be complete"
    return f"{said}; some {number(more, 2)} more minima are to be expected"
