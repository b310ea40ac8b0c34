"""An axis whose logarithmic scale has numbers however few decades it spans."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg

_NARROW, _WIDE = 0.7, 3.0  # decades with too few, and with enough, powers of ten
_ROOM = {"left": 22.0, "right": 22.0, "top": 56.0, "bottom": 56.0}  # pixels that a number takes


def short(number: float, digits: int) -> str:
    """A number rounded to so many digits, without an exponent where it has at most six places."""
    return f"{float(f'{number:.{digits}g}'):.{max(digits, 6)}g}"


class LogAxis(pg.AxisItem):
    """On a logarithmic scale numbers stand at 1, 2 and 5 times a power of ten, or at some of the
    powers, so that they keep apart."""

    def logTickValues(self, low: float, high: float, size: float, std: Any) -> Any:
        """The places of ticks, in decimal logarithms, all of one level; ``size`` in pixels."""
        if high - low < _NARROW:
            a, b = 10.0**low, 10.0**high
            unit = 10.0 ** np.floor(np.log10((b - a) / 3))
            step = next(k * unit for k in (10.0, 5.0, 2.0, 1.0) if k * unit <= (b - a) / 3)
            return [(1.0, np.log10(np.arange(np.ceil(a / step), b / step) * step).tolist())]
        most = max(size / _ROOM[self.orientation], 2.0)
        # From 1 to 2 and from 5 to 10 are 0.3 of a decade each.
        parts = np.zeros(1)
        if high - low <= min(_WIDE, 0.3 * most):
            parts = np.log10((1.0, 2.0, 5.0))
        stride = max(int(np.ceil((high - low) / most)), 1)
        powers = np.arange(np.floor(low), np.ceil(high) + 1, stride)
        places = (powers[:, None] + parts).ravel()
        return [(1.0, [p for p in places.tolist() if low <= p <= high])]

    def logTickStrings(self, values: Any, scale: float, spacing: float) -> list[str]:
        """Numbers with as few digits as tell them apart, three at least."""
        numbers = [10.0**v for v in values]
        for digits in range(3, 17):
            texts = [short(number, digits) for number in numbers]
            if len(set(texts)) == len(texts):
                break
        return texts
