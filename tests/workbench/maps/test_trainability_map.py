"""Trainability maps: the published network in plain NumPy, and what a map promises."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import workbench as wb
from workbench.maps import threefry
from workbench.maps.pixels import Window
from workbench.maps.trainability_map import Map, states
from workbench.maps.trainability_report import MapFolder, shades
from workbench.maps.trainability_settings import NAMES, setting
from workbench.maps.trainability_zoom import busiest, zoom

STEPS = 25


def published(name, rates, steps):
    """The paper's network and measure, section 2, with its own weights and rates; NumPy."""
    rng, own = threefry.split(threefry.key(0))
    w0, w1 = (
        threefry.normal(k, s) for k, s in zip(threefry.split(own), ((16, 16), (16, 1)), strict=True)
    )
    n = {"single": 1, "identity": 16}.get(name, 272)
    rng, own = threefry.split(rng)
    x = threefry.normal(own, (n, 16))
    rng, own = threefry.split(rng)
    y = threefry.normal(own, (n, 1))
    gain = 1.0 if name == "identity" else np.sqrt(2.0)
    f, slope = {
        "identity": (lambda z: z, lambda a: np.ones_like(a)),
        "relu": (lambda z: np.maximum(z, 0.0), lambda a: (a > 0.0) * 1.0),
    }.get(name, (np.tanh, lambda a: 1.0 - a * a))
    losses = []
    keys = threefry.split(threefry.key(42), steps)
    for step in range(steps):
        losses.append(np.mean((f(gain * x @ w0 / 4.0) @ w1 / 16.0 - y) ** 2))
        some = threefry.integers(keys[step], 16, n) if name == "minibatch" else np.arange(n)
        a = f(gain * x[some] @ w0 / 4.0)
        wish = 2.0 * (a @ w1 / 16.0 - y[some]) / len(some) / 16.0
        below = (wish @ w1.T) * slope(a) * gain / 4.0
        w0, w1 = w0 - rates[0] * x[some].T @ below, w1 - rates[1] * a.T @ wish
    v = np.array(losses)
    v = np.minimum(np.where(np.isfinite(v), v, 1e6) / v[0], 1e6)
    return -v.sum() if v[-20:].mean() < 1.0 else (1.0 / v).sum()


@pytest.mark.parametrize("name", NAMES)
def test_a_pixel_is_the_published_training(name):
    window = Window(-1.0, 1.5, -0.5, 2.5)
    found = wb.trainability(name, steps=STEPS, window=window, resolution=[3, 2])
    x, y = window.axes(found.measure.shape)
    with np.errstate(all="ignore"):
        expected = [[published(name, (10.0**a, 10.0**b), STEPS) for a in x] for b in y]
    np.testing.assert_allclose(found.measure, expected, rtol=1e-6)


def test_a_linear_network_of_one_point_loses_its_footing_where_theory_says():
    # One hidden layer held still: y ← W₁ a is a quadratic of curvature 2 |a|² / 16², whose
    # descent diverges at rates above 2 / curvature.
    made = setting("single", steps=200)
    x = np.asarray(made.samples.inputs)[0]
    a = np.tanh(x @ made.start[:256].reshape(16, 16))
    edge = np.log10(2.0 / (2.0 * (a @ a) / 256.0))
    window = [-12.0, -11.0, edge - 0.02, edge + 0.02]
    found = wb.trainability(made, window=window, resolution=[2, 8])
    np.testing.assert_array_equal(found.converged[:, 0], [True] * 4 + [False] * 4)


def test_a_map_is_refined_and_does_not_depend_on_threads():
    made = list(states("single", steps=STEPS, resolution=[20, 12]))
    assert [state.stride for state in made] == [8, 4, 2, 1]
    for early, late in pairwise(made):
        known = np.isfinite(early.measure)
        assert known.sum() == -(-20 // early.stride) * -(-12 // early.stride)
        np.testing.assert_array_equal(late.measure[known], early.measure[known])
    one = wb.trainability("single", steps=STEPS, resolution=[20, 12], threads=1)
    np.testing.assert_array_equal(one.measure, made[-1].measure)
    *_, none = states("single", steps=STEPS, resolution=12, cancelled=lambda: True)
    assert none.stride == 0
    assert np.isnan(none.measure).all()


def test_an_experiment_has_a_map_too():
    experiment = wb.Experiment.preset("edge_of_stability").replace(stop={"steps": 30})
    window = [-1.0, 1.0, -1.0, 1.0]
    found = wb.trainability(experiment, window=window, resolution=[3, 2], axes="scale")
    assert found.measure.shape == (2, 3)
    # The middle column has the experiment's own starting point.
    run = wb.run(experiment.replace(optimizer={"learning_rate": 0.1}))
    v = run.loss[:30] / run.loss[0]
    assert found.measure[0, 1] == pytest.approx(-v.sum(), rel=1e-6)
    with pytest.raises(wb.BadValue, match="optimizer"):
        wb.trainability(experiment.replace(optimizer="adam"))


def image_of(converged):
    measure = np.where(converged, -1.0, 1.0)
    return Map(setting("single", steps=20), "rates", Window(0, 1, 0, 1), measure, 1)


def test_a_straight_boundary_has_dimension_one():
    rows, columns = np.indices((256, 256))
    made = image_of(rows > 0.4 * columns + 30)
    assert made.dimension().value == pytest.approx(1.0, abs=0.05)
    slopes = made.published_slopes()
    assert np.median(slopes) == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("toward", ["busiest", "random"])
def test_a_zoom_stays_inside_and_on_the_boundary(tmp_path, toward):
    first = wb.trainability("single", steps=STEPS, resolution=32)
    maps = [first, *zoom(first, 2, toward=toward, seed=3)]
    assert len(maps) == 3
    for outer, inner in pairwise(maps):
        a, b = outer.window, inner.window
        assert a.x_low - 1e-9 <= b.x_low < b.x_high <= a.x_high + 1e-9
        assert a.y_low - 1e-9 <= b.y_low < b.y_high <= a.y_high + 1e-9
        assert b.x_high - b.x_low == pytest.approx(0.5 * (a.x_high - a.x_low))
        assert inner.boundary().any()
        assert toward == "random" or busiest(outer) == b
    folder = MapFolder(tmp_path)
    for each in maps:
        folder.add(each)
    result = folder.finish()
    assert result["published_dimension"] == 1.41
    slopes = np.concatenate([each.published_slopes() for each in maps])
    assert result["dimension_published_procedure"] == np.median(slopes)
    with np.load(tmp_path / "map_1.npz", allow_pickle=False) as held:
        np.testing.assert_array_equal(held["measure"], maps[1].measure)
    for name in ("map_0.png", "map_2.svg", "dimension.png", "dimension.svg", "boxes.csv"):
        assert (tmp_path / name).stat().st_size > 100


def test_a_random_zoom_goes_elsewhere_with_another_seed():
    first = wb.trainability("single", steps=STEPS, resolution=32)
    windows = [next(zoom(first, 1, toward="random", seed=seed)).window for seed in (0, 0, 1)]
    assert windows[0] == windows[1] != windows[2]


def test_a_map_that_follows_the_boundary_has_the_whole_map_s_boundary():
    options = {"steps": 100, "window": [1.0, 3.0, 0.5, 2.5], "resolution": [300, 257]}
    whole = wb.trainability("single", **options)
    followed = wb.trainability("single", follow=True, **options)
    assert whole.boundary().sum() > 300
    missed = whole.boundary() & ~followed.boundary()
    assert missed.sum() < 0.01 * whole.boundary().sum()
    # What was trained agrees to the bit, and the rest lies on the same side.
    same = followed.measure == whole.measure
    assert 0.01 < same.mean() < 1.0
    assert followed.trained < 0.5 * whole.measure.size
    assert (followed.converged == whole.converged).mean() > 0.999
    assert not np.isnan(followed.measure).any()


def test_shades_keep_the_sides_apart_and_the_order():
    measure = np.array([[-400.0, -3.0, np.nan], [0.5, 20.0, 300.0]])
    found = shades(measure)
    assert np.isnan(found[0, 2])
    assert found[0].tolist()[:2] == [1.0, 0.25]
    np.testing.assert_allclose(found[1], [-0.25, -0.625, -1.0])


@pytest.mark.parametrize(
    ("options", "field"),
    [({"axes": "rate"}, "axes"), ({"steps": 3}, "steps"), ({"window": [0, 0, 1, 1]}, "window"),
     ({"source": "tan"}, "setting"), ({"seed": -1}, "seed")],
)  # fmt: skip
def test_bad_input_is_told_at_once(options, field):
    with pytest.raises(wb.BadValue, match=field):
        states(**options)
