"""``workbench surface``: send an optimizer downhill on a surface."""

from __future__ import annotations

import argparse
import json
import sys

from workbench.descents.arguments import (
    add_descent,
    add_settings,
    changes,
    check_film,
    folder_for,
    settings,
)

SUMMARY = "send an optimizer downhill on a test surface or on a formula of x and y"
DESCRIPTION = (
    "Send an optimizer downhill on a surface, a named one or a formula, and say where it ended: at "
    "a minimum (which of those known), a saddle, a maximum, a plateau, a kink, or at none. With "
    "--out it writes a folder: descent.toml, descent.json, path.csv, descent.png and descent.svg, "
    "and with --film the descent step by step."
)
EPILOG = "Exit codes: 0 done, 2 bad input, 3 the descent diverged."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_descent(parser)
    parser.add_argument("--optimizer", metavar="NAME", help="default: sgd")
    parser.add_argument(
        "--tolerance", metavar="G", help="end where the gradient's norm is at most this"
    )
    add_settings(
        parser,
        "a hyper-parameter of the optimizer, e.g. learning_rate=0.01, or of another section, e.g. "
        "schedule.steps=100; may be repeated",
    )


def carry_out(options: argparse.Namespace) -> int:
    """Carry the command out; returns the exit code."""
    from workbench.compile_progress import CompileProgress
    from workbench.descents.descent import carry_out as make
    from workbench.descents.experiment import DescentExperiment
    from workbench.descents.store import describe, save_descent
    from workbench.store import release_folder

    check_film(options)
    folder = None
    try:
        with CompileProgress(lambda text: print(text, file=sys.stderr, flush=True)):
            held, found = changes(options)
            if options.optimizer is not None:
                found["optimizer"] = options.optimizer
            if options.tolerance is not None:
                from workbench.arguments import read_value

                found["descent.tolerance"] = read_value(options.tolerance)
            for key, value in settings(options).items():
                found[key if "." in key else f"optimizer.{key}"] = value
            if held is None:
                held = DescentExperiment.of({"surface": found["surface"]})
            experiment = held.replace(found)
            folder = folder_for(options, experiment)
            descent = make(experiment)
            result = descent.summary()
            if folder:
                result = save_descent(descent, folder, not options.no_pictures, options.film)
    finally:
        if folder:
            release_folder(folder)
    if descent.reason:
        print(descent.reason, file=sys.stderr)
    print(json.dumps(result, ensure_ascii=False) if options.json else describe(result))
    return 3 if descent.diverged else 0
