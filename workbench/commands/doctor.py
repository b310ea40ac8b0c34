"""``workbench doctor``: what a person filing a bug should send along."""

from __future__ import annotations

import argparse
import json
import sys

SUMMARY = "show versions, processor, threads, cache, GPU, display and start-up times"
DESCRIPTION = (
    "Show what this machine has and how fast the workbench starts on it, for a bug report or when "
    "something is slow. The cold start compiles everything anew in a folder of its own."
)
EPILOG = "Exit codes: 0 all is well, 1 something that the workbench needs is broken."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--json", action="store_true", help="one JSON object as last line")
    parser.add_argument("--no-timing", action="store_true", help="do not time the start-up")


def carry_out(options: argparse.Namespace) -> int:
    """Carry the command out; returns the exit code."""
    from workbench.doctor import Examination

    found = Examination()
    found.examine(
        timing=not options.no_timing,
        say=lambda text: print(f"{text} …", file=sys.stderr, flush=True),
    )
    if options.json:
        print(json.dumps({**found.sections, "problems": found.problems}, ensure_ascii=False))
        return 1 if found.problems else 0
    for title, lines in found.sections.items():
        print(title)
        for name, value in lines.items():
            print(f"  {name:<30}  {value}" if len(name) > 16 else f"  {name:<16}  {value}")
    for problem in found.problems:
        print(f"problem: {problem}")
    return 1 if found.problems else 0
