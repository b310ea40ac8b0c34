"""Adaptive grids, held against the same grids computed whole."""

from __future__ import annotations

import numpy as np
import pytest

import workbench as wb
from workbench.landscape import adaptive, heights_over, plane_of_path
from workbench.landscape.adaptive import TOLERANCE, doubled

SIDE = 129


@pytest.fixture(scope="module")
def scene():
    run = wb.Run(wb.Experiment.preset("tutorial"))
    run.step(60)
    plane = plane_of_path(run.trail()[1])
    along, across = np.linspace(-3.0, 3.0, SIDE), np.linspace(-2.0, 2.0, SIDE)
    return run.model, plane, along, across


def test_is_true_to_a_colour_and_exact_where_it_computed(scene):
    model, plane, along, across = scene
    whole = heights_over(model, plane, along, across)
    made = adaptive(model, plane, along, across)
    assert made.stride == 1
    assert np.array_equal(made.values[made.known], whole[made.known])
    assert np.abs(made.values - whole).max() <= TOLERANCE * np.ptp(whole)
    assert made.known.mean() < 0.5


def test_steps_are_followed_to_the_last_point(scene):
    """Accuracies are constant but for cliffs, where nothing can be interpolated."""
    model, plane, along, across = scene
    whole = heights_over(model, plane, along, across, "accuracy")
    made = adaptive(model, plane, along, across, "accuracy")
    wrong = np.abs(made.values - whole) > TOLERANCE * np.ptp(whole)
    # Cliffs run along points that were computed; what lies within a cell's reach may be missed.
    assert wrong.mean() < 0.02


def test_colours_decide_what_is_computed(scene):
    """On colours that tell finer differences apart more points are computed."""
    model, plane, along, across = scene
    whole = heights_over(model, plane, along, across)

    def fine(values):
        return 16.0 * values / np.ptp(whole)

    few = adaptive(model, plane, along, across)
    made = adaptive(model, plane, along, across, place=fine)
    assert np.abs(fine(made.values) - fine(whole)).max() <= 2 * TOLERANCE
    assert made.known.sum() > few.known.sum()


@pytest.mark.parametrize("most", [17 * 17, 33 * 33, 1500])
def test_keeps_to_the_most_points(scene, most):
    model, plane, along, across = scene
    made = adaptive(model, plane, along, across, most=most)
    assert made.known.sum() <= most
    assert np.array_equal(made.along, along[:: made.stride])
    assert made.values.shape == (len(made.across), len(made.along))
    assert np.isfinite(made.values).all()


def test_gives_back_what_is_known_when_cancelled(scene):
    model, plane, along, across = scene
    asked = []

    def cancelled():
        asked.append(1)
        return len(asked) > 12

    made = adaptive(model, plane, along, across, cancelled=cancelled)
    assert made.stride > 1


def test_infinite_heights_stay_where_they_are(scene):
    model, plane, _, _ = scene
    far = np.linspace(-1e22, 1e22, 65)
    with np.errstate(all="ignore"):
        whole = heights_over(model, plane, far, far)
        made = adaptive(model, plane, far, far)
    assert np.array_equal(np.isfinite(made.values), np.isfinite(whole))


def test_doubling_is_exact_for_cubics():
    x, y = np.linspace(-1.0, 1.0, 9), np.linspace(0.0, 2.0, 7)

    def cubic(x, y):
        return (x**3 - 2.0 * x)[None, :] * (y**3 + y**2 - 1.0)[:, None]

    fine = cubic(np.linspace(-1.0, 1.0, 17), np.linspace(0.0, 2.0, 13))
    assert np.allclose(doubled(cubic(x, y)), fine, atol=1e-12)
