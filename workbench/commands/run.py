"""``workbench run``: carry out an experiment in the terminal."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.arguments import add_experiment, read_experiment

if TYPE_CHECKING:
    from workbench.experiment import Experiment

SUMMARY = "carry out an experiment in the terminal"
DESCRIPTION = (
    "Carry out an experiment in the terminal, with live progress, and write a run folder: "
    "experiment.toml, history.csv, parameters.npz, result.json and pictures."
)
EPILOG = (
    "Exit codes: 0 done, 2 bad input, 3 the run diverged, 130 interrupted; in all but the second "
    "the run folder is written. `workbench list` shows what there is."
)
_FIGURES = (
    "parameters",
    "loss_initial",
    "loss_final",
    "accuracy_train",
    "accuracy_test",
    "gradient_norm",
    "steps",
    "diverged",
    "seconds",
    "seed",
    "experiment_hash",
    "folder",
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_experiment(parser)
    parser.add_argument("--out", metavar="DIR", help="run folder, new or empty (default: runs/…)")
    parser.add_argument("--json", action="store_true", help="one JSON object as last line")
    parser.add_argument("--no-pictures", action="store_true", help="leave out the PNG files")


def carry_out(options: argparse.Namespace) -> int:
    """Carry the command out; returns the exit code."""
    from workbench.store import choose_folder

    experiment = read_experiment(options)
    name = Path(options.experiment).stem
    folder = choose_folder(options.out, experiment, name)
    return train(experiment, name, folder, as_json=options.json, pictures=not options.no_pictures)


def train(
    experiment: Experiment, name: str, folder: Path, *, as_json: bool = False, pictures: bool = True
) -> int:
    """Train with live progress and fill ``folder``; prints the result, returns the exit code."""
    from workbench.interrupt import Interrupt
    from workbench.run import Run
    from workbench.store import release_folder, save_run
    from workbench.terminal import Progress, summary

    try:
        with Interrupt(lambda: release_folder(folder)) as interrupt:
            with Progress(name, experiment.stop.steps) as progress:
                run = Run(experiment)
                run.finish(interrupt.pausing(run, progress))
            result = save_run(run, folder, pictures)
    finally:
        release_folder(folder)
    unfinished = interrupt.pressed and not run.reason
    if run.reason:
        print(run.reason, file=sys.stderr)
    if unfinished:
        print(f"interrupted after step {run.steps}; kept in {folder}", file=sys.stderr)
    if as_json:
        print(json.dumps({key: result[key] for key in _FIGURES}))
    else:
        print(summary(result))
    return 130 if unfinished else 3 if run.diverged else 0
