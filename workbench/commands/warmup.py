"""``workbench warmup``: compile ahead of time."""

from __future__ import annotations

import argparse
import sys
import time

SUMMARY = "compile ahead of time what experiments will need"
DESCRIPTION = (
    "Compile what the gallery and the given experiments need for training, for the window's views, "
    "for Hessians, for many starts at once and for descents on the test surfaces, and keep it in "
    "the cache folder. Another combination of activations, output, loss, optimizer, schedule, "
    "batching and dtype compiles at its first use."
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "experiments",
        nargs="*",
        metavar="EXPERIMENT",
        help="gallery names or TOML files; the gallery is always included",
    )


def carry_out(options: argparse.Namespace) -> int:
    """Carry the command out; returns the exit code."""
    from kernels import cache
    from workbench.arguments import named_experiment
    from workbench.experiment import gallery
    from workbench.warmup import warm_all

    names = dict.fromkeys([*gallery(), *options.experiments])
    experiments = {name: named_experiment(name) for name in names}
    kernels, begun = 0, time.monotonic()
    for warmed in warm_all(experiments, _say):
        if warmed.compiled:
            spent = sum(each for _, each in warmed.compiled)
            kernels += len(warmed.compiled)
            print(f"{warmed.name}: {warmed.part} compiled, {spent:.1f} s", flush=True)
    names_text, seconds = ", ".join(names), time.monotonic() - begun
    if kernels:
        print(f"{kernels} kernels compiled in {seconds:.1f} s, kept in {cache.FOLDER}")
    else:
        print(f"nothing to do for {names_text}: all is in {cache.FOLDER}")
    return 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
