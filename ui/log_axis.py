"""An axis whose logarithmic scale has numbers however few decades it spans."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg

_NARROW, _WIDE = 0.7, 3.0  # decades with too few, and with enough, powers of ten
_MOST_POWERS = 6


def short(number: float, digits: int) -> str:
    """A number rounded to so many digits, without an exponent where it has at most six places."""
    return f"{float(f'{number:.{digits}g}'):.{max(digits, 6)}g}"


class LogAxis(pg.AxisItem):
    """On a logarithmic scale numbers stand at 1, 2 and 5 times a power of ten, or at some of the
    powers, so that they keep apart."""

    def logTickValues(self, low: float, high: float, size: float, std: Any) -> Any:
        """The places of ticks, in decimal logarithms, all of one level."""
        if high - low < _NARROW:
            a, b = 10.0**low, 10.0**high
            unit = 10.0 ** np.floor(np.log10((b - a) / 3))
            step = next(k * unit for k in (10.0, 5.0, 2.0, 1.0) if k * unit <= (b - a) / 3)
            return [(1.0, np.log10(np.arange(np.ceil(a / step), b / step) * step).tolist())]
        parts = np.log10((1.0, 2.0, 5.0)) if high - low <= _WIDE else np.zeros(1)
        stride = max(int((high - low) / _MOST_POWERS), 1)
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
