"""What a reproduction leaves on disk and shows in the terminal."""

from __future__ import annotations

import csv
import json
import textwrap
from pathlib import Path
from typing import Any

from workbench.reproductions import Finding, Reproduction, Table
from workbench.store import fill_folder
from workbench.text_table import aligned


def save(made: Reproduction, folder: Path) -> dict[str, Any]:
    """Write result.json, findings.csv, every table as CSV and every figure as PNG and SVG into
    ``folder``, new or empty: all or none. Returns what result.json holds, with the folder."""
    result = made.to_dict() | {"folder": str(folder)}

    def write(to: Path) -> None:
        findings = Table(Finding._fields, made.findings)
        for name, table in {"findings": findings, **made.outcome.tables}.items():
            with (to / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows([table.header, *table.rows])
        for name, draw in made.outcome.figures.items():
            figure = draw()
            figure.savefig(to / f"{name}.png", dpi=150)
            figure.savefig(to / f"{name}.svg")
        (to / "result.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")

    fill_folder(folder, write)
    return result


def describe(made: Reproduction) -> str:
    """The findings as a table for people, published beside ours."""
    rows = [("", "published", "ours", "", "")]
    rows += [(f.subject, f.published, f.ours, _verdict(f), _test(f)) for f in made.findings]
    lines = [*textwrap.wrap(made.source, 100), "", *aligned(rows, left=range(5))]
    tested = [f.agrees for f in made.findings if f.agrees is not None]
    lines += ["", f"{sum(tested)} of {len(tested)} agree, in {made.seconds:.1f} s"]
    return "\n".join(lines)


def _verdict(finding: Finding) -> str:
    return {True: "agrees", False: "DIFFERS", None: ""}[finding.agrees]


def _test(finding: Finding) -> str:
    if finding.p_value is None:
        return finding.test
    return f"{finding.test}: p = {finding.p_value:.3g}"
