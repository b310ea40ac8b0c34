"""``workbench basins``: which minimum every start of a rectangle reaches."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from workbench.arguments import read_value
from workbench.descents.arguments import take_minus_as_value
from workbench.errors import BadValue

SUMMARY = "map which minimum every start of a rectangle reaches"
DESCRIPTION = (
    "Map the basins of a surface, a named one or a formula, or of a plane through an experiment's "
    "parameter space: every pixel is a start that descends to its end, coloured by the minimum it "
    "reaches. Writes basins.npz, minima.csv, result.json, basins.png and basins.svg."
)
EPILOG = (
    "On a surface, --optimizer and --set KEY=VALUE choose the optimizer; plain gradient descent "
    "(sgd) without a rate takes the reciprocal of the largest curvature in the window, which is "
    "slow in narrow valleys: there, try --optimizer adam --set learning_rate=0.05. Of an "
    "experiment, --set SECTION.KEY=VALUE changes a value. Exit codes: 0 done, 2 bad input, 130 "
    "interrupted."
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    take_minus_as_value(parser)
    parser.add_argument(
        "of",
        metavar="SURFACE|EXPERIMENT",
        help="a surface's name, a formula of x and y such as 'sin(x)*cos(y) + x^2/10', a gallery "
        "name or an experiment's TOML file",
    )
    parser.add_argument("--optimizer", metavar="NAME", help="on a surface (default: sgd)")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="may be repeated"
    )
    parser.add_argument("--steps", metavar="N", help="at most so many steps a start")
    parser.add_argument(
        "--window",
        metavar="X_LOW,X_HIGH,Y_LOW,Y_HIGH",
        help="the rectangle (default: the surface's own; of formulas -5,5,-5,5)",
    )
    parser.add_argument(
        "--resolution", metavar="N", help="pixels a side (default: 512; of an experiment 128)"
    )
    parser.add_argument("--seed", metavar="N", help="of an experiment")
    parser.add_argument("--out", metavar="DIR", help="folder, new or empty (default: runs/…)")
    parser.add_argument("--json", action="store_true", help="one JSON object as last line")


def carry_out(options: argparse.Namespace) -> int:
    """Carry the command out; returns the exit code."""
    from workbench.compile_progress import CompileProgress
    from workbench.interrupt import Interrupt
    from workbench.maps.basins_report import describe, save
    from workbench.maps.folder import MapProgress, choose_map_folder
    from workbench.store import release_folder

    name, states = _states(options)
    folder = choose_map_folder(options.out, name, "basins")
    try:
        with (
            Interrupt(lambda: release_folder(folder)) as interrupt,
            CompileProgress(lambda text: print(text, file=sys.stderr, flush=True)),
            MapProgress("basins") as progress,
        ):
            *_, last = states(progress, lambda: interrupt.pressed)
        result = save(last, folder)
    finally:
        release_folder(folder)
    print(describe(last), file=sys.stderr if options.json else sys.stdout)
    if options.json:
        print(json.dumps(result))
    return 130 if interrupt.pressed else 0


def _states(options: argparse.Namespace) -> tuple[str, Any]:
    """What the map is called, and what makes its states; raises WorkbenchError."""
    from kernels import surfaces
    from workbench.descents.surface import names_an_item

    given: dict[str, Any] = {}
    for name in ("window", "resolution", "steps"):
        if getattr(options, name) is not None:
            given[name] = read_value(getattr(options, name))
    named = options.of in surfaces.catalog.names()
    if not named and (names_an_item(options.of) or options.of.endswith(".toml")):
        return Path(options.of).stem, _plane_states(options, given)
    if options.seed is not None:
        raise BadValue("--seed", "is for experiments: a surface has no seed", options.seed, "none")
    from workbench.maps.basins_surface import states

    rule: dict[str, Any] = {"name": options.optimizer or "sgd"}
    for text in options.set:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise BadValue("--set", "must read KEY=VALUE", text, "learning_rate=0.01")
        rule[key.strip().removeprefix("optimizer.")] = read_value(value.strip())
    # Made before anything is printed or written, so that bad input leaves nothing behind.
    return options.of if named else "formula", lambda progress, cancelled: states(
        options.of, optimizer=rule, progress=progress, cancelled=cancelled, **given
    )


def _plane_states(options: argparse.Namespace, given: dict[str, Any]) -> Any:
    from kernels import surfaces
    from kernels.catalog import nearest_names
    from workbench.arguments import read_experiment
    from workbench.experiment import gallery
    from workbench.maps.basins_plane import plane_states

    if options.optimizer is not None:
        options.set.append(f"optimizer.name={options.optimizer}")
    known = [*surfaces.catalog.names(), *gallery()]
    options.experiment = options.of
    if options.of not in known and not options.of.endswith(".toml"):
        near = nearest_names(options.of, known) or known
        rule = "must be a surface, a formula of x and y, a gallery name or a TOML file"
        raise BadValue("basins", rule, options.of, ", ".join(near))
    experiment = read_experiment(options)
    given.pop("steps", None)
    return lambda progress, cancelled: plane_states(
        experiment, progress=progress, cancelled=cancelled, **given
    )
