"""``workbench plane``: a plane through a network's parameter space, and what stands above it."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from workbench.arguments import add_experiment, read_experiment, read_value
from workbench.errors import BadValue

if TYPE_CHECKING:
    import numpy as np

    from workbench.experiment import Experiment
    from workbench.run import Run, Snapshot

SUMMARY = "lay a plane through a network's parameter space and show the loss over it"
DESCRIPTION = (
    "Lay a plane through the parameter space of a run folder or of an experiment, which is carried "
    "out first, and write a folder: plane.csv, path.csv, plane.npz, plane.png, plane.svg and "
    "result.json, with the share of the path's variance that the plane explains, the path's "
    "distances to it, and where the loss above it is not the path's own."
)
EPILOG = (
    "`workbench list planes` shows the kinds with their options, `workbench list heights` the "
    "heights. A run folder's path is had by repeating its run. Exit codes: 0 done, 2 bad input, "
    "130 interrupted."
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_experiment(parser)
    parser.add_argument(
        "--kind", default="pca", metavar="KIND", help="kind of plane (default: pca)"
    )
    parser.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="an option of the kind, e.g. normalisation=layer; may be repeated",
    )
    parser.add_argument(
        "--point",
        action="append",
        metavar="POINT",
        help="for three, line and curve, once for each: initial, final, start:K, end:K (of "
        "start K) or a run folder",
    )
    parser.add_argument("--height", default="loss", metavar="HEIGHT", help="default: loss")
    parser.add_argument("--resolution", default="101", metavar="N", help="points a side")
    parser.add_argument(
        "--extent", metavar="X", help="half the side, around the origin (default: all is shown)"
    )
    parser.add_argument(
        "--no-path", action="store_true", help="show where a run folder ended, without its path"
    )
    parser.add_argument("--out", metavar="DIR", help="folder, new or empty (default: runs/…)")
    parser.add_argument("--json", action="store_true", help="one JSON object as last line")
    parser.add_argument("--no-pictures", action="store_true", help="leave out the PNG and the SVG")


def carry_out(options: argparse.Namespace) -> int:
    """Carry the command out; returns the exit code."""
    from workbench.interrupt import Interrupt
    from workbench.landscape import lay_plane, shows_path
    from workbench.landscape.files import save_landscape
    from workbench.store import choose_folder, release_folder

    experiment, held = _read(options)
    name = Path(options.experiment).name if held else Path(options.experiment).stem
    settings: dict[str, Any] = {
        "height": options.height,
        "resolution": read_value(options.resolution),
        "points": options.point,
        "options": _options(options.option),
        "extent": None if options.extent is None else read_value(options.extent),
    }
    if held and options.no_path:
        settings["parameters"] = held.parameters
    elif held and not shows_path(options.kind):
        settings["parameters"] = [held.initial, held.parameters]
    folder = choose_folder(options.out, experiment, f"{name}-plane")
    try:
        with Interrupt(lambda: release_folder(folder)) as interrupt:
            settings["cancelled"] = lambda: interrupt.pressed
            settings["finish"] = _Trainer(name, experiment, held, interrupt)
            with contextlib.suppress(_Interrupted):
                made = lay_plane(experiment, options.kind, **settings)
            if interrupt.pressed:
                print("interrupted; nothing is kept", file=sys.stderr)
                return 130
            result = save_landscape(made, experiment, folder, not options.no_pictures)
    finally:
        release_folder(folder)
    if made.warning:
        print(f"warning: {made.warning}", file=sys.stderr)
    print(json.dumps(result, ensure_ascii=False) if options.json else describe(result))
    return 0


class _Interrupted(Exception):
    """Training for the path was interrupted."""


class _Held(NamedTuple):
    """What a run folder holds."""

    initial: np.ndarray
    parameters: np.ndarray
    steps: int


def _read(options: argparse.Namespace) -> tuple[Experiment, _Held | None]:
    """The experiment, and how it ended where it is a run folder's."""
    from workbench.experiment import Experiment, gallery
    from workbench.store import load_parameters

    folder = Path(options.experiment)
    if options.experiment in gallery() or not folder.is_dir():
        if options.no_path:
            rule = "is for run folders, which know where they ended"
            raise BadValue("--no-path", rule, options.experiment, "leave it out")
        return read_experiment(options), None
    for field in ("set", "seed", "steps"):
        if getattr(options, field):
            rule = "must be left out for a run folder, whose experiment is done"
            near = f"workbench plane {folder / 'experiment.toml'} --{field} …"
            raise BadValue(f"--{field}", rule, getattr(options, field), near)
    initial, end = (load_parameters(folder, name) for name in ("initial", "parameters"))
    return Experiment.load(folder / "experiment.toml"), _Held(initial, end, _steps(folder))


def _steps(folder: Path) -> int:
    from workbench.fields import integer

    try:
        held = json.loads((folder / "result.json").read_text(encoding="utf-8"))
        steps = held["steps"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        rule = f"must hold the steps of a run ({error})"
        raise BadValue("result.json", rule, str(folder), "a folder of `workbench run`") from None
    return integer("result.json: steps", steps, 0, 10**12)


class _Trainer:
    """Carries runs out with live progress: a folder's own for as many steps as it made."""

    def __init__(self, name: str, experiment: Experiment, held: _Held | None, interrupt: Any):
        self.name, self.experiment, self.held = name, experiment, held
        self.interrupt = interrupt

    def __call__(self, run: Run) -> None:
        from workbench.terminal import Progress

        held = self.held if run.experiment == self.experiment else None
        name = self.name
        if run.experiment.start != self.experiment.start:
            name = f"{name}, start {run.experiment.start}"
        steps = held.steps if held else run.experiment.stop.steps
        with Progress(name, steps) as progress:

            def show(shown: Snapshot) -> None:
                self.interrupt.pausing(run, progress)(shown)
                if self.interrupt.pressed:
                    raise _Interrupted

            if held is None:
                run.finish(show)
                return
            while run.steps < held.steps and run.step(min(held.steps - run.steps, _chunk(run))):
                show(run.snapshot())
        if run.parameters.tobytes() != held.parameters.tobytes():
            print(
                "warning: the run, repeated here, does not end at the folder's parameters; the "
                "path is the repeated one's",
                file=sys.stderr,
            )


def _chunk(run: Run) -> int:
    return max(1, int(run.snapshot().steps_per_second / 4))


def _options(given: list[str]) -> dict[str, Any]:
    found = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise BadValue("--option", "must read KEY=VALUE", text, "seed=1")
        found[key.strip()] = read_value(value.strip())
    return found


def describe(result: dict[str, Any]) -> str:
    """The result in a few lines for the terminal."""
    lines = [
        f"plane             {result['kind']}, {result['height']} at "
        f"{result['resolution']}×{result['resolution']} points",
        f"path's variance   {100 * result['explained']:.1f} % about its mean, "
        f"{100 * result['explained_from_end']:.1f} % about its end",
        f"distance of path  {result['distance_max']:.3g} at most",
    ]
    worst = result["disagreement"]
    share = "beyond all numbers" if worst is None else f"{100 * worst:.1f} %"
    lines.append(f"loss off by       {share} at most")
    for name, profile in result["profiles"].items():
        barrier, mean = profile["barrier"], profile["loss_mean"]
        if barrier is not None and mean is not None:
            lines.append(f"{name:<17} barrier {barrier:.4g}, mean loss {mean:.4g}")
    counts: dict[str, int] = {}
    for feature in result["marked"]:
        if not feature["resolved"] and feature["kind"] in ("minimum", "saddle"):
            continue
        counts[feature["kind"]] = counts.get(feature["kind"], 0) + 1
    shown = ", ".join(f"{count} × {kind}" for kind, count in counts.items())
    return "\n".join(
        [*lines, f"on this grid      {shown or 'nothing'}", f"folder            {result['folder']}"]
    )
