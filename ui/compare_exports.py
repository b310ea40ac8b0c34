"""What the page of comparisons exports beside pictures: tables as CSV."""

from __future__ import annotations

from collections.abc import Callable

from ui.export import choose_and_save_table
from ui.page import Page
from workbench.census.census import Census

Act = tuple[str, Callable[[], None]]


def tables_of(page: Page, distributions: bytes, census: Census | None) -> list[Act]:
    """How each table that there is would be saved, with a text for the menu."""
    found = {"distributions": distributions} if distributions else {}
    if census is not None:
        # Here, since they load what draws a report.
        from workbench.comparison.minima import completeness_csv, minima_csv, verdicts_csv

        found["minima"] = minima_csv(census).encode()
        found["verdicts"] = verdicts_csv(census).encode()
        found["completeness"] = completeness_csv(census).encode()
    return [_act(page, name, content) for name, content in found.items()]


def _act(page: Page, name: str, content: bytes) -> Act:
    def act() -> None:
        said = choose_and_save_table(page, f"the {name}", content)
        if said:
            (page.told if said.saved else page.wrong).emit(said.text)

    return f"The {name} as CSV…", act
