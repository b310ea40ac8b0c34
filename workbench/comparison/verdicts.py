"""What the polished ends of a comparison are: found out a part at a time, kept, and read again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from kernels.network import parameter_count
from workbench.census.ends import MOST_PARAMETERS, End, settle
from workbench.comparison.comparison import Comparison
from workbench.comparison.folder import verdicts_of
from workbench.comparison.parts import is_part, path_of, read_part, vectors, write_part
from workbench.comparison.plan import Case, Plan
from workbench.comparison.training import Asked, State, about
from workbench.errors import BadValue
from workbench.fields import integer, plain

DEFAULT = 256
_PART = 128  # some seconds of work
_EIGENVALUES = 6


def polish_count(polish: Any, plan: Plan) -> int:
    """How many ends of every case are polished: a number, "all", or None for the default, which is
    none where networks are too large. Raises BadValue."""
    counts = [parameter_count(case.experiment.network.sizes) for case in plan.cases]
    if polish is None:
        polish = 0 if max(counts) > MOST_PARAMETERS else min(DEFAULT, plan.starts)
    given = plain(polish)
    if given == "all":
        given = plan.starts
    elif isinstance(given, str):
        raise BadValue("polish", 'must be a whole number or "all"', given, DEFAULT)
    count = min(integer("polish", given, 0, 2**32), plan.starts)
    if count and max(counts) > MOST_PARAMETERS:
        rule = f"must be 0 for networks of more than {MOST_PARAMETERS} parameters"
        raise BadValue("polish", rule, count, 0)
    return count


def _spans(count: int) -> list[range]:
    return [range(k, min(k + _PART, count)) for k in range(0, count, _PART)]


def judge(
    comparison: Comparison, count: int, threads: int | None, cancelled: Asked
) -> Iterator[State]:
    """Polish and classify the first ``count`` ends of every case; yields states as ``train``."""
    plan, folder = comparison.plan, comparison.folder
    lacking = []
    for case in plan.cases:
        where = verdicts_of(folder, case)
        for number, span in enumerate(_spans(count)):
            path = path_of(where, number)
            if not is_part(path, len(span), about(plan, case, span)):
                lacking.append((case, span, path))
    total = count * len(plan.cases)
    done = there = total - sum(len(span) for _, span, _ in lacking)
    yield State("polishing", plan.cases[0], done, total, there)
    for case, span, path in lacking:
        found: list[End] = []
        points = comparison.parameters(case, span)
        for block in settle(case.experiment, points, threads=threads, cancelled=cancelled):
            found += block
            done += len(block)
            if len(found) == len(span):
                write_part(path, _table(span, found), about(plan, case, span))
            last = path if len(found) == len(span) else None
            yield State("polishing", case, done, total, there, last)
        if len(found) < len(span):
            return


def _table(span: range, ends: list[End]) -> dict[str, Any]:
    values = np.full((len(ends), _EIGENVALUES), np.nan)
    for row, end in zip(values, ends, strict=True):
        few = end.eigenvalues[:_EIGENVALUES]
        row[: len(few)] = few
    inertia = np.array([end.inertia for end in ends], np.int64)
    return {
        "start": np.array(span, np.int64),
        "kind": pa.array([end.kind for end in ends]),
        "loss": np.array([end.loss for end in ends]),
        "gradient_norm": np.array([end.gradient_norm for end in ends]),
        "negative": inertia[:, 0],
        "zero": inertia[:, 1],
        "positive": inertia[:, 2],
        "symmetries": np.array([end.symmetries for end in ends], np.int64),
        "largest": np.array([end.largest for end in ends]),
        "trace": np.array([end.trace for end in ends]),
        "kink_distance": np.array([end.kink_distance for end in ends]),
        "steps": np.array([end.steps for end in ends], np.int64),
        "reason": pa.array([end.reason for end in ends]),
        "eigenvalues": vectors(values),
        "parameters": vectors(np.array([end.parameters for end in ends])),
    }


def read_verdicts(folder: Path, case: Case, count: int) -> list[End]:
    """The verdicts on the first ``count`` ends of a case, as far as they are there."""
    found: list[End] = []
    for number, _ in enumerate(_spans(count)):
        path = path_of(verdicts_of(folder, case), number)
        if not path.exists():
            break
        found += _ends(read_part(path))
    return found[:count]


def _ends(t: dict[str, np.ndarray]) -> list[End]:
    return [
        End(
            str(t["kind"][k]),
            t["parameters"][k],
            float(t["loss"][k]),
            float(t["gradient_norm"][k]),
            (int(t["negative"][k]), int(t["zero"][k]), int(t["positive"][k])),
            int(t["symmetries"][k]),
            tuple(float(v) for v in t["eigenvalues"][k] if v == v),
            float(t["largest"][k]),
            float(t["trace"][k]),
            float(t["kink_distance"][k]),
            int(t["steps"][k]),
            str(t["reason"][k]),
        )
        for k in range(len(t["start"]))
    ]
