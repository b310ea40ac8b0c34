"""What a plane says of a path is true of the path."""

from __future__ import annotations

import numpy as np
import pytest

import workbench as wb
from workbench.landscape import Path, Plane, judge, plane_of_path
from workbench.landscape.honesty import apart


@pytest.fixture(scope="module")
def run(full_batch):
    made = wb.Run(full_batch)
    made.step(150)
    return made


@pytest.fixture(scope="module")
def path(run):
    steps, trail = run.trail()
    return Path(steps, np.asarray(trail, np.float64))


def test_true_and_shown_losses_are_the_networks(run, path, plain_tutorial):
    plane = Plane(path.points[-1], np.eye(158)[[3, 99]], "test")
    fit = judge(run.model, plane, path)
    train = run.model.data.train
    for k in (0, 5, len(path.points) - 1):
        point = path.points[k]
        wanted = plain_tutorial.loss(point, train.inputs, train.targets)
        assert fit.loss[k] == pytest.approx(wanted, rel=1e-4)
        # The nearest point of this plane has the path's parameters 3 and 99, and else the last.
        nearest = path.points[-1].copy()
        nearest[[3, 99]] = point[[3, 99]]
        shown = plain_tutorial.loss(nearest, train.inputs, train.targets)
        assert fit.loss_plane[k] == pytest.approx(shown, rel=1e-4)
        assert fit.distance[k] == pytest.approx(np.linalg.norm(point - nearest), abs=1e-9)
    assert fit.distance[-1] == fit.apart[-1] == 0.0


def test_the_penalty_is_in_the_losses_that_training_minimises(penalized):
    run = wb.run(penalized, steps=60)
    steps, trail = run.trail()
    fit = judge(run.model, plane_of_path(trail), Path(steps, np.asarray(trail, np.float64)))
    wanted = [run.model.loss_and_gradient(point)[0] for point in trail]
    np.testing.assert_allclose(fit.loss, wanted, rtol=1e-4)
    on_test = judge(
        run.model, plane_of_path(trail), Path(steps, np.asarray(trail, np.float64)), "loss_test"
    )
    wanted = [run.model.measures(point, run.model.test)[0] for point in trail]
    np.testing.assert_allclose(on_test.loss, wanted, rtol=1e-4)


def test_a_plane_that_misses_the_path_warns_in_words(run, path):
    fit = judge(run.model, Plane(path.points[-1], np.eye(158)[[3, 99]], "test"), path)
    assert fit.explained < 0.5
    assert fit.disagreement > 0.1
    assert f"{100 * fit.explained:.0f} % of the path's variance" in fit.warning
    assert f"step {path.places[fit.worst]:g} the training loss" in fit.warning
    summary = fit.summary()
    assert summary["disagreement_at"]["step"] == path.places[fit.worst]
    assert summary["disagreement"] == pytest.approx(np.max(fit.apart))


def test_a_plane_that_holds_the_path_does_not_warn(run, path):
    straight = path.points[-1] + np.linspace(-1, 0, 9)[:, None] * np.ones(158) / 20
    fit = judge(run.model, plane_of_path(straight), Path(np.arange(9), straight))
    assert fit.warning == ""
    assert fit.explained == pytest.approx(1.0)
    assert fit.explained_from_end == pytest.approx(1.0)
    assert fit.disagreement < 1e-3


def test_the_rule_of_disagreement():
    loss = np.array([2.0, 1.0, 0.5, 1e-9])
    # Each against the true loss, the last against a hundredth of the span, which is 0.02.
    found = apart(loss, loss * 1.25)
    np.testing.assert_allclose(found, [0.25, 0.25, 0.25, 0.25e-9 / 0.02], rtol=1e-6)
    assert apart(loss, np.array([2.0, 1.0, 0.5, 1e-3]))[3] == pytest.approx(0.05, rel=1e-6)
    assert apart(loss, np.array([2.0, 1.0, 0.5, 1e-2]))[3] == pytest.approx(0.5, rel=1e-6)
    wild = apart(np.array([np.inf, np.inf, 1.0]), np.array([np.inf, 1.0, np.nan]))
    assert wild.tolist() == [0.0, np.inf, np.inf]
