"""One start of a comparison, trained once more by itself, and held against the end it had."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.comparison.comparison import Comparison
from workbench.comparison.plan import Case
from workbench.multistart import train_starts


@dataclass(frozen=True)
class Replay:
    """Start ``start`` of ``case``: the ``loss`` and ``steps`` of its end in the comparison, NaN and
    -1 where that is not there, and whether it ends so again, to the last bit (``same``)."""

    case: Case
    start: int
    loss: float
    steps: int
    same: bool


def replay(comparison: Comparison, case: Case, start: int) -> Replay:
    """Train a start alone. Raises WorkbenchError where its end cannot be read."""
    end = comparison.end(case, start)
    if not end:
        return Replay(case, start, float("nan"), -1, False)
    [again] = train_starts(case.experiment, [start], threads=1)
    same = all(
        float(getattr(again, name)[0]) == end[name] or end[name] != end[name]
        for name in ("loss", "gradient_norm", "accuracy", "steps", "code")
    )
    return Replay(case, start, end["loss"], int(end["steps"]), same)
