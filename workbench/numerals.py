"""Numbers in words for people: significant digits, powers of ten, counts and shares."""

from __future__ import annotations

import math

MINUS = "−"
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float, digits: int = 3) -> str:
    """So many significant digits: 0.0123, 1.23 × 10⁻⁹, ∞, and a dash where there is none."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    if value == 0:
        return "0"
    if value == int(value) and abs(value) < 1e6:
        return f"{int(value)}".replace("-", MINUS)
    mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
    power = int(exponent)
    if -4 <= power < 6:
        text = f"{value:.{max(digits - 1 - power, 0)}f}"
        return text.replace("-", MINUS)
    return f"{mantissa} × {ten_to(power)}".replace("-", MINUS)


def ten_to(power: int) -> str:
    """A power of ten: 10⁻³, 10⁴, and 1 for ``power`` 0."""
    return f"10{str(power).translate(_RAISED)}" if power else "1"


def count(value: int) -> str:
    """A count with narrow spaces, at which no line breaks, between thousands."""
    return f"{value:,}".replace(",", "\u202f")


def percent(share: float, digits: int = 1) -> str:
    """A share as a percentage, no decimals lost at either end: 0 % is none, 100 % is all."""
    if math.isnan(share):
        return "–"
    text = f"{100 * share:.{digits}f}"
    if (share > 0 and float(text) == 0) or (share < 1 and float(text) == 100):
        if digits < 4:
            return percent(share, digits + 1)
        return "< 0.0001 %" if share < 0.5 else "> 99.9999 %"
    return f"{text} %".replace("-", MINUS)
