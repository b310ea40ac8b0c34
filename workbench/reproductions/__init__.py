"""Published results, reproduced here: one a file, found by themselves.

The file's name is the reproduction's, hyphens for underscores. It holds ``SUMMARY``, one line on
what is reproduced; ``SOURCE``, the paper; ``SETTINGS``, what may be chosen; and
``carry_out(watch, **settings)``, which returns an ``Outcome``. A file is imported whenever they are
listed, so it imports what is slow to load inside ``carry_out``.
"""

from __future__ import annotations

import importlib
import pkgutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

from kernels.catalog import nearest_name
from workbench.errors import BadValue
from workbench.fields import integer, within

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Setting(NamedTuple):
    """What may be chosen of a reproduction: its ``name``, ``default`` and one-line ``meaning``.

    ``values``: (lowest, highest) of a whole number, or the interval of a number, as ``(0, 1]``.
    """

    name: str
    default: int | float
    values: tuple[int, int] | str
    meaning: str

    @property
    def range(self) -> str:
        """The values that may be chosen, in words."""
        if isinstance(self.values, tuple):
            return "from {} to {}".format(*self.values)
        return f"in {self.values}"

    def take(self, value: Any) -> int | float:
        """``value`` where it may be chosen; raises BadValue."""
        if isinstance(self.values, tuple):
            return integer(self.name, value, *self.values)
        return within(self.name, value, self.values)


class Finding(NamedTuple):
    """One published figure or claim beside ours.

    ``subject``: what was measured; ``published`` and ``ours`` as they are read; ``test``: what
    decides whether they agree (a bound, a binomial test), with its ``p_value`` where it has one;
    ``agrees`` is None where nothing was published to agree with.
    """

    subject: str
    published: str
    ours: str
    agrees: bool | None
    test: str
    p_value: float | None = None


class Table(NamedTuple):
    """Numbers behind the findings: written as ``NAME.csv``."""

    header: Sequence[str]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Outcome:
    """What a reproduction found.

    ``facts``: its figures by name, as JSON has them; ``tables`` and ``figures``, by name, what is
    written beside them. A figure is drawn when it is asked for.
    """

    findings: tuple[Finding, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    figures: Mapping[str, Callable[[], Figure]] = field(default_factory=dict)


@dataclass(frozen=True)
class Reproduction:
    """A reproduction that was carried out, with what it found and how long that took (s)."""

    name: str
    summary: str
    source: str
    settings: Mapping[str, int | float]
    outcome: Outcome
    seconds: float

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The published figures and claims beside ours."""
        return self.outcome.findings

    @property
    def facts(self) -> Mapping[str, Any]:
        """The figures found, by name."""
        return self.outcome.facts

    @property
    def agrees(self) -> bool:
        """Whether no finding differs from what was published."""
        return all(finding.agrees is not False for finding in self.findings)

    def to_dict(self) -> dict[str, Any]:
        """All of it but tables and pictures, for JSON."""
        return {
            "name": self.name,
            "source": self.source,
            **self.settings,
            **self.facts,
            "findings": [finding._asdict() for finding in self.findings],
            "agrees": self.agrees,
            "seconds": round(self.seconds, 3),
        }


class Cancelled(Exception):
    """The reproduction was asked to stop."""


class Watch:
    """How a reproduction tells its progress, and hears that it shall stop."""

    def __init__(
        self,
        progress: Callable[[float], None] = lambda share: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        self._progress, self.cancelled = progress, cancelled

    def at(self, share: float) -> None:
        """Tell that ``share`` of [0, 1] is done; raises Cancelled once it shall stop."""
        if self.cancelled():
            raise Cancelled
        self._progress(share)

    def part(self, low: float, high: float) -> Watch:
        """The watch of a part, which reaches from ``low`` to ``high`` of the whole."""
        return Watch(lambda share: self._progress(low + (high - low) * share), self.cancelled)


class _File(Protocol):
    SUMMARY: str
    SOURCE: str
    SETTINGS: Sequence[Setting]

    def carry_out(self, watch: Watch, **settings: Any) -> Outcome:
        """Carry it out, with a value for every setting."""


def names() -> list[str]:
    """The names of all reproductions, sorted."""
    found = (module.name for module in pkgutil.iter_modules(__path__))
    return sorted(name.replace("_", "-") for name in found if not name.startswith("_"))


def load(name: str) -> _File:
    """The file of a reproduction; raises BadValue for an unknown one."""
    if name not in (known := names()):
        near = nearest_name(str(name), known) or ", ".join(known)
        raise BadValue("reproduction", "must be one that is known", name, near)
    return cast(_File, importlib.import_module(f"{__name__}.{name.replace('-', '_')}"))


def listed() -> Iterator[tuple[str, _File]]:
    """Every reproduction with its name."""
    return ((name, load(name)) for name in names())


def reproduce(
    name: str,
    *,
    progress: Callable[[float], None] = lambda share: None,
    cancelled: Callable[[], bool] = lambda: False,
    **settings: Any,
) -> Reproduction:
    """Carry out the reproduction of that name, with ``settings`` over its defaults.

    ``progress`` is told shares of [0, 1]. Raises BadValue for an unknown name or setting or a wrong
    value, Cancelled once ``cancelled`` says True.
    """
    file = load(name)
    known = [setting.name for setting in file.SETTINGS]
    for key, value in settings.items():
        if key not in known:
            near = nearest_name(key, known) or ", ".join(known)
            raise BadValue(key, f"is no setting of {name}", value, near)
    taken = {s.name: s.take(settings.get(s.name, s.default)) for s in file.SETTINGS}
    begun = time.monotonic()
    outcome = file.carry_out(Watch(progress, cancelled), **taken)
    seconds = time.monotonic() - begun
    return Reproduction(name, file.SUMMARY, file.SOURCE, taken, outcome, seconds)
