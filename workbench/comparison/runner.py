"""A comparison from its plan to its report, with whatever of it is there already left as it is."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workbench.comparison.comparison import RESULT, Comparison
from workbench.comparison.folder import locked
from workbench.comparison.parts import atomically
from workbench.comparison.results import write_results
from workbench.comparison.training import Asked, State, train
from workbench.comparison.verdicts import judge

TIMING = "timing.json"


def carry_out(
    folder: Path,
    polish: int,
    threads: int | None = None,
    cancelled: Asked = lambda: False,
) -> Iterator[State]:
    """Carry out the comparison in ``folder`` (see ``claim``), or what is missing of it; yields
    states.

    The first ``polish`` ends of every case are polished and classified. What is written depends on
    the plan and ``polish`` alone, but for ``timing.json``. Once ``cancelled``, the parts that are
    whole stay, and there is no result. Raises WorkbenchError, also where another process writes to
    the folder.
    """
    with locked(folder):
        comparison = Comparison(folder)
        plan = comparison.plan
        if _is_done(comparison, polish):
            return
        (folder / RESULT).unlink(missing_ok=True)
        clock = _Clock(folder)
        try:
            for state in train(plan, folder, threads, cancelled):
                clock.note(state)
                yield state
            if cancelled():
                return
            for state in judge(comparison, polish, threads, cancelled) if polish else ():
                clock.note(state)
                yield state
            if cancelled():
                return
            yield State("counting", plan.cases[-1], 0, 1, 0)
            write_results(comparison, polish, threads, cancelled)
        finally:
            clock.write(threads)
        if comparison.finished:
            yield State("counting", plan.cases[-1], 1, 1, 0)


def _is_done(comparison: Comparison, polish: int) -> bool:
    if not comparison.finished:
        return False
    found = comparison.result
    return found.get("comparison") == comparison.plan.hash and found.get("polished") == polish


class _Clock:
    """How long what took, in ``timing.json``: a row a session, and nowhere else."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / TIMING
        self._begun, self._made, self._when = time.monotonic(), dict[str, int](), time.time()
        self._seconds: dict[str, float] = {}
        self._last = self._begun

    def note(self, state: State) -> None:
        now = time.monotonic()
        self._seconds[state.stage] = self._seconds.get(state.stage, 0.0) + now - self._last
        self._made[state.stage] = state.done - state.found
        self._last = now

    def write(self, threads: int | None) -> None:
        try:
            sessions = list(json.loads(self._path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            sessions = []
        session: dict[str, Any] = {
            "began": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self._when)),
            "seconds": round(time.monotonic() - self._begun, 3),
            "threads": threads,
        }
        for stage, seconds in self._seconds.items():
            session[stage] = {"made": self._made[stage], "seconds": round(seconds, 3)}
        atomically(self._path, json.dumps([*sessions, session], indent=1).encode() + b"\n")
