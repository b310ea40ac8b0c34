"""``workbench window``: open an experiment in the window."""

from __future__ import annotations

import argparse

from workbench.arguments import add_experiment, read_experiment
from workbench.errors import WorkbenchError

SUMMARY = "open an experiment in the window"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_experiment(parser)


def carry_out(options: argparse.Namespace) -> int:
    """Carry the command out; returns the exit code."""
    from workbench.display import NoWindow, open_window

    experiment = read_experiment(options)
    try:
        return open_window(experiment)
    except NoWindow as problem:
        use = f"workbench run {options.experiment}"
        raise WorkbenchError(f"window: {problem}; use: {use}") from None
