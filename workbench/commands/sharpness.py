"""``workbench sharpness``: the Hessian's largest eigenvalue along a run."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from workbench.arguments import add_experiment, read_experiment, read_value

SUMMARY = "follow the Hessian's largest eigenvalue along a run"
DESCRIPTION = (
    "Train, measure the sharpness (the largest eigenvalue of the training loss's Hessian) every N "
    "steps, and write it beside the edge of stability, 2 / learning rate: sharpness.csv, "
    "result.json, experiment.toml, sharpness.png and sharpness.svg."
)
EPILOG = (
    "The preset edge_of_stability shows the sharpness rise to the edge and hover there. Exit "
    "codes: 0 done, 2 bad input, 3 the run diverged, 130 interrupted; in all but the second what "
    "was measured is written."
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_experiment(parser)
    parser.add_argument("--every", metavar="N", help="steps between measurements (default: 10)")
    parser.add_argument("--out", metavar="DIR", help="folder, new or empty (default: runs/…)")
    parser.add_argument("--json", action="store_true", help="one JSON object as last line")


def carry_out(options: argparse.Namespace) -> int:
    """Carry the command out; returns the exit code."""
    from workbench.compile_progress import CompileProgress
    from workbench.fields import integer
    from workbench.interrupt import Interrupt
    from workbench.maps.folder import MapProgress, choose_map_folder
    from workbench.sharpness_curve import describe, save, sharpness
    from workbench.store import release_folder

    experiment = read_experiment(options)
    every = integer("--every", read_value(options.every or "10"), 1, 10_000_000)
    folder = choose_map_folder(options.out, Path(options.experiment).stem, "sharpness")
    try:
        with (
            Interrupt(lambda: release_folder(folder)) as interrupt,
            CompileProgress(lambda text: print(text, file=sys.stderr, flush=True)),
            MapProgress("sharpness") as progress,
        ):
            made = sharpness(
                experiment, every, progress=progress, cancelled=lambda: interrupt.pressed
            )
        result = save(made, folder)
    finally:
        release_folder(folder)
    print(describe(made), file=sys.stderr if options.json else sys.stdout)
    if options.json:
        print(json.dumps(result))
    return 130 if interrupt.pressed else 3 if made.diverged else 0
