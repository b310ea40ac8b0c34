"""Checks of the kernels against independent references, on the user's own machine.

Every file of ``workbench.proof.checks`` is one kind of check: ``SUMMARY``, one line on what is
compared with what, and ``rows()``, which yields rows. The references beside them are written from
the papers in plain NumPy and share nothing with the kernels. An item of a catalogue for which there
is no reference is a row that fails.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from kernels.catalog import nearest_names
from workbench.errors import BadValue
from workbench.proof import checks


class Row(NamedTuple):
    """One comparison: the ``subject`` (a kernel, an item), what it was compared with, the measured
    error and the bound that it must not exceed."""

    subject: str
    against: str
    error: float
    bound: float

    @property
    def passed(self) -> bool:
        """Whether the error is within its bound; NaN never is."""
        return bool(self.error <= self.bound)


def missing(subject: str, where: str) -> Row:
    """The row of an item that nothing is known about."""
    return Row(subject, f"no reference in {where}: add one", float("inf"), 0.0)


def names() -> list[str]:
    """The names of all checks, sorted."""
    return sorted(module.name for module in pkgutil.iter_modules(checks.__path__))


def choose(wanted: Sequence[str]) -> list[str]:
    """``wanted``, or all names where it is empty; raises BadValue for an unknown one."""
    known = names()
    for name in wanted:
        if name not in known:
            near = nearest_names(name, known) or known
            raise BadValue("--only", "must name checks", name, ", ".join(near))
    return [name for name in known if name in wanted] if wanted else known


def load(name: str) -> Any:
    """The module of a check."""
    return importlib.import_module(f"{checks.__name__}.{name}")


def carry_out(
    wanted: Iterable[str], begun: Callable[[str], None] = lambda _: None
) -> Iterator[tuple[str, Row]]:
    """The rows of the checks of these names, each with its check's name; ``begun`` hears of each
    check before its first row. A check that raises becomes a row that fails."""
    for name in wanted:
        begun(name)
        try:
            for row in load(name).rows():
                yield name, row
        except Exception as error:  # a broken kernel may do anything
            text = f"ended with {type(error).__name__}: {error}".partition("\n")[0]
            yield name, Row("the check itself", text, float("inf"), 0.0)
