"""Rates, quartiles and tests in the words of a report."""

from __future__ import annotations

from collections.abc import Callable

from workbench.census.proportions import Difference
from workbench.comparison.outcomes import BEST, PairedTest, Quartiles, Rate
from workbench.numerals import MINUS, count, number, percent, ten_to

_LONG = 24  # characters of a name that a sentence does not repeat


def p_value(p: float) -> str:
    """A p value with two significant digits; what is below any float's reach says so."""
    if p < 1e-300:
        return f"< {ten_to(-300)}"
    return f"{p:.3f}" if p >= 0.0995 else number(p, 2)


def rate(found: Rate) -> tuple[str, str]:
    """A success rate and its interval."""
    if not found.count:
        return "–", ""
    return percent(found.share), f"[{percent(found.low)[:-2]}, {percent(found.high)[:-2]}]"


def quartiles(found: Quartiles | None) -> tuple[str, str]:
    """Median and quartiles."""
    if found is None:
        return "–", ""
    return number(found.median), f"[{number(found.low)}, {number(found.high)}]"


def points(share: float) -> str:
    """A difference of shares in percentage points; one that is small is no zero."""
    digits = next((k for k in (1, 2, 3) if round(100 * share, k)), 4 if share else 1)
    return f"{100 * share:+.{digits}f}".replace("-", MINUS)


def effect(test: PairedTest) -> tuple[str, str]:
    """The effect of a test and its interval: percentage points, or a correlation."""
    return _between(points if test.kind == "success" else _correlation, test.effect)


def shifted(test: PairedTest) -> tuple[str, str]:
    """The shift of a test and its interval; nothing of success."""
    return ("–", "") if test.shift is None else _between(number, test.shift)


def _correlation(value: float) -> str:
    return f"{value:+.2f}".replace("-", MINUS)


def _between(write: Callable[[float], str], found: Difference) -> tuple[str, str]:
    return write(found.estimate), f"[{write(found.low)}, {write(found.high)}]"


def reading(test: PairedTest, level: float = 0.05) -> str:
    """What a test says, in one sentence, at ``level`` after the correction."""
    if not test.first_better and not test.second_better:
        return "No start differs."
    won = test.first_better > test.second_better or (
        test.first_better == test.second_better and test.effect.estimate >= 0
    )
    if test.kind != "success" and test.effect.estimate:
        won = test.effect.estimate > 0
    names = [test.first, test.second]
    if max(map(len, names)) > _LONG:  # they stand next to it
        names = ["the first", "the second"]
    better, worse = names if won else names[::-1]
    if test.p_holm > level:
        return "No difference shown."
    if test.kind == "success":
        what = "reached the best minimum" if test.measure.endswith(BEST) else "succeeded"
        sign = 1 if won else -1
        most = 100 * sign * test.effect.estimate
        low, high = sorted(100 * sign * x for x in test.effect[1:])
        text = f"{better} {what} more often than {worse}, by {most:.1f} percentage points "
        limits = f"({low:.1f} to {high:.1f}).".replace("-", MINUS)
        return _sentence(text + limits)
    wins = test.first_better if won else test.second_better
    differing = test.first_better + test.second_better
    what = "ended lower" if test.kind == "loss" else "was faster"
    # The ranks of its wins may outweigh their number.
    by = "" if 2 * wins >= differing else " by larger differences, though"
    text = f"{better} {what} than {worse}{by or ','} from {percent(wins / differing)} of the "
    return _sentence(text + f"{count(differing)} starts that differ.")


def _sentence(text: str) -> str:
    return f"T{text[1:]}" if text.startswith("the ") else text
