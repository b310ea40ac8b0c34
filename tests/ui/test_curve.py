"""Thinned curves keep every extreme, however the rows arrive."""

from __future__ import annotations

import numpy as np
import pytest

from ui.curve import GrowingCurve


@pytest.mark.parametrize("pieces", [[20000], [1, 63, 64, 65, 9000, 1, 1, 12345], [7] * 3000])
def test_thinned_keeps_extremes_and_order(pieces):
    rng = np.random.default_rng(1)
    n = sum(pieces)
    rows = np.column_stack([np.arange(n), rng.normal(size=n), rng.normal(size=n)])
    rows[100:300, 2] = np.nan
    curve = GrowingCurve(2)
    for part in np.split(rows, np.cumsum(pieces)[:-1]):
        curve.append(part)
    assert np.array_equal(curve.rows(), rows, equal_nan=True)
    thin = curve.thinned()
    assert len(thin) <= n / 32 + 64
    assert (np.diff(thin[:, 0]) >= 0).all()
    # Whatever window of the curve is looked at, its extremes differ by less than a block.
    for begin in range(0, n - 1000, 777):
        inside = thin[(thin[:, 0] >= begin) & (thin[:, 0] <= begin + 1000)]
        part = rows[begin + 64 : begin + 1000 - 64, 1]
        assert inside[:, 1].max() >= part.max()
        assert inside[:, 1].min() <= part.min()
    assert np.nanmax(thin[:, 2]) == np.nanmax(rows[:, 2])


def test_few_rows_are_drawn_as_they_are():
    rows = np.column_stack([np.arange(500.0), np.sin(np.arange(500.0))])
    curve = GrowingCurve(1)
    curve.append(rows)
    assert np.array_equal(curve.thinned(), rows)
    curve.clear()
    assert len(curve) == 0
    assert len(curve.thinned()) == 0
