"""The command ``workbench``: finds the command that was given, or opens the window.

Exit codes: 0 done, 1 a check failed, 2 bad input (one line on standard error), 3 the run diverged,
130 interrupted.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence

from workbench import __version__, commands
from workbench.errors import BadValue, WorkbenchError

_DESCRIPTION = """Watch, measure and compare how neural networks learn. Without a command, the
window opens with the tutorial's experiment learning in it."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    _prepare_streams()
    try:
        code = _dispatch(arguments)
        sys.stdout.flush()
        return code
    except WorkbenchError as error:
        print(f"workbench: {error}", file=sys.stderr)
        return 2
    except MemoryError:
        print("workbench: not enough memory for this experiment", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("workbench: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader (head, less) has gone; Python would complain again while closing the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _dispatch(arguments: list[str]) -> int:
    if not arguments:
        return _start()
    name, *rest = arguments
    if name in commands.names():
        return commands.load(name).carry_out(commands.parser(name).parse_args(rest))
    if name == "--":
        return _dispatch(rest)
    if name.startswith("-"):
        _overview().parse_args(arguments)  # prints what was asked for, or raises
    from kernels.catalog import nearest_names
    from workbench.experiment import gallery

    known = [*commands.names(), *(f"run {name}" for name in gallery())]
    near = nearest_names(name, known) or commands.names()
    raise BadValue("command", "must be a command", name, ", ".join(near))


def _overview() -> commands.Parser:
    parser = commands.Parser(prog="workbench", allow_abbrev=False, description=_DESCRIPTION)
    parser.add_argument("--version", action="version", version=f"workbench {__version__}")
    choices = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name in commands.names():
        choices.add_parser(name, help=commands.load(name).SUMMARY)
    return parser


def _prepare_streams() -> None:
    # A program without a console has no streams at all, and a legacy encoding lacks "→".
    sys.stdout = sys.stdout or io.StringIO()
    sys.stderr = sys.stderr or io.StringIO()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _start() -> int:
    from workbench.display import NoWindow, open_window
    from workbench.experiment import Experiment
    from workbench.store import choose_folder

    experiment = Experiment.preset("tutorial")
    try:
        return open_window(experiment)
    except NoWindow as problem:
        print(f"{problem}; running the tutorial's experiment in the terminal", file=sys.stderr)
    from workbench.commands.run import train

    return train(experiment, "tutorial", choose_folder(None, experiment, "tutorial"))
