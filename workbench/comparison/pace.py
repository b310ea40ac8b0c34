"""How fast a comparison goes, and for how long it will."""

from __future__ import annotations

import time

from kernels import compiling
from workbench.comparison.training import State

UNITS = {"training": "networks", "polishing": "ends"}


class Pace:
    """Follows the states of a comparison; ``rate`` holds the units a second of each stage.

    Time spent compiling is left out: it says nothing about how long the rest will take.
    """

    def __init__(self) -> None:
        self.rate: dict[str, float] = {}
        self._stage, self._begun = "", 0.0

    def note(self, state: State) -> None:
        """Take a state into account."""
        now = working_time()
        if state.stage != self._stage:
            self._stage, self._begun = state.stage, now
        elif now > self._begun:
            self.rate[state.stage] = (state.done - state.found) / (now - self._begun)

    def left(self, state: State) -> float | None:
        """Seconds that the state's stage will still take; None where that is not known yet."""
        rate = self.rate.get(state.stage, 0.0)
        return (state.total - state.done) / rate if rate else None

    def text(self, state: State) -> str:
        """How far the state is, in a few words."""
        unit, left = UNITS[state.stage], self.left(state)
        text = f"{state.done} of {state.total} {unit}"
        if left is None:
            return text
        return f"{text}, {self.rate[state.stage]:.4g} {unit}/s, about {left:.0f} s left"


def working_time() -> float:
    """Seconds of a clock that stands still while this process compiles."""
    return time.monotonic() - sum(seconds for _, seconds in compiling.done())
