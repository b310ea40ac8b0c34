"""Progress of a comparison on standard error: networks per second, and the time left."""

from __future__ import annotations

import sys
from typing import Any

from tqdm import tqdm

from workbench.comparison.pace import UNITS, Pace, working_time
from workbench.comparison.training import State


class ComparisonProgress:
    """A bar on a terminal; elsewhere a line now and then, more rarely as time goes on. Call it with
    states."""

    def __init__(self, name: str) -> None:
        self._name, self._stage = name, ""
        self._bar: tqdm[Any] | None = None
        self._wait, self._due = 2.0, 0.0
        self.pace = Pace()

    def __call__(self, state: State) -> None:
        if state.stage not in UNITS:
            if state.stage != self._stage:
                self._close()
                self._stage = state.stage
                self.say(f"{state.stage} minima, testing differences, writing the report")
            return
        now = working_time()
        self.pace.note(state)
        if state.stage != self._stage:
            self._enter(state, now)
        if self._bar is not None:
            self._bar.set_description(f"{state.stage} {state.case.label}", refresh=False)
            self._bar.update(state.done - self._bar.n)
        elif now >= self._due and state.done > state.found:
            self._wait = min(1.5 * self._wait, 30.0)
            self._due = now + self._wait
            self.say(f"{state.stage} {state.case.label}, {self.pace.text(state)}")

    def say(self, text: str) -> None:
        """Print a line."""
        if self._bar is not None:
            self._bar.write(f"{self._name}: {text}", file=sys.stderr)
        else:
            print(f"{self._name}: {text}", file=sys.stderr, flush=True)

    def _enter(self, state: State, now: float) -> None:
        self._close()
        self._stage = state.stage
        self._wait, self._due = 2.0, now + 2.0
        if sys.stderr.isatty():
            self._bar = tqdm(
                total=state.total,
                initial=state.done,
                unit=f" {UNITS[state.stage]}",
                file=sys.stderr,
                dynamic_ncols=True,
                smoothing=0.1,
            )
        else:
            there = f" ({state.found} there already)" if state.found else ""
            self.say(f"{state.stage}, {state.total} {UNITS[state.stage]}{there}")

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def __enter__(self) -> ComparisonProgress:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()
