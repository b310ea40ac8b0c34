"""The one kind of error that users see: field, rule, value, nearest valid, on one line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class WorkbenchError(ValueError):
    """Bad input. The message is one line; the command line prints it and exits with code 2."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(str(message).split()))


class BadValue(WorkbenchError):
    """A field of an experiment that breaks a rule.

    ``field`` is the dotted name (``optimizer.learning_rate``), ``rule`` what holds for it,
    ``value`` what it was, ``nearest`` the nearest valid value or names.
    """

    def __init__(self, field: str, rule: str, value: object, nearest: object) -> None:
        shown, near = _short(value, repr), _short(nearest, str)
        super().__init__(f"{_short(field, str)}: {rule}, got {shown}; nearest valid: {near}")
        self.field, self.rule, self.value, self.nearest = field, rule, value, nearest

    def __reduce__(self) -> tuple[Any, ...]:
        """As it was raised: exceptions travel between processes by their message alone."""
        return type(self), (self.field, self.rule, self.value, self.nearest)


def _short(value: object, write: Callable[[object], str], most: int = 120) -> str:
    try:
        text = write(value)
    except (ValueError, RecursionError):
        # Python refuses to write integers of thousands of digits, and lists nested too deep.
        text = f"{type(value).__name__} too large to show"
    return text if len(text) <= most else text[: most - 3] + "..."
