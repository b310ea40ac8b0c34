"""Windows, and the order in which a map fills up."""

from __future__ import annotations

import numpy as np
import pytest

import workbench as wb
from workbench.maps.pixels import Window, filled, passes, resolution


@pytest.mark.parametrize("shape", [(16, 16), (13, 21), (3, 2), (8, 9)])
def test_every_pixel_is_named_once_and_coarse_ones_first(shape):
    seen = []
    for stride, pixels in passes(shape):
        rows, columns = np.unravel_index(np.concatenate([*seen, pixels]), shape)
        assert len(rows) == -(-shape[0] // stride) * -(-shape[1] // stride)
        assert not (rows % stride).any()
        assert not (columns % stride).any()
        seen.append(pixels)
    assert sorted(np.concatenate(seen)) == list(range(shape[0] * shape[1]))


def test_blocks_show_their_first_pixel():
    image = np.arange(12).reshape(3, 4)
    assert filled(image, 2).tolist() == [[0, 0, 2, 2], [0, 0, 2, 2], [8, 8, 10, 10]]


@pytest.mark.parametrize(
    "value", [[1, 0, 0, 1], [0, 1, 0], "a", [0, 1, 0, float("inf")], [0, 1, 0, "b"], [0, 0, 0, 1]]
)
def test_bad_windows_are_told(value):
    with pytest.raises(wb.BadValue, match="window"):
        Window.of(value)


def test_a_resolution_is_one_number_or_two():
    assert resolution(7) == (7, 7)
    assert resolution([4, 9]) == (9, 4)
    for bad in (1, 10**6, "x", [1, 2, 3], 2.5, True):
        with pytest.raises(wb.BadValue, match="resolution"):
            resolution(bad)
