"""``workbench find-rate``: find a learning rate by a short run in which it grows."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from workbench.arguments import add_experiment, read_experiment, read_value

SUMMARY = "find a learning rate by a short run in which it grows"
DESCRIPTION = (
    "Train with a learning rate that grows until the loss explodes, suggest a rate, and write a "
    "folder: rates.csv, rates.png, result.json and experiment.toml."
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_experiment(parser)
    for name, meaning in (("low", "the first rate"), ("high", "the last rate")):
        parser.add_argument(f"--{name}", metavar="RATE", help=meaning)
    parser.add_argument("--points", metavar="N", help="how many rates are tried, a step each")
    parser.add_argument("--out", metavar="DIR", help="folder, new or empty (default: runs/…)")
    parser.add_argument("--json", action="store_true", help="one JSON object as last line")


def carry_out(options: argparse.Namespace) -> int:
    """Carry the command out; returns the exit code."""
    from workbench.compile_progress import CompileProgress
    from workbench.rate_finder import describe, find_learning_rate, save_scan
    from workbench.store import choose_folder, release_folder

    experiment = read_experiment(options)
    given = {"low": options.low, "high": options.high, "steps": options.points}
    values = {key: read_value(text) for key, text in given.items() if text is not None}
    folder = choose_folder(options.out, experiment, f"{Path(options.experiment).stem}-rates")
    try:
        with CompileProgress(lambda text: print(text, file=sys.stderr, flush=True)):
            scan = find_learning_rate(experiment, **values)
        result = save_scan(scan, folder)
    finally:
        release_folder(folder)
    print(describe(scan), file=sys.stderr if options.json else sys.stdout)
    if options.json:
        print(json.dumps(result))
    return 0
