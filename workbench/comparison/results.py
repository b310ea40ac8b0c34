"""What a comparison comes to: its statistics, census, report and ``result.json``."""

from __future__ import annotations

import json
import math
import shlex
from typing import Any

import numpy as np
import tomli_w

from kernels.training import LOSS_TOO_LARGE, NOT_FINITE
from workbench import __version__
from workbench.comparison.axes import Axis
from workbench.comparison.compared import Compared
from workbench.comparison.comparison import RESULT, Comparison
from workbench.comparison.counting import best_reached, take
from workbench.comparison.outcomes import Statistics, analyse
from workbench.comparison.pairing import shared, unvaried
from workbench.comparison.parts import atomically
from workbench.comparison.plan import Plan
from workbench.comparison.report import write_report
from workbench.comparison.training import Asked, steps_column
from workbench.errors import WorkbenchError
from workbench.text_table import aligned

# Starts of a case that statistics are made of, the first ones: more would only fill the memory.
MOST_COUNTED = 1_000_000
_UNUSED = ("start", "gradient_norm", "parameters")
_FAILED = (NOT_FINITE, LOSS_TOO_LARGE)


def compared(comparison: Comparison, reached: Any = None) -> Compared:
    """A comparison's ends in the form that ``analyse`` and the report take.

    While it grows: the starts that are there of every case. ``reached``: see ``best_reached``, or a
    function of the number of starts that gives it. Raises WorkbenchError where no start is.
    """
    held = [_held(comparison, case.index) for case in comparison.cases]
    count = min(len(h["loss"]) for h in held)
    if not count:
        raise WorkbenchError(f"{comparison.folder}: there are no ends of every case yet")
    held = [{name: values[:count] for name, values in h.items()} for h in held]
    plan = comparison.plan
    return Compared(
        tuple(case.label for case in plan.cases),
        [h["loss"] for h in held],
        [h["steps"] for h in held],
        [np.isin(h["code"], _FAILED) for h in held],
        plan.tolerances,
        {t: [h[steps_column(t)] for h in held] for t in plan.tolerances},
        [h["loss_test"] for h in held],
        [h["accuracy"] for h in held],
        [h["accuracy_test"] for h in held],
        reached(count) if callable(reached) else reached,
        _meta(plan),
    )


def _held(comparison: Comparison, case: int) -> dict[str, np.ndarray]:
    """The columns of the first starts of a case, up to the first that is not there."""
    wanted = [name for name in comparison.columns if name not in _UNUSED]
    found: dict[str, list[np.ndarray]] = {name: [] for name in wanted}
    count = 0
    for part in comparison.parts(case, ["start", *wanted]):
        if count >= MOST_COUNTED or part["start"][0] != count:
            break
        for name in wanted:
            found[name].append(part[name][: MOST_COUNTED - count])
        count += len(part["start"])
    return {name: np.concatenate(v) if v else np.empty(0) for name, v in found.items()}


def _meta(plan: Plan) -> dict[str, Any]:
    meta: dict[str, Any] = {
        "title": plan.experiment.title or "Comparison",
        "experiment": plan.experiment.dumps(),
        "command": _command(plan),
        "starts of every case": plan.starts,
        "seed": plan.experiment.seed,
        "hash of the comparison": plan.hash,
        "hash of the experiment": plan.experiment.hash,
        "Descent Workbench": __version__,
    }
    groups = [labels for labels in shared(plan.cases) if len(labels) > 1]
    if len(plan.cases) > 1:
        text = "; ".join(", ".join(labels) for labels in groups) or "no two cases"
        meta["same random numbers but for scale"] = text
    return meta


def _command(plan: Plan) -> str:
    """What to type for the same comparison, with the report's experiment in a file."""
    words = ["workbench", "compare", "experiment.toml"]
    for axis in plan.axes:
        words += ["--vary", f"{axis.key}={_values(axis)}"]
    words += ["--starts", str(plan.starts), "--every", str(plan.every)]
    words += ["--tolerance", ",".join(f"{t!r}" for t in plan.tolerances)] if plan.tolerances else []
    return shlex.join(words)


def _values(axis: Axis) -> str:
    if all(isinstance(v, str | int | float) for v in axis.values):
        return ",".join(str(v) for v in axis.values)
    return " ".join(tomli_w.dumps({"v": list(axis.values)}).removeprefix("v = ").split())


def write_results(
    comparison: Comparison, polish: int, threads: int | None, cancelled: Asked = lambda: False
) -> None:
    """Write all that is made of a comparison's ends and verdicts; the same bytes for the same.

    Writes nothing once ``cancelled``. ``result.json`` comes last: where it is, all is.
    """
    plan = comparison.plan
    found = take(plan, comparison.folder, polish, threads, cancelled) if polish else []
    made = compared(comparison, lambda count: best_reached(plan.cases, found, count))
    statistics = analyse(made)
    if cancelled():
        return
    censuses = tuple(census for _, _, census in found)
    write_report(comparison.folder, made, statistics, censuses)
    result = {
        "comparison": plan.hash,
        "experiment_hash": plan.experiment.hash,
        "seed": plan.experiment.seed,
        "starts": plan.starts,
        "counted": made.starts,
        "polished": polish,
        "tolerances": list(plan.tolerances),
        "vary": [axis.to_dict() for axis in plan.axes],
        "cases": [_case(s) for s in statistics.cases],
        "tests": [_test(t) for t in statistics.tests],
        "censuses": [census.to_dict() for census in censuses],
        "same_random_numbers": shared(plan.cases),
        "one_start_for_all": unvaried(plan.cases),
    }
    text = json.dumps(sound(result), indent=1, ensure_ascii=False, allow_nan=False)
    atomically(comparison.folder / RESULT, text.encode() + b"\n")


def statistics_of(comparison: Comparison, found: Any) -> Statistics:
    """Statistics of the ends that are there; ``found`` as ``counting.take`` has it."""
    cases = comparison.cases
    return analyse(compared(comparison, lambda count: best_reached(cases, found, count)))


def _case(summary: Any) -> dict[str, Any]:
    made = {
        "name": summary.name,
        "starts": summary.starts,
        "diverged": summary.diverged,
        "success": {name: rate._asdict() for name, rate in summary.success.items()},
        "best": summary.best,
    }
    for name in ("loss", "loss_test", "accuracy", "accuracy_test", "steps"):
        quartiles = getattr(summary, name)
        made[name] = None if quartiles is None else list(quartiles)
    made["steps_to"] = {f"{t:g}": list(q) for t, q in summary.steps_to.items()}
    return made


def _test(test: Any) -> dict[str, Any]:
    made = dict(vars(test))
    for name in ("effect", "shift"):
        made[name] = None if made[name] is None else made[name]._asdict()
    return made


def sound(value: Any) -> Any:
    """``value`` with what JSON has no word for, infinities and NaN, as None."""
    if isinstance(value, dict):
        return {str(key): sound(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [sound(inner) for inner in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def describe(comparison: Comparison) -> str:
    """What a finished comparison came to, in plain text for the terminal."""
    from workbench.census.table import describe as describe_census

    result = comparison.result
    criteria = list(result["cases"][0]["success"])
    head = ["", "diverged", "median loss", "quartiles", *criteria]
    rows = [head]
    for case in result["cases"]:
        low, middle, high = (_figure(v) for v in case["loss"])
        row = [case["name"], str(case["diverged"]), middle, f"{low} … {high}"]
        for name in criteria:
            rate = case["success"][name]
            share = rate["hits"] / rate["count"] if rate["count"] else math.nan
            row.append(f"{share:.1%} ({rate['low']:.1%} to {rate['high']:.1%})")
        rows.append(row)
    lines = aligned(rows, left=range(len(head)))
    for census in result["censuses"]:
        lines += ["", describe_census(census)]
    lines.append("")
    for label in result["one_start_for_all"]:
        lines.append(f"all starts of {label} are one and the same point")
    tests = result["tests"]
    differ = [t for t in tests if t["p_holm"] is not None and t["p_holm"] < 0.05]
    said = f"{result['starts']} starts a case"
    if tests:
        said += f"; {len(differ)} of {len(tests)} paired tests differ at 5 % (Holm)"
    return "\n".join([*lines, said, f"report  {comparison.folder / 'report.html'}"])


def _figure(value: float | None) -> str:
    return "diverged" if value is None else f"{value:.3g}"
