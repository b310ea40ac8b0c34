"""Progress of a comparison on standard error: networks per second, and the time left."""

from __future__ import annotations

import sys
import time
from typing import Any

from tqdm import tqdm

from kernels import compiling
from workbench.comparison.training import State

_UNITS = {"training": "networks", "polishing": "ends"}


def compiled() -> float:
    """Seconds that this process has spent compiling."""
    return sum(seconds for _, seconds in compiling.done())


class ComparisonProgress:
    """A bar on a terminal; elsewhere a line now and then, more rarely as time goes on. Call it with
    states."""

    def __init__(self, name: str) -> None:
        self._name, self._stage = name, ""
        self._bar: tqdm[Any] | None = None
        self._wait, self._due = 2.0, 0.0
        self._begun = 0.0
        self.rate: dict[str, float] = {}

    def __call__(self, state: State) -> None:
        if state.stage not in _UNITS:
            if state.stage != self._stage:
                self._close()
                self._stage = state.stage
                self.say(f"{state.stage} minima, testing differences, writing the report")
            return
        # Compiling says nothing about how long the rest will take.
        now = time.monotonic() - compiled()
        if state.stage != self._stage:
            self._enter(state, now)
        elif now > self._begun:
            self.rate[state.stage] = (state.done - state.found) / (now - self._begun)
        if self._bar is not None:
            self._bar.set_description(f"{state.stage} {state.case.label}", refresh=False)
            self._bar.update(state.done - self._bar.n)
        elif now >= self._due and state.done > state.found:
            self._wait = min(1.5 * self._wait, 30.0)
            self._due = now + self._wait
            self.say(f"{state.stage} {state.case.label}, {self._figures(state)}")

    def say(self, text: str) -> None:
        """Print a line."""
        if self._bar is not None:
            self._bar.write(f"{self._name}: {text}", file=sys.stderr)
        else:
            print(f"{self._name}: {text}", file=sys.stderr, flush=True)

    def _enter(self, state: State, now: float) -> None:
        self._close()
        self._stage, self._begun = state.stage, now
        self._wait, self._due = 2.0, now + 2.0
        if sys.stderr.isatty():
            self._bar = tqdm(
                total=state.total,
                initial=state.done,
                unit=f" {_UNITS[state.stage]}",
                file=sys.stderr,
                dynamic_ncols=True,
                smoothing=0.1,
            )
        else:
            there = f" ({state.found} there already)" if state.found else ""
            self.say(f"{state.stage}, {state.total} {_UNITS[state.stage]}{there}")

    def _figures(self, state: State) -> str:
        unit, rate = _UNITS[state.stage], self.rate.get(state.stage, 0.0)
        left = f", about {(state.total - state.done) / rate:.0f} s left" if rate else ""
        return f"{state.done} of {state.total} {unit}, {rate:.4g} {unit}/s{left}"

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def __enter__(self) -> ComparisonProgress:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()
