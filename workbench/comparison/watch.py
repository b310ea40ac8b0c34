"""A comparison as it fills up: carried out or read, with running counts of its ends."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.comparison.comparison import Comparison
from workbench.comparison.folder import ends_of
from workbench.comparison.pace import UNITS, Pace
from workbench.comparison.parts import path_of, read_part
from workbench.comparison.plan import Case, Plan
from workbench.comparison.runner import carry_out
from workbench.comparison.tally import Tally
from workbench.comparison.training import Asked, State, missing

if TYPE_CHECKING:
    from workbench.census.census import Census

# Parts that are watched are smaller than others, unless that makes too many files.
_SMALLER, _MOST_PARTS = 32, 1024
_RECOUNT = 4.0  # a census of what is polished so far takes this share of the time, inverted


@dataclass(frozen=True)
class Watched:
    """What there is of ``comparison``: a tally of each case, and the ``censuses`` of its polished
    ends, none before there are any. ``text`` says how far it is, ``share`` how much of the present
    stage is done; ``ended``: nothing more will come."""

    comparison: Comparison
    tallies: tuple[Tally, ...]
    censuses: tuple[Census, ...] = ()
    text: str = ""
    share: float = 0.0
    ended: bool = False

    @property
    def finished(self) -> bool:
        """Whether all of the comparison is there."""
        return self.ended and self.comparison.finished


def in_small_parts(plan: Plan) -> Plan:
    """The same comparison in parts that come several times a second at the beginning."""
    least = -(-plan.starts // _MOST_PARTS)
    return replace(plan, part=max(plan.part // _SMALLER, least, 16))


def watch(
    folder: Path, polish: int, threads: int | None = None, cancelled: Asked = lambda: False
) -> Iterator[Watched]:
    """Carry out the comparison that ``folder`` has been claimed for, or what is missing of it.

    Yields what there is after every block of starts, for the rest as ``carry_out``. Memory does not
    grow with the number of starts. Raises WorkbenchError.
    """
    comparison, pace, due = Comparison(folder), Pace(), 0.0
    for now in _read(comparison, cancelled):
        yield now
    for state in carry_out(folder, polish, threads, cancelled):
        pace.note(state)
        if state.part is not None and state.stage == "training":
            now = _with_part(now, state.case, state.part)
        elif state.part is not None and time.monotonic() >= due:
            begun = time.monotonic()
            now = replace(now, censuses=now.comparison.censuses)
            due = time.monotonic() + _RECOUNT * (time.monotonic() - begun)
        now = replace(now, text=_text(state, pace), share=state.done / max(state.total, 1))
        yield now
    yield _ended(now)


def look(folder: Path, cancelled: Asked = lambda: False) -> Iterator[Watched]:
    """Read what there is in ``folder``, finished or not; nothing is written, and what was read of
    it by the time it is ``cancelled`` is not called the whole. Raises WorkbenchError."""
    for now in _read(Comparison(folder), cancelled):
        yield now
    if not cancelled():
        yield _ended(now)


def _ended(now: Watched) -> Watched:
    there = sum(tally.starts for tally in now.tallies)
    total = now.comparison.plan.starts * len(now.tallies)
    text = "" if now.comparison.finished else f"{there} of {total} networks are there"
    return replace(now, censuses=now.comparison.censuses, text=text, ended=True)


def _read(comparison: Comparison, cancelled: Asked) -> Iterator[Watched]:
    """Nothing, and then with the parts that are there, those of all cases in turn."""
    plan, folder = comparison.plan, comparison.folder
    now = Watched(comparison, tuple(Tally.none(plan) for _ in plan.cases))
    yield now
    lacking = [set(missing(plan, folder, case)) for case in plan.cases]
    for number in range(plan.parts):
        for case, lacks in zip(plan.cases, lacking, strict=True):
            if cancelled():
                return
            if number not in lacks:
                now = _with_part(now, case, path_of(ends_of(folder, case), number))
        share = (number + 1) / plan.parts
        yield replace(now, text=f"reading, {share:.0%}", share=share)


def _with_part(now: Watched, case: Case, path: Path) -> Watched:
    tallies = list(now.tallies)
    tally = tallies[case.index]
    tallies[case.index] = tally.plus(read_part(path, tally.columns))
    return replace(now, tallies=tuple(tallies))


def _text(state: State, pace: Pace) -> str:
    if state.stage in UNITS:
        return f"{state.stage} {state.case.label}, {pace.text(state)}"
    return "counting minima, testing differences, writing the report"
