"""The ends of a comparison's starts, trained a block at a time and written a part at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from workbench.comparison.folder import ends_of
from workbench.comparison.parts import is_part, path_of, vectors, write_part
from workbench.comparison.plan import Case, Plan
from workbench.landscape.evaluate import evaluate_points
from workbench.model import Model
from workbench.multistart import Starts, train_starts

# Cases take turns, so that what there is of an unfinished comparison can be compared: at least so
# many, and shorter ones at first.
_TURNS = 8

Asked = Callable[[], bool]


@dataclass(frozen=True)
class State:
    """How far a comparison is: ``done`` of ``total`` in its ``stage``, of which ``found`` were
    there before; ``case`` is the one being worked on, ``part`` the file just finished, if any."""

    stage: str
    case: Case
    done: int
    total: int
    found: int
    part: Path | None = None


def steps_column(tolerance: float) -> str:
    """The name of the column of steps to a tolerance."""
    return f"steps_to_{tolerance:g}"


def about(plan: Plan, case: Case, span: range) -> dict[str, Any]:
    """What a file on the starts ``span`` of a case says of itself."""
    made_of = {"case": case.label, "experiment": case.experiment.hash, "comparison": plan.hash}
    return made_of | {"first": span.start, "starts": len(span)}


def missing(plan: Plan, folder: Path, case: Case) -> list[int]:
    """The parts of a case that are not there."""
    where = ends_of(folder, case)

    def is_there(number: int) -> bool:
        span = plan.part_range(number)
        return is_part(path_of(where, number), len(span), about(plan, case, span))

    return [k for k in range(plan.parts) if not is_there(k)]


def train(
    plan: Plan, folder: Path, threads: int | None = None, cancelled: Asked = lambda: False
) -> Iterator[State]:
    """Train what is missing of all cases; yields a state after every block and for every part.

    Each part's bytes depend on the plan alone. Once ``cancelled``, it ends after what is being
    trained just then; parts that are whole by then stay.
    """
    lacking = [missing(plan, folder, case) for case in plan.cases]
    total = plan.starts * len(plan.cases)
    there = total - sum(len(plan.part_range(k)) for parts in lacking for k in parts)
    done = there
    yield State("training", plan.cases[0], done, total, there)
    for turn in _turns(plan.parts):
        for case, parts in zip(plan.cases, lacking, strict=True):
            wanted = [k for k in parts if k in turn]
            for run in _runs(wanted):
                if cancelled():
                    return
                for count, path in _train_parts(plan, folder, case, run, threads, cancelled):
                    done += count
                    yield State("training", case, done, total, there, path)


def _turns(parts: int) -> Iterator[range]:
    """The numbers of ``parts`` parts, cut into turns that grow from one part to some of them."""
    first, size, most = 0, 1, -(-parts // _TURNS)
    while first < parts:
        yield range(first, min(first + size, parts))
        first, size = first + size, min(2 * size, most)


def _runs(numbers: list[int]) -> Iterator[range]:
    """``numbers``, ascending, as ranges of neighbours."""
    first = None
    for k, number in enumerate(numbers):
        first = number if first is None else first
        if k + 1 == len(numbers) or numbers[k + 1] != number + 1:
            yield range(first, number + 1)
            first = None


def _train_parts(
    plan: Plan, folder: Path, case: Case, numbers: range, threads: int | None, cancelled: Asked
) -> Iterator[tuple[int, Path | None]]:
    """Train the parts ``numbers`` of one case; yields starts done, and the file that they end."""
    model = Model(case.experiment)
    starts = range(plan.part_range(numbers[0]).start, plan.part_range(numbers[-1]).stop)
    blocks = train_starts(
        case.experiment,
        starts,
        threads=threads,
        history_every=plan.every if plan.tolerances else 0,
        model=model,
        cancelled=cancelled,
    )
    number, held, count = numbers[0], list[Starts](), 0
    for block in blocks:
        while len(block.index):
            rest = len(plan.part_range(number)) - count
            piece, block = _cut(block, rest)
            held.append(piece)
            count += len(piece.index)
            if len(piece.index) < rest:
                yield len(piece.index), None
                continue
            columns = _columns(plan, model, held, threads)
            path = path_of(ends_of(folder, case), number)
            write_part(path, columns, about(plan, case, plan.part_range(number)))
            number, held, count = number + 1, [], 0
            yield len(piece.index), path


def _cut(block: Starts, count: int) -> tuple[Starts, Starts]:
    """The first ``count`` starts of a block, and the rest."""
    both = {name: getattr(block, name) for name in Starts.__dataclass_fields__}
    return (
        Starts(**{name: values[:count] for name, values in both.items()}),
        Starts(**{name: values[count:] for name, values in both.items()}),
    )


def _columns(plan: Plan, model: Model, held: list[Starts], threads: int | None) -> dict[str, Any]:
    """The table of some ends."""

    def joined(name: str) -> np.ndarray:
        return np.concatenate([getattr(block, name) for block in held])

    parameters, loss, steps = joined("parameters"), joined("loss"), joined("steps")
    nothing = np.full(len(loss), np.nan)
    loss_test = accuracy_test = nothing
    if len(model.test.inputs):
        loss_test = evaluate_points(model, parameters, "loss_test", threads)
        if model.data.classes:
            accuracy_test = evaluate_points(model, parameters, "accuracy_test", threads)
    made: dict[str, Any] = {
        "start": joined("index").astype(np.int64),
        "loss": loss,
        "loss_test": loss_test,
        "accuracy": joined("accuracy"),
        "accuracy_test": accuracy_test,
        "gradient_norm": joined("gradient_norm"),
        "steps": steps,
        "code": joined("code").astype(np.int8),
    }
    if plan.tolerances:
        history = joined("history")
        for tolerance in plan.tolerances:
            first = steps_to(history, plan.every, steps, loss, tolerance)
            made[steps_column(tolerance)] = pa.array(first, mask=first < 0)
    if plan.parameters:
        made["parameters"] = vectors(parameters)
    return made


def steps_to(
    history: np.ndarray, every: int, steps: np.ndarray, loss: np.ndarray, tolerance: float
) -> np.ndarray:
    """The first step at which the loss was seen at or below ``tolerance``; -1: never. int64 (m,).

    ``history`` (m, rows): the losses after 0, every, 2 every … steps; ``steps`` (m,) made in all,
    and ``loss`` (m,) after them. What stands in the history after a start had ended is its tile's,
    and is not looked at.
    """
    at = every * np.arange(history.shape[1])
    low = (history <= tolerance) & (at <= steps[:, None])
    first = np.where(low.any(1), at[low.argmax(1)] if len(at) else 0, -1)
    return np.where((first < 0) & (loss <= tolerance), steps, first).astype(np.int64)
