"""The report on a comparison: one page of HTML that needs nothing else, and its tables as CSV.

``report.html`` shows and explains; ``cases.csv``, ``tests.csv``, ``ecdf_loss.csv``,
``ecdf_steps.csv`` and, of a census, ``verdicts.csv``, with minima ``minima.csv`` and
``completeness.csv`` too, hold every digit. The same input makes the same bytes: there is no time of
day in any of them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from workbench.comparison import minima, sections, tables
from workbench.comparison.compared import Compared
from workbench.comparison.outcomes import Statistics
from workbench.comparison.page import heading, page
from workbench.comparison.parts import atomically
from workbench.errors import WorkbenchError

REPORT = "report.html"


def write_report(
    folder: str | Path, compared: Compared, statistics: Statistics, census: Any = None
) -> list[Path]:
    """Write the report on ``compared`` and its tables into ``folder``; returns their paths.

    ``statistics``: of ``workbench.comparison.outcomes.analyse``; ``census``: a
    ``workbench.census.census.Census`` whose groups are the cases, or None, or several of them, of
    some cases each, whose tables are then numbered (``minima_1.csv`` …). Files of these names are
    replaced, each once it is whole; tables of an earlier census, of which there is none now, are
    removed. Raises WorkbenchError where they cannot be written.
    """
    confidence = statistics.confidence
    texts = {
        "cases.csv": tables.cases_csv(statistics),
        "tests.csv": tables.tests_csv(statistics),
        "ecdf_loss.csv": tables.loss_ecdf_csv(compared, confidence),
    }
    if compared.steps_to:
        texts["ecdf_steps.csv"] = tables.steps_ecdf_csv(compared, confidence)
    censuses = _several(census)
    for k, one in enumerate(censuses, 1):
        number = f"_{k}" if len(censuses) > 1 else ""
        texts[f"verdicts{number}.csv"] = minima.verdicts_csv(one)
        if one.minima:
            texts[f"minima{number}.csv"] = minima.minima_csv(one)
            texts[f"completeness{number}.csv"] = minima.completeness_csv(one)
    texts[REPORT] = report_page(compared, statistics, census)
    target = Path(folder)
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WorkbenchError(f"{target}: cannot be written to ({error.strerror})") from None
    for table in ("minima", "verdicts", "completeness"):
        for path in (*target.glob(f"{table}.csv"), *target.glob(f"{table}_[0-9]*.csv")):
            if path.name not in texts:
                path.unlink()
    for name, text in texts.items():
        atomically(target / name, text.encode("utf-8", "replace"))
    return [target / name for name in texts]


def report_page(compared: Compared, statistics: Statistics, census: Any = None) -> str:
    """The report as a page of HTML."""
    body = [*sections.opening(compared, statistics)]
    body += sections.cases_section(compared, statistics)
    body += sections.distribution_section(compared, statistics)
    body += sections.tests_section(statistics)
    censuses = _several(census)
    for one in censuses:
        if len(censuses) > 1:
            body += [heading(f"Census: {', '.join(one.groups)}")]
        body += minima.census_section(one)
    body += sections.methods_section(statistics, bool(compared.steps_to), bool(censuses))
    body += sections.appendix(compared.meta)
    return page(sections.title_of(compared), body)


def _several(census: Any) -> tuple[Any, ...]:
    return () if census is None else census if isinstance(census, tuple) else (census,)
