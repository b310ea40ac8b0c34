"""Numbers on logarithmic axes: there are some, and they keep apart."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PyQt6.QtGui import QFontMetricsF
from PyQt6.QtWidgets import QApplication

from ui.log_axis import LogAxis

RANGES = [(-14.2, -3.4), (-30.0, 2.0), (-3.1, -0.2), (0.7, 2.1), (-0.4, 0.4), (0.1, 0.5)]


@pytest.mark.parametrize("side", ["bottom", "left"])
@pytest.mark.parametrize("size", [150.0, 300.0, 500.0, 1000.0])
@pytest.mark.parametrize(("low", "high"), RANGES)
def test_numbers_keep_apart(qtbot, side, size, low, high):
    axis = LogAxis(side)
    ((spacing, places),) = axis.logTickValues(low, high, size, None)
    texts = axis.logTickStrings(places, 1.0, spacing)
    assert 1 <= len(set(texts)) == len(places)
    assert len(places) >= 2 or high - low < 1.0 or size < 200.0
    metrics = QFontMetricsF(QApplication.font())
    pixels = [size * (place - low) / (high - low) for place in places]
    for (a, b), (first, second) in zip(pairwise(pixels), pairwise(texts), strict=True):
        if side == "left":
            assert b - a > 0.8 * metrics.height()
        else:
            wide = metrics.horizontalAdvance(first) + metrics.horizontalAdvance(second)
            assert b - a > wide / 2
