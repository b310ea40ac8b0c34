"""The one kind of error that users see: field, rule, value, nearest valid, on one line."""

from __future__ import annotations


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
        shown = repr(value)
        if len(shown) > 80:
            shown = shown[:77] + "..."
        super().__init__(f"{field}: {rule}, got {shown}; nearest valid: {nearest}")
        self.field, self.rule, self.value, self.nearest = field, rule, value, nearest
