"""Basin maps of surfaces, against gradient flow integrated by SciPy and plain loops."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import workbench as wb
from workbench.descents.surface import Surface
from workbench.maps.basin_map import AT_REST, DIVERGED, NOT_CONVERGED, PENDING
from workbench.maps.basins_report import colours, image, save
from workbench.maps.basins_surface import states


def himmelblau_slope(p):
    a, b = p[0] ** 2 + p[1] - 11.0, p[0] + p[1] ** 2 - 7.0
    return np.array([4 * p[0] * a + 2 * b, 2 * a + 4 * p[1] * b])


@pytest.fixture(scope="module")
def himmelblau():
    return wb.basins("himmelblau", resolution=64)


def test_a_pixel_has_the_minimum_that_the_gradient_flow_reaches(himmelblau):
    x, y = himmelblau.window.axes(himmelblau.label.shape)
    rng = np.random.default_rng(0)
    label = himmelblau.label
    inner = np.ones_like(label, bool)
    for axis in (0, 1):
        for shift in (-1, 1):
            inner &= label == np.roll(label, shift, axis)
    rows, columns = np.nonzero(inner)  # a boundary may differ: descents make steps, flows none
    for k in rng.choice(len(rows), 25, replace=False):
        i, j = rows[k], columns[k]
        flow = solve_ivp(lambda t, p: -himmelblau_slope(p), (0, 5), [x[j], y[i]], rtol=1e-8)
        m = himmelblau.minima[label[i, j]]
        np.testing.assert_allclose(flow.y[:, -1], [m.x, m.y], atol=1e-3)


def test_the_table_holds_the_known_minima_and_shares_of_the_area(himmelblau):
    table = himmelblau.table()
    assert len(table) == 4
    assert all(row["known"] and row["global"] for row in table)
    shares = [np.mean(himmelblau.label == row["label"]) for row in table]
    assert [row["share"] for row in table] == pytest.approx(shares)
    assert sum(shares) == pytest.approx(1.0)
    assert himmelblau.summary()["not_converged"] == 0.0


def test_a_map_is_refined_and_keeps_what_it_has():
    made = list(states("six_hump_camel", resolution=[40, 24]))
    assert [state.stride for state in made] == [8, 4, 2, 1]
    for early, late in pairwise(made):
        known = early.label != PENDING
        assert known.sum() == -(-40 // early.stride) * -(-24 // early.stride)
        np.testing.assert_array_equal(late.label[known], early.label[known])
        np.testing.assert_array_equal(late.steps[known], early.steps[known])
    one = wb.basins("six_hump_camel", resolution=[40, 24], threads=1)
    np.testing.assert_array_equal(one.label, made[-1].label)
    assert one.minima == made[-1].minima


def test_a_cancelled_map_is_that_of_the_pass_before():
    asked = []

    def cancelled():
        asked.append(0)
        return len(asked) > 2

    *_, last = states("bowl", resolution=32, cancelled=cancelled)
    assert 1 < last.stride <= 8
    assert (last.label != PENDING).sum() == (32 // last.stride) ** 2
    *_, none = states("bowl", resolution=32, cancelled=lambda: True)
    assert none.stride == 0
    assert (none.label == PENDING).all()


def test_what_is_no_minimum_has_a_label_of_its_own():
    rule = {"name": "sgd", "learning_rate": 1.5}
    assert (wb.basins("bowl", resolution=8, optimizer=rule, steps=3000).label == DIVERGED).all()
    slow = {"name": "sgd", "learning_rate": 1e-9}
    label = wb.basins("himmelblau", resolution=16, optimizer=slow, steps=2).label
    assert (label == NOT_CONVERGED).any()  # on the hill between the minima
    saddle = wb.basins("six_hump_camel", resolution=3, window=[-1e-3, 1e-3, -1e-3, 1e-3])
    assert saddle.label[1, 1] == AT_REST
    assert (saddle.label[[0, 2]] >= 0).all()


def test_a_minimum_outside_the_list_gets_a_label():
    surface = Surface.of("himmelblau")
    found = wb.basins(replace(surface, minima=surface.minima[1:]), resolution=16)
    new = [m for m in found.minima if not m.known]
    assert len(new) == 1
    assert (new[0].x, new[0].y) == pytest.approx((3.0, 2.0), abs=1e-6)


def test_other_optimizers_reach_the_same_minima():
    rule = {"name": "adam", "learning_rate": 0.05}
    found = wb.basins("rosenbrock", resolution=16, optimizer=rule, steps=3000)
    assert (found.label == 0).mean() > 0.95
    assert found.about["optimizer"]["learning_rate"] == 0.05


def test_what_is_written_is_what_was_computed(himmelblau, tmp_path):
    result = save(himmelblau, tmp_path)
    with np.load(tmp_path / "basins.npz", allow_pickle=False) as held:
        np.testing.assert_array_equal(held["label"], himmelblau.label)
        np.testing.assert_array_equal(held["steps"], himmelblau.steps)
    with (tmp_path / "minima.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [float(row["share"]) for row in rows] == [row["share"] for row in himmelblau.table()]
    assert json.loads((tmp_path / "result.json").read_text()) == result
    for name in ("basins.png", "basins.svg"):
        assert (tmp_path / name).stat().st_size > 1000


def test_colours_tell_basins_apart(himmelblau):
    flat = image(himmelblau, shaded=False)
    for label, colour in colours(himmelblau).items():
        pixels = flat[himmelblau.label == label]
        assert (pixels == np.round(255 * np.array(colour))).all()
    assert len({colours(himmelblau)[k] for k in range(4)}) == 4
    darker = image(himmelblau).sum(2) <= flat.sum(2)
    assert darker.all()


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"optimizer": "sdg"}, "optimizer"),
        ({"steps": 0}, "steps"),
        ({"window": [1, 0, 0, 1]}, "window"),
        ({"resolution": 1}, "resolution"),
        ({"dtype": "int8"}, "dtype"),
        ({"schedule": "linear"}, "schedule"),
    ],
)
def test_bad_input_is_told_at_once(options, field):
    with pytest.raises(wb.BadValue, match=field):
        states("bowl", **options)
    with pytest.raises(wb.BadValue, match="surface"):
        states("bowls")


def test_a_formula_has_the_minima_that_calculus_gives():
    made = wb.basins(Surface.of("x^4 - x^2 + y^2", [-2, 2, -1, 1]), resolution=33)
    assert made.window.sides == (-2, 2, -1, 1)
    assert made.about["surface"] == "x^4 - x^2 + y^2"
    at = sorted((m.x, m.y, m.value) for m in made.minima)
    np.testing.assert_allclose(at, [(-(0.5**0.5), 0, -0.25), (0.5**0.5, 0, -0.25)], atol=1e-6)
    x, _ = made.window.axes(made.label.shape)
    reached = np.array([m.x for m in made.minima])[np.maximum(made.label, 0)]
    assert (np.sign(reached) == np.sign(x))[:, x != 0].all()
    assert (made.label[:, x == 0] == AT_REST).all()  # on the ridge, down to the saddle
