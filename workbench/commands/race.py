"""``workbench race``: several optimizers or learning rates from one start over one surface."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any

from workbench.descents.arguments import (
    add_descent,
    add_settings,
    changes,
    check_film,
    folder_for,
    numbers,
    settings,
)
from workbench.errors import BadValue

SUMMARY = "race optimizers, or learning rates, from one start over one surface"
DESCRIPTION = (
    "Send several optimizers, or one with several learning rates, downhill from the same start "
    "with the same noise, and tell how many steps each took to come within each tolerance of the "
    "global minimum's height (of a zero gradient, where no minimum is known). With --out it writes "
    "a folder: race.json, race.csv, paths.csv, race.png and race.svg, and with --film the race "
    "step by step."
)
EPILOG = (
    "Exit codes: 0 done, whether some diverged or not, 2 bad input. Example: workbench race "
    "rosenbrock --optimizers sgd,adam,lbfgs --set adam.learning_rate=0.05 --start -1.2,1"
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_descent(parser)
    parser.add_argument(
        "--optimizers", metavar="NAME,NAME,…", help="who takes part (`workbench list optimizers`)"
    )
    parser.add_argument(
        "--rates", metavar="R,R,…", help="each optimizer takes part with each learning rate"
    )
    parser.add_argument("--tolerances", metavar="T,T,…", help="default: 1e-1,1e-2,1e-4,1e-6")
    add_settings(
        parser,
        "a hyper-parameter of one optimizer, e.g. adam.learning_rate=0.05, of all, e.g. "
        "learning_rate=0.01, or of another section, e.g. schedule.steps=100; may be repeated",
    )


def carry_out(options: argparse.Namespace) -> int:
    """Carry the command out; returns the exit code."""
    from workbench.compile_progress import CompileProgress
    from workbench.descents.races import TOLERANCES, describe, run_race
    from workbench.descents.store import save_race
    from workbench.store import release_folder

    check_film(options)
    folder = None
    try:
        with CompileProgress(lambda text: print(text, file=sys.stderr, flush=True)):
            tables = _tables(options)
            rates = [] if options.rates is None else numbers("--rates", options.rates)
            tolerances: Sequence[float] = TOLERANCES
            if options.tolerances is not None:
                tolerances = numbers("--tolerances", options.tolerances)
            race = run_race(tables, rates, tolerances)
            result = race.summary()
            folder = folder_for(options, race)
            if folder:
                result = save_race(race, folder, not options.no_pictures, options.film)
    finally:
        if folder:
            release_folder(folder)
    print(json.dumps(result, ensure_ascii=False) if options.json else describe(race))
    return 0


def _tables(options: argparse.Namespace) -> list[dict[str, Any]]:
    """One descent's tables a runner, alike but for the optimizer."""
    from kernels.optimizers import catalog
    from workbench.descents.experiment import SECTIONS, DescentExperiment
    from workbench.fields import choose

    held, found = changes(options)
    if held is None:
        held = DescentExperiment.of({"surface": found["surface"]})
    if options.optimizers is None and options.rates is None:
        near = ", ".join(catalog.names()[:4])
        raise BadValue("--optimizers", "must name who takes part", None, near)
    runners = [held.optimizer.to_dict()]
    if options.optimizers is not None:
        names = [part.strip() for part in options.optimizers.split(",")]
        runners = [choose("--optimizers", catalog, name).to_dict() for name in names]
    for key, value in settings(options).items():
        owner, dot, inner = key.partition(".")
        if owner in SECTIONS and owner != "optimizer":
            found[key] = value
            continue
        chosen = [r for r in runners if not dot or owner in ("optimizer", r["name"])]
        if not chosen:
            rule = f"must begin with who takes part: {', '.join(r['name'] for r in runners)}"
            raise BadValue("--set", rule, key, f"{runners[0]['name']}.{inner}")
        for runner in chosen:
            runner[inner if dot else key] = value
    common = held.replace(found).to_dict()
    return [common | {"optimizer": runner} for runner in runners]
