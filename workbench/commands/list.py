"""``workbench list``: the gallery and the catalogues."""

from __future__ import annotations

import argparse

SUMMARY = "list the gallery and the catalogues"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("kind", nargs="?", help="gallery, optimizers, surfaces, …")
    parser.add_argument("--json", action="store_true", help="one JSON object as last line")


def carry_out(options: argparse.Namespace) -> int:
    """Carry the command out; returns the exit code."""
    from workbench.terminal import listing

    print(listing(options.kind, options.json))
    return 0
