"""What a finished comparison comes to: statistics, census, report and ``result.json``."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np

from kernels.training import LOSS_TOO_LARGE, NOT_FINITE
from workbench.comparison.compared import Compared
from workbench.comparison.comparison import RESULT, Comparison
from workbench.comparison.outcomes import analyse
from workbench.comparison.pairing import shared, unvaried
from workbench.comparison.parts import atomically
from workbench.comparison.training import steps_column

# Starts of a case that statistics are made of, the first ones: more would only fill the memory.
MOST_COUNTED = 1_000_000


def compared(comparison: Comparison, reached: Any = None) -> Compared:
    """A comparison's ends in the form that ``analyse`` and the report take."""
    plan = comparison.plan
    held = []
    for case in plan.cases:
        parts = comparison.parts(case, [c for c in comparison.columns if c not in _UNUSED])
        arrays: dict[str, list[np.ndarray]] = {}
        count = 0
        for part in parts:
            rest = MOST_COUNTED - count
            for name, values in part.items():
                arrays.setdefault(name, []).append(values[:rest])
            count += len(part["loss"])
            if count >= MOST_COUNTED:
                break
        held.append({name: np.concatenate(values) for name, values in arrays.items()})
    failed = (NOT_FINITE, LOSS_TOO_LARGE)
    return Compared(
        tuple(case.label for case in plan.cases),
        [h["loss"] for h in held],
        [h["steps"] for h in held],
        [np.isin(h["code"], failed) for h in held],
        plan.tolerances,
        {t: [h[steps_column(t)] for h in held] for t in plan.tolerances},
        [h["loss_test"] for h in held],
        [h["accuracy"] for h in held],
        [h["accuracy_test"] for h in held],
        reached,
        _meta(comparison),
    )


_UNUSED = ("start", "gradient_norm", "parameters")


def _meta(comparison: Comparison) -> dict[str, Any]:
    from workbench import __version__

    plan = comparison.plan
    meta: dict[str, Any] = {
        "title": plan.experiment.title or "Comparison",
        "experiment": plan.experiment.dumps(),
        "starts of every case": plan.starts,
        "seed": plan.experiment.seed,
        "comparison": plan.hash,
        "workbench": __version__,
    }
    for axis in plan.axes:
        meta[f"varied: {axis.key}"] = ", ".join(axis.labels())
    groups = [labels for labels in shared(plan.cases) if len(labels) > 1]
    meta["same random numbers, scaled"] = "; ".join(", ".join(g) for g in groups) or "none"
    return meta


def write_results(comparison: Comparison, polish: int, threads: int | None) -> None:
    """Write all that is made of a comparison's ends and verdicts; the same bytes for the same."""
    plan = comparison.plan
    made = compared(comparison)
    statistics = analyse(made)
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
        "same_random_numbers": shared(plan.cases),
        "one_start_for_all": unvaried(plan.cases),
    }
    text = json.dumps(sound(result), indent=1, ensure_ascii=False, allow_nan=False)
    atomically(comparison.folder / RESULT, text.encode() + b"\n")


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
    """A few lines for people on a finished comparison."""
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
            row.append(f"{share:.1%} [{rate['low']:.1%}, {rate['high']:.1%}]")
        rows.append(row)
    widths = [max(len(row[k]) for row in rows) for k in range(len(head))]
    lines = [
        "  ".join(t.ljust(w) for t, w in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    for labels in result["one_start_for_all"]:
        lines.append(f"all starts of {labels} are one and the same point")
    differ = [t for t in result["tests"] if t["p_holm"] is not None and t["p_holm"] < 0.05]
    lines.append(
        f"{len(differ)} of {len(result['tests'])} paired tests differ at 5 % (Holm); "
        f"{result['starts']} starts a case"
    )
    lines.append(f"folder  {comparison.folder}")
    return "\n".join(lines)


def _figure(value: float | None) -> str:
    return "diverged" if value is None else f"{value:.3g}"
