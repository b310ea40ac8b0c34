"""A census in plain text, for the terminal."""

from __future__ import annotations

import numpy as np

from workbench.census.census import Census
from workbench.census.completeness import Completeness
from workbench.text_table import aligned


def describe(census: Census, most: int = 20) -> str:
    """The minima and what is known of those not met, in plain text for the terminal.

    ``most``: how many minima are listed, the lowest.
    """
    heads = ["", "kind", "loss", "test", "sharpness", *census.groups, "nearest", "barrier"]
    rows = [heads]
    for m in census.minima[:most]:
        shares = [f"{h.count} ({h.low:.1%} to {h.high:.1%})" for h in m.hits]
        near = [str(m.nearest.other), f"{m.nearest.curve:.2g}"] if m.nearest else ["–", "–"]
        test = f"{m.loss_test:.4g}" if np.isfinite(m.loss_test) else "–"
        rows.append([str(m.id), m.kind, f"{m.loss:.6g}", test, f"{m.largest:.4g}", *shares, *near])
    lines = aligned(rows, left=(1,))
    if len(census.minima) > most:
        lines.append(f"and {len(census.minima) - most} more, with higher losses")
    for kind, counts in census.kinds.items():
        each = ", ".join(f"{n} {g}" for g, n in zip(census.groups, counts, strict=True))
        lines.append(f"{kind}: {each}")
    for name, c in zip(census.groups, census.completeness, strict=True):
        lines.append(f"{name}: {summary(c)}")
    return "\n".join(lines)


def summary(c: Completeness) -> str:
    """One line on how complete a list of minima is."""
    if not c.starts:
        return "no start ended in a minimum"
    number = "too few starts to estimate how many there are"
    if c.expected_minima is not None:
        number = f"some {c.expected_minima:.4g} minima are expected in all"
    return (
        f"{c.distinct} minima of {c.starts} starts; another start ends in a new one with an "
        f"estimated probability of {c.unseen_mass:.2%}, at most {c.unseen_mass_most:.2%} at "
        f"{c.confidence:.0%} confidence; {number}"
    )
