"""The commands of the terminal, one a file, found by themselves.

The name of a file is that of its command, with hyphens for underscores. A file holds ``SUMMARY``,
one line for the list of commands; ``arguments(parser)``, which declares the command's arguments;
and ``carry_out(options)``, which returns the exit code. It may hold ``DESCRIPTION`` and ``EPILOG``
for the command's own help. A file is imported when its command is given, all of them for the help
of the whole, so it imports what is slow to load inside ``carry_out``.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
from typing import NoReturn, Protocol, cast

from workbench.errors import WorkbenchError


class Command(Protocol):
    """What a file of this package holds."""

    SUMMARY: str

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""

    def carry_out(self, options: argparse.Namespace) -> int:
        """Carry the command out; returns the exit code."""


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are the one line that the command line prints."""

    def error(self, message: str) -> NoReturn:
        """Raise WorkbenchError instead of printing the usage and leaving."""
        raise WorkbenchError(f"{message} (see: {self.prog} --help)")


def names() -> list[str]:
    """The names of all commands, sorted."""
    return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(__path__))


def load(name: str) -> Command:
    """The command of that name, one of ``names()``."""
    return cast(Command, importlib.import_module(f"{__name__}.{name.replace('-', '_')}"))


def parser(name: str) -> argparse.ArgumentParser:
    """The parser of one command's arguments."""
    command = load(name)
    summary = command.SUMMARY
    made = Parser(
        prog=f"workbench {name}",
        allow_abbrev=False,
        description=getattr(command, "DESCRIPTION", f"{summary[0].upper()}{summary[1:]}."),
        epilog=getattr(command, "EPILOG", None),
    )
    command.arguments(made)
    return made
