"""Rows as a table for a person."""

from __future__ import annotations

from typing import Any

from benchmarks.work import within

HEAD = ("work", "peer", "ours", "peer's", "ratio", "spread", "to reach", "reached", "agree")


def seconds(value: float | None) -> str:
    """Three digits and a unit."""
    if value is None:
        return "-"
    for scale, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if value >= scale:
            return f"{value / scale:.3g} {unit}"
    return f"{value / 1e-9:.3g} ns"


def number(value: float) -> str:
    """Three digits, without an exponent where it can be avoided."""
    return f"{value:,.0f}" if 1000 <= value < 1e7 else f"{value:.3g}"


def _ratio(row: dict[str, Any], peer: str) -> tuple[str, str, str, str]:
    """Ratio, spread, limit, reached. Beside a peer with an upper limit, or one that is faster than
    we are, the ratio is our time over its time; else how many times faster we are."""
    if peer not in row["ratios"]:
        return "-", "-", "-", "-"
    found = row["ratios"][peer]
    limit = row["limits"].get(peer)
    ours_over_theirs = "at_most" in limit if limit else found["median"] < 1.0
    low, high, middle = found["low"], found["high"], found["median"]
    if ours_over_theirs:
        low, high, middle = 1.0 / high, 1.0 / low, 1.0 / middle
    sign = "× its time" if ours_over_theirs else "× faster"
    to_reach, reached = "-", "-"
    if limit:
        bound = limit["at_most"] if ours_over_theirs else limit["at_least"]
        to_reach = f"{'≤' if ours_over_theirs else '≥'} {number(bound)}"
        reached = "yes" if limit["reached"] else "NO"
    return f"{number(middle)} {sign}", f"{number(low)}-{number(high)}", to_reach, reached


def lines(rows: list[dict[str, Any]]) -> list[str]:
    """The table, one line a peer."""
    cells = [HEAD]
    for row in rows:
        for peer in row["peers_s"] or ["-"]:
            compared = [name for name in ("ours", peer) if name in row["errors"]]
            same = all(within(row["errors"][name], row["tolerance"]) for name in compared)
            agree = "NO" if not same else "yes" if peer in compared else "-"
            cells.append(
                (
                    row["work"],
                    peer,
                    seconds(row["ours_s"]),
                    seconds(row["peers_s"].get(peer)),
                    *_ratio(row, peer),
                    agree,
                )
            )
    widths = [max(len(line[k]) for line in cells) for k in range(len(HEAD))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    ]


def remarks(rows: list[dict[str, Any]]) -> list[str]:
    """What each work is, and what is missing, failed or differs."""
    found = []
    for row in rows:
        found.append(f"{row['work']}: {row['title']}; seconds per {row['unit']}")
        for engine, note in row["notes"].items():
            spent = row["compile_s"].get(engine)
            start = "" if spent is None else f" (ready in {spent:.1f} s)"
            error = row["errors"].get(engine)
            apart = "" if error is None else f"; error {error:.1e}, bound {row['tolerance']:g}"
            found.append(f"  {engine}: {note}{start}{apart}")
        found += [f"  {engine} left out: {why}" for engine, why in row["missing"].items()]
        found += [f"  {engine} FAILED: {why}" for engine, why in row["failed"].items()]
        for engine, error in row["errors"].items():
            if not within(error, row["tolerance"]):
                apart = "not finite" if error is None else f"{error:.3g} apart"
                found.append(
                    f"  {engine} DISAGREES with the reference: {apart}, bound {row['tolerance']:g}"
                )
    return found
