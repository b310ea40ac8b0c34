"""``workbench trainability``: which learning rates converge, pixel by pixel."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from workbench.arguments import named_experiment, read_value

SUMMARY = "map which learning rates converge, and the dimension of the boundary"
DESCRIPTION = (
    "Train one network a pixel, over learning rates or over a scale and a learning rate; write the "
    "map, coloured by how fast it converged or diverged, and the box-counting dimension of the "
    "boundary: map_0.npz …, boxes.csv, result.json and pictures as PNG and SVG."
)
EPILOG = (
    "The settings are those of Sohl-Dickstein 2024, arXiv 2402.06184; the published dimensions are "
    "medians over zooms of some 50 images of 4096 × 4096 pixels about a point that is not told: "
    "--zoom follows the boundary to a place of its own, and --follow makes such sizes affordable. "
    "Exit codes: 0 done, 2 bad input, 130 interrupted; in all but the second what is done is "
    "written."
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "experiment", nargs="?", help="a gallery name or a TOML file, instead of a setting"
    )
    parser.add_argument("--setting", metavar="NAME", help="a published setting (default: tanh): "
                        "tanh, relu, identity, single, minibatch")  # fmt: skip
    parser.add_argument(
        "--axes",
        metavar="KIND",
        help="rates: hidden layers' and output layer's learning rate (default); scale: of the "
        "starting point, and learning rate; offset: of the first layer's weights, and rate",
    )
    parser.add_argument(
        "--window",
        metavar="X_LOW,X_HIGH,Y_LOW,Y_HIGH",
        help="the rectangle, in decimal logarithms (default: -3,6,-3,6)",
    )
    parser.add_argument("--resolution", metavar="N", help="pixels a side (default: 64)")
    parser.add_argument("--steps", metavar="N", help="steps of each training (default: 500)")
    parser.add_argument("--seed", metavar="N", help="of the setting (default: 0, the published)")
    parser.add_argument("--zoom", metavar="N", help="further windows, each half as wide")
    parser.add_argument("--toward", metavar="PLACE", help="where to zoom: busiest (the part with "
                        "the most boundary, default) or random (about a pixel of it)")  # fmt: skip
    parser.add_argument("--zoom-seed", metavar="N", help="draws the pixels of --toward random")
    parser.add_argument("--follow", action="store_true", help="train only pixels near the boundary "
                        "of a coarser raster; islands far from any may be missed")  # fmt: skip
    parser.add_argument("--out", metavar="DIR", help="folder, new or empty (default: runs/…)")
    parser.add_argument("--json", action="store_true", help="one JSON object as last line")


def carry_out(options: argparse.Namespace) -> int:
    """Carry the command out; returns the exit code."""
    from workbench.compile_progress import CompileProgress
    from workbench.errors import BadValue
    from workbench.fields import integer
    from workbench.interrupt import Interrupt
    from workbench.maps.folder import MapProgress, choose_map_folder
    from workbench.maps.trainability_map import states
    from workbench.maps.trainability_report import MapFolder
    from workbench.maps.trainability_zoom import BUSIEST, TOWARD, zoom
    from workbench.store import release_folder

    if options.experiment and options.setting:
        raise BadValue("--setting", "must be left out where an experiment is named",
                       options.setting, "one of the two")  # fmt: skip
    source: Any = options.setting or "tanh"
    if options.experiment:
        source = named_experiment(options.experiment)
    given: dict[str, Any] = {"resolution": 64, "follow": options.follow}
    for name in ("window", "resolution", "steps", "seed"):
        if getattr(options, name) is not None:
            given[name] = read_value(getattr(options, name))
    if options.axes:
        given["axes"] = options.axes
    toward = options.toward or BUSIEST
    if toward not in TOWARD:
        raise BadValue("--toward", f"must be one of {', '.join(TOWARD)}", toward, BUSIEST)
    draw = integer("--zoom-seed", read_value(options.zoom_seed or "0"), 0, 2**63 - 1)
    levels = integer("--zoom", read_value(options.zoom or "0"), 0, 1000)
    stopping: list[Interrupt] = []
    progress = MapProgress("trainability")

    def cancelled() -> bool:
        return bool(stopping) and stopping[0].pressed

    # Checked here, before a folder is made.
    walk = states(source, progress=progress, cancelled=cancelled, **given)
    name = Path(options.experiment).stem if options.experiment else source
    folder = choose_map_folder(options.out, name, "trainability")
    try:
        with (
            Interrupt(lambda: release_folder(folder)) as interrupt,
            CompileProgress(lambda text: print(text, file=sys.stderr, flush=True)),
            progress,
        ):
            stopping.append(interrupt)
            *_, last = walk
            maps = MapFolder(folder)
            maps.add(last)
            if last.stride == 1:
                for deeper in zoom(
                    last,
                    levels,
                    toward=toward,
                    seed=draw,
                    progress=progress.again(),
                    cancelled=cancelled,
                ):
                    maps.add(deeper)
            result = maps.finish()
    finally:
        release_folder(folder)
    print(maps.describe(), file=sys.stderr if options.json else sys.stdout)
    if options.json:
        print(json.dumps(result))
    return 130 if interrupt.pressed else 0
