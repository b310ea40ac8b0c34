"""``workbench compare``: one experiment from many starts, in several cases."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.arguments import add_experiment, read_experiment, read_value
from workbench.errors import BadValue

if TYPE_CHECKING:
    from workbench.comparison.axes import Axis
    from workbench.comparison.plan import Plan

SUMMARY = "compare initializers, optimizers, rates … from many starts"
DESCRIPTION = (
    "Train an experiment from many starts in several cases, say which end points there are, how "
    "often each case reaches them and how sure that is. Start i of every case draws from the same "
    "random numbers, and all cases see the same data in the same order. Writes a folder: "
    "comparison.toml, ends/CASE/part-….parquet, verdicts, tables, result.json and report.html."
)
EPILOG = (
    "One or two things can be varied, two as a grid; with none, there is one case. A comparison "
    "that was interrupted or killed carries on with --resume DIR, or with the same command and "
    "--out DIR, and ends with the same bytes. Exit codes: 0 done, 2 bad input, 130 interrupted."
)
# Option, axis, what its values are called in the help.
_SHORT = {
    "initializers": ("initializer", "NAME,…"),
    "optimizers": ("optimizer", "NAME,…"),
    "learning-rates": ("optimizer.learning_rate", "RATE,…"),
    "batch-sizes": ("batch_size", "N,…"),
    "widths": ("width", "N,…"),
}
_MEANING = {
    "initializers": "as `workbench list initializers` names them",
    "optimizers": "as `workbench list optimizers` names them",
    "learning-rates": "the same as --vary optimizer.learning_rate=RATE,…",
    "batch-sizes": "samples a step; full: all of them",
    "widths": "units of every hidden layer",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_experiment(parser)
    parser.set_defaults(experiment=None)
    for option, (_, metavar) in _SHORT.items():
        parser.add_argument(f"--{option}", metavar=metavar, help=_MEANING[option])
    parser.add_argument(
        "--vary",
        action="append",
        default=[],
        metavar="SECTION.KEY=VALUE,…",
        help="any other value, e.g. initializer.deviation=0.1,1; may be given twice",
    )
    parser.add_argument("--starts", metavar="N", help="of every case (default: 1000)")
    parser.add_argument(
        "--tolerance",
        metavar="LOSS,…",
        help="losses whose first step is kept (default: stop.loss, or 0.1,0.01,0.001)",
    )
    parser.add_argument("--every", metavar="N", help="steps between looks at these losses")
    parser.add_argument(
        "--polish",
        metavar="N",
        help="how many ends of a case are polished and classified: a number, all or 0 "
        "(default: 256)",
    )
    parser.add_argument(
        "--no-parameters", action="store_true", help="do not keep where each start ended"
    )
    parser.add_argument("--threads", metavar="N", help="default: one a processor")
    parser.add_argument(
        "--out",
        metavar="DIR",
        help="folder, new or empty, or one of this comparison, which is resumed (default: runs/…)",
    )
    parser.add_argument("--resume", metavar="DIR", help="carry on with the comparison in DIR")
    parser.add_argument("--json", action="store_true", help="one JSON object as last line")


def carry_out(options: argparse.Namespace) -> int:
    """Carry the command out; returns the exit code."""
    from workbench.comparison.comparison import Comparison
    from workbench.comparison.folder import claim, size
    from workbench.comparison.progress import ComparisonProgress
    from workbench.comparison.results import describe
    from workbench.comparison.runner import carry_out
    from workbench.comparison.verdicts import polish_count
    from workbench.compile_progress import CompileProgress
    from workbench.fields import integer
    from workbench.interrupt import Interrupt

    threads = options.threads and integer("--threads", read_value(options.threads), 1, 1024)
    folder, plan = _resumed(options) if options.resume is not None else (None, _plan(options))
    polish = polish_count(options.polish and read_value(options.polish), plan)
    if folder is None:
        folder = claim(options.out, plan, Path(options.experiment).stem)
    with (
        Interrupt(lambda: None) as interrupt,
        ComparisonProgress("compare") as progress,
        CompileProgress(lambda text: print(text, file=sys.stderr, flush=True)),
    ):
        if plan.bytes >= 10**9:
            progress.say(f"the ends take about {size(plan.bytes)} in {folder}")
        for state in carry_out(folder, polish, threads, lambda: interrupt.pressed):
            progress(state)
    comparison = Comparison(folder)
    if not comparison.finished:
        print(f"interrupted; carry on with: workbench compare --resume {folder}", file=sys.stderr)
        return 130
    print(describe(comparison), file=sys.stderr if options.json else sys.stdout)
    if options.json:
        speed = {"networks_per_second": progress.pace.rate.get("training")}
        print(json.dumps(comparison.result | speed | {"folder": str(folder)}))
    return 0


def _resumed(options: argparse.Namespace) -> tuple[Path, Plan]:
    """The folder of ``--resume`` with its plan, from which nothing else may differ."""
    from workbench.comparison.plan import load_plan

    fixed = [*(name.replace("-", "_") for name in _SHORT), "vary", "starts", "tolerance", "every"]
    for name in ("experiment", *fixed, "no_parameters", "set", "seed", "steps", "out"):
        if getattr(options, name):
            option = name if name == "experiment" else f"--{name.replace('_', '-')}"
            rule = "must be left out with --resume, which goes by the folder's own plan"
            raise BadValue(option, rule, getattr(options, name), "--polish, --threads, --json")
    if not options.resume.strip():
        raise BadValue("--resume", "must name a folder", options.resume, "runs/comparison")
    folder = Path(options.resume).absolute()
    return folder, load_plan(folder)


def _plan(options: argparse.Namespace) -> Plan:
    from workbench.comparison.plan import Plan

    options.experiment = options.experiment or "tutorial"
    axes = _axes(options)
    given: dict[str, Any] = {"parameters": not options.no_parameters}
    if options.tolerance is not None:
        given["tolerances"] = read_value(options.tolerance)
    if options.every is not None:
        given["every"] = read_value(options.every)
    starts = 1000 if options.starts is None else read_value(options.starts)
    return Plan.of(read_experiment(options), axes, starts, **given)


def _axes(options: argparse.Namespace) -> list[Axis]:
    """What is varied; takes those of ``--set`` that are of one of the varied items alone."""
    from workbench.comparison.axes import Axis
    from workbench.experiment import CATALOGS, SECTIONS

    axes = []
    for option, (key, _) in _SHORT.items():
        text = getattr(options, option.replace("-", "_"))
        if text is not None:
            axes.append(Axis.of(key, _values(key, text)))
    for text in options.vary:
        key, equals, values = text.partition("=")
        if not equals or not key.strip() or not values.strip():
            rule = "must read SECTION.KEY=VALUE,VALUE"
            raise BadValue("--vary", rule, text, "optimizer.learning_rate=0.01,0.1")
        axes.append(Axis.of(key.strip(), _values(key.strip(), values.strip())))
    kept = []
    for text in options.set:
        owner, dot, rest = text.partition(".")
        inner, equals, value = rest.partition("=")
        places = [
            (k, axis.values.index(owner))
            for k, axis in enumerate(axes)
            if axis.key in CATALOGS and owner in axis.values and owner not in SECTIONS
        ]
        named = [v for axis in axes for v in axis.values if isinstance(v, dict)]
        table = next((v for v in named if v.get("name") == owner), None)
        if not dot or not equals or not (places or table):
            kept.append(text)
            continue
        if table is None:
            (k, place), *_ = places
            table = {"name": owner}
            values = list(axes[k].values)
            values[place] = table
            axes[k] = Axis(axes[k].key, tuple(values))
        table[inner.strip()] = read_value(value.strip())
    options.set = kept
    return axes


def _values(key: str, text: str) -> list[Any]:
    """What stands between commas, each read by itself; lists and texts in quotes as TOML."""
    from workbench.experiment import is_text

    if any(mark in text for mark in "[{\"'"):
        read = read_value(text)
        return read if isinstance(read, list) else [read]
    return [read_value(part.strip(), as_text=is_text(key)) for part in text.split(",")]
