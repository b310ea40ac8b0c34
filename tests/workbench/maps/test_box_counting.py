"""Box counting on sets whose dimension is known."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from workbench.maps.box_counting import box_counts, box_dimension, published_slopes


def drawn(segments, size):
    """The pixels that polylines through complex ``segments`` in the unit square pass."""
    image = np.zeros((size, size), bool)
    for a, b in pairwise(segments):
        points = a + (b - a) * np.linspace(0, 1, max(int(3 * size * abs(b - a)), 2))
        row, column = (
            np.clip((v * size).astype(int), 0, size - 1) for v in (points.imag, points.real)
        )
        image[row, column] = True
    return image


def koch(level):
    points = np.array([0.02 + 0.3j, 0.98 + 0.3j])
    for _ in range(level):
        a, b = points[:-1], points[1:]
        third = (b - a) / 3
        peak = a + third + third * np.exp(1j * np.pi / 3)
        parts = np.column_stack([a, a + third, peak, a + 2 * third])
        points = np.append(parts.ravel(), points[-1])
    return points


def sierpinski(size):
    rows, columns = np.indices((size, size))
    return (rows & columns) == 0


SETS = {
    "line": (lambda: drawn([0.05 + 0.1j, 0.95 + 0.8j], 1024), 1.0),
    "square": (lambda: np.ones((512, 512), bool), 2.0),
    "koch": (lambda: drawn(koch(6), 1458), np.log(4) / np.log(3)),
    "sierpinski": (lambda: sierpinski(1024), np.log(3) / np.log(2)),
}


@pytest.mark.parametrize("name", SETS)
def test_the_dimension_of_a_known_set(name):
    make, dimension = SETS[name]
    found = box_dimension(make())
    assert found.value == pytest.approx(dimension, abs=0.05)
    assert 0 <= found.standard_error < 0.06
    assert len(found.sizes) >= 8


def test_counts_are_those_of_a_loop():
    image = np.random.default_rng(0).random((40, 30)) < 0.05
    for size in (1, 3, 7):
        boxes = {(i // size, j // size) for i, j in zip(*np.nonzero(image), strict=True)}
        assert box_counts(image, np.array([size]), offsets=1)[0] == len(boxes)


def test_too_small_a_set_has_no_dimension():
    image = np.zeros((64, 64), bool)
    image[3, 3] = True
    found = box_dimension(image)
    assert np.isnan(found.value)
    assert found.summary()["dimension"] is None


def test_the_published_count_leaves_out_boxes_that_are_full():
    edges = np.zeros((200, 200), bool)
    edges[100] = True
    # PoreSpy's sizes for 200 pixels; a line of one pixel fills no box.
    assert np.median(published_slopes(edges)) == pytest.approx(1.0, abs=0.1)
    assert not len(published_slopes(np.ones((200, 200), bool)))
