"""What a hyper-parameter may be: a number in an interval, one of some words, or a line of text.

Kernels take numbers only; words and texts are for items that are not handed to kernels, such as
data sets and starting points read from files. ``Domain.take`` checks one value.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

MOST_CHARACTERS = 4096


class BadHyper(ValueError):
    """A hyper-parameter that is unknown or out of its range.

    ``field`` is the hyper-parameter, ``rule`` what it must be, ``value`` what it was and
    ``nearest`` the nearest valid name or value.
    """

    def __init__(self, field: str, rule: str, value: object, nearest: object) -> None:
        super().__init__(f"{field} {rule}, got {value!r}; nearest valid: {nearest}")
        self.field, self.rule, self.value, self.nearest = field, rule, value, nearest


def nearest_names(name: str, known: list[str], count: int = 3) -> list[str]:
    """Up to ``count`` names of ``known`` closest to ``name`` in spelling, best first."""
    folded = {k.lower().replace("-", "_"): k for k in known}
    close = difflib.get_close_matches(
        name.lower().replace("-", "_"), list(folded), n=count, cutoff=0.3
    )
    return [folded[k] for k in close]


def nearest_name(name: str, known: list[str]) -> str | None:
    """The one closest name, or None where nothing is similar."""
    return next(iter(nearest_names(name, known, 1)), None)


class Domain(Protocol):
    """The values that a hyper-parameter may have; ``text`` says which, for people."""

    @property
    def text(self) -> str: ...

    def take(self, name: str, value: Any, default: Any) -> Any:
        """``value`` as it is kept; raises BadHyper for the hyper-parameter ``name``."""


@dataclass(frozen=True)
class Range:
    """An interval of numbers, written as in mathematics: ``(0, inf)``, ``[0, 1)``.

    The word ``integer`` before it admits whole numbers only.
    """

    text: str
    low: float = field(init=False)
    high: float = field(init=False)
    integer: bool = field(init=False)

    def __post_init__(self) -> None:
        low, high = self.text.removeprefix("integer ").strip("[]()").split(",")
        object.__setattr__(self, "low", float(low))
        object.__setattr__(self, "high", float(high))
        object.__setattr__(self, "integer", self.text.startswith("integer "))

    def holds(self, value: float) -> bool:
        """Whether ``value`` lies in the interval (NaN never does)."""
        above = value > self.low if "(" in self.text else value >= self.low
        below = value < self.high if ")" in self.text else value <= self.high
        return above and below and not (self.integer and value != math.floor(value))

    def nearest(self, value: float) -> float:
        """The valid value closest to ``value``; just inside where the end is open."""
        if value != value:
            return self.nearest(1.0)
        low, high = self.low, self.high
        if "(" in self.text:
            low = low + 1e-6 if math.isfinite(low) else -1e300
        if ")" in self.text:
            high = high - 1e-6 if math.isfinite(high) else 1e300
        clipped = min(max(value, low), high)
        return float(round(clipped)) if self.integer else clipped

    def take(self, name: str, value: Any, default: Any) -> float:
        """``value`` as a float; raises BadHyper."""
        rule = f"must be a number in {self.text}"
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise BadHyper(name, rule, value, default)
        try:
            number = float(value)
        except OverflowError:
            raise BadHyper(name, rule, value, self.nearest(math.inf)) from None
        if not self.holds(number):
            raise BadHyper(name, rule, value, f"{self.nearest(number):g}")
        return number


@dataclass(frozen=True)
class Words:
    """One of some words. ``words`` may be a function, for lists that grow as files register."""

    words: tuple[str, ...] | Callable[[], Iterable[str]]

    @property
    def choices(self) -> list[str]:
        """The words, in their order."""
        return list(self.words() if callable(self.words) else self.words)

    @property
    def text(self) -> str:
        """The words with bars between them."""
        return " | ".join(self.choices)

    def take(self, name: str, value: Any, default: Any) -> str:
        """``value`` if it is one of the words; raises BadHyper."""
        known = self.choices
        if isinstance(value, str) and value in known:
            return value
        near = nearest_name(value, known) if isinstance(value, str) else None
        raise BadHyper(name, f"must be one of {', '.join(known)}", value, near or default)


@dataclass(frozen=True)
class Text:
    """One line of text: ``what`` it is (``a formula``), checked by ``check(name, value)``.

    ``check`` returns the text as it is kept, or raises BadHyper.
    """

    what: str
    check: Callable[[str, str], str] | None = None

    @property
    def text(self) -> str:
        """What the text is."""
        return self.what

    def take(self, name: str, value: Any, default: Any) -> str:
        """``value`` if it is one printable line; raises BadHyper."""
        near = default or f"{self.what} in quotes"
        if not isinstance(value, str):
            raise BadHyper(name, f"must be {self.what}, as text", value, near)
        if not value.isprintable() or len(value) > MOST_CHARACTERS:
            rule = f"must be one line of at most {MOST_CHARACTERS} printable characters"
            raise BadHyper(name, rule, value, near)
        return self.check(name, value) if self.check else value


@dataclass(frozen=True)
class FilePath(Text):
    """The path of a file whose content is part of what the item stands for.

    Empty text means no file yet, or, where it is ``optional``, that none is wanted; who reads the
    file says what is wrong with it.
    """

    what: str = "the path of a file"
    optional: bool = False
