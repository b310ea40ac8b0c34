"""The plane that follows a run: its figures are compared with losses computed apart from it."""

from __future__ import annotations

import time
from itertools import pairwise

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

import workbench as wb
from ui.log_axis import LogAxis
from ui.plane_frame import Wish
from ui.plane_frames import Frames
from workbench.fields import choose
from workbench.landscape import heights, kinds


def loss_at(run, vector):
    return wb.loss_and_gradient(run.experiment, vector)[0]


def whole(view):
    """The view's frame once all of its points are computed."""
    return view.view is not None and view.view.computed == 1.0 and not view.view.running


@pytest.fixture
def rested(make_user):
    """A user of a window whose run rests after some 100 steps, its plane computed."""
    user = make_user(play=False)
    user.page.bridge.step(100)
    user.until(lambda: user.page._shown.step == 100)
    view = user.page.landscape
    user.until(lambda: whole(view) and view.view.step == 100)
    return user


def pick(user, combo, text):
    """Choose as a user does; where it stands there already, once more."""
    if combo.currentText() == text:
        combo.textActivated.emit(text)
    else:
        user.pick(combo, text)


def test_follows_the_run_while_it_trains(user):
    view = user.page.landscape
    user.until(lambda: view.frames >= 3)
    seen = []
    view.maker.made.connect(seen.append)
    user.until(lambda: len(seen) >= 5)
    steps = [frame.step for frame in seen]
    assert steps == sorted(steps)
    # Two frames may end at one point of the path where the picture's shape has changed.
    assert len(set(steps)) >= 3
    for frame in seen:
        assert frame.running
        assert frame.grid.values.shape == (257, 257)
        # Neither ranges nor colours flicker: they are taken over or new, never in between.
        assert frame.grid.along[0] < frame.grid.path[:, 0].min()
        assert frame.grid.path[0] == pytest.approx([0.0, 0.0], abs=1e-6)


def test_heights_and_honest_figures_are_those_of_the_run(rested):
    view, run = rested.page.landscape, rested.run
    grid, fit = view.view.grid, view.view.grid.fit
    for i, j in ((0, 0), (128, 128), (200, 31)):
        point = grid.plane.at(np.array([[grid.along[j], grid.across[i]]]))[0]
        assert grid.values[i, j] == pytest.approx(loss_at(run, point), rel=1e-4)
    steps, trail = run.trail()
    assert fit.path.places.tolist() == steps.tolist()
    assert fit.loss[-1] == pytest.approx(loss_at(run, run.parameters), rel=1e-4)
    # What a point's tool tip says.
    k = len(steps) // 2
    near = grid.plane.at(fit.shown[k][None])[0]
    text = view.map.readout(*fit.shown[k])
    off = np.linalg.norm(np.asarray(trail[k], np.float64) - near)
    assert f"step {steps[k]}\n" in text
    assert f"{off:.3g} off the plane" in text
    assert float(text.split("true loss ")[1].split()[0]) == pytest.approx(
        loss_at(run, trail[k]), rel=1e-3
    )
    assert float(text.split("plane's loss ")[1]) == pytest.approx(loss_at(run, near), rel=1e-3)
    assert f"{100 * fit.explained:.1f} %" in view.note.text()


def test_a_plane_that_misleads_is_warned_about(rested):
    view = rested.page.landscape
    pick(rested, view.choice.kind, "random")
    rested.until(lambda: whole(view) and view.view.wish.kind.name == "random")
    assert view.view.grid.fit.explained < 0.5
    assert "⚠" in view.note.text()


@pytest.mark.parametrize("kind", kinds.catalog.names())
def test_every_kind_is_shown(rested, kind):
    view = rested.page.landscape
    if len(kinds.catalog.get(kind).facts["points"]) > 1:
        # The tutorial has one start; another initializer draws as many as one asks for.
        experiment = rested.run.experiment.replace(initializer="he_normal")
        rested.page.open_experiment(experiment, play=False)
        rested.until(lambda: rested.run.experiment == experiment)
        rested.page.bridge.step(20)
        rested.until(lambda: view.view is not None and view.view.step == 20)
    pick(rested, view.choice.kind, kind)
    rested.until(lambda: whole(view) and view.view.wish.kind.name == kind)
    grid = view.view.grid
    assert np.isfinite(grid.values).all()
    assert [text.isVisible() for text in view.map._names[: len(grid.marks)]] == [True] * len(
        grid.marks
    )
    assert view.profile.isVisible() == bool(grid.profiles)
    rested.until(lambda: not view.busy.text())


@pytest.mark.parametrize("height", heights.catalog.names())
def test_every_height_is_shown(rested, height):
    view = rested.page.landscape
    pick(rested, view.choice.heights, height)
    rested.until(lambda: view.view.wish.height == height)
    assert np.isfinite(view.view.grid.values).all()


def test_zooming_computes_what_is_looked_at(rested):
    view = rested.page.landscape
    before = view.view
    port = view.map.plot.viewport()
    centre = port.rect().center()
    wheel = QWheelEvent(
        QPointF(centre),
        QPointF(port.mapToGlobal(centre)),
        QPoint(0, 0),
        QPoint(0, 480),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(port, wheel)
    rested.until(lambda: view.view is not before and whole(view))
    small = view.view.grid.along
    assert np.ptp(small) < 0.9 * np.ptp(before.grid.along)
    x_low, x_high, _, _ = view.map.area()
    assert [small[0], small[-1]] == pytest.approx([x_low, x_high])
    QTest.mouseDClick(port, Qt.MouseButton.LeftButton, pos=centre)
    # The picture's shape, which the area follows, may have changed a little with the axes' numbers.
    whole_path = pytest.approx(np.ptp(before.grid.along), rel=0.05)
    rested.until(lambda: np.ptp(view.view.grid.along) == whole_path)


def test_marks_can_be_hidden(rested):
    view = rested.page.landscape
    assert len(view.map.features.getData()[0]) == len(view.view.grid.features) > 0
    assert view.legend.isVisible()
    view.choice.marks.click()
    assert len(view.map.features.getData()[0]) == 0
    assert not view.legend.isVisible()


def test_bad_options_are_one_line_and_change_nothing(rested):
    view = rested.page.landscape
    pick(rested, view.choice.kind, "random")
    rested.until(lambda: whole(view) and view.view.wish.kind.name == "random")
    view.choice.more.click()
    assert view.choice.panel.isVisible()
    rested.enter(view.choice.editor.fields["seed"], "-3")
    assert "plane.seed" in view.note.text()
    assert view.choice.choice.item.seed == 0.0


def test_hidden_views_compute_nothing(user):
    view = user.page.landscape
    user.until(lambda: view.frames >= 2)
    view.hide()
    user.bot.wait(300)
    held = view.frames
    user.bot.wait(500)
    assert view.frames <= held + 1
    view.show()
    user.until(lambda: view.frames > held + 2)


@pytest.mark.parametrize("changes", [{"optimizer": {"learning_rate": 1e6}}])
def test_a_diverged_run_has_a_plane_or_says_why_not(make_user, changes):
    user = make_user(wb.Experiment.preset("tutorial").replace(**changes))
    user.until(lambda: user.page._shown.status in ("diverged", "finished"))
    view = user.page.landscape
    user.until(lambda: whole(view) or "finite" in view.note.text())


def test_frames_are_steady():
    """Signs, ranges and colours are taken over from the frame before."""
    run = wb.Run(wb.Experiment.preset("tutorial").replace(stop={"steps": 10**6}))
    frames, seen = Frames(), []
    wish = Wish(run, choose("plane", kinds.catalog, "pca"))
    for _ in range(12):
        run.step(25)
        seen += list(frames.make(wish, True, lambda: False))
    for a, b in pairwise(seen):
        along = (a.grid.plane.directions * b.grid.plane.directions).sum(axis=1)
        assert (along > 0.0).all()
    areas = {(f.grid.along[0], f.grid.along[-1]) for f in seen[3:]}
    scales = {f.scale for f in seen[3:]}
    assert len(areas) < 6
    assert len(scales) < 6


def test_a_large_network_gets_a_coarser_plane():
    experiment = wb.Experiment.preset("tutorial").replace(
        network={"sizes": [16, 200, 200, 2]}, initializer="he_normal"
    )
    run = wb.Run(experiment)
    frames = Frames()
    wish = Wish(run, choose("plane", kinds.catalog, "pca"))
    begun = time.thread_time()
    (frame,) = frames.make(wish, True, lambda: False)
    assert frame.stride > 1
    assert frame.grid.values.shape == (256 // frame.stride + 1,) * 2
    assert time.thread_time() - begun < 60.0


def test_the_smallest_network_has_planes():
    """Two parameters: every plane is all of parameter space, and hides nothing."""
    experiment = wb.Experiment.preset("tutorial").replace(
        data={"name": "formula", "formula": "sin(3*x1)"},
        network={"sizes": [1, 1], "activations": [], "output": "identity"},
        initializer="he_normal",
    )
    run = wb.Run(experiment)
    frames = Frames()
    *_, frame = frames.make(Wish(run, choose("plane", kinds.catalog, "pca")), False, lambda: False)
    assert len(run.parameters) == 2
    assert frame.computed == 1.0
    assert np.isfinite(frame.grid.values).all()
    assert frame.grid.fit.explained == pytest.approx(1.0)
    assert frame.grid.fit.disagreement < 1e-3


def test_three_points_are_at_hand_where_no_other_start_is(rested):
    # The tutorial's starting point is constructed: all starts are the same one.
    view, run = rested.page.landscape, rested.run
    pick(rested, view.choice.kind, "three")
    rested.until(lambda: whole(view) and view.view.wish.kind.name == "three")
    marks = dict(view.view.grid.marks)
    assert sorted(marks) == ["end", "middle", "start"]
    middle = view.view.grid.plane.at(marks["middle"][None])[0]
    trail = np.asarray(run.trail()[1], np.float64)
    k = int(np.linalg.norm(trail - middle, axis=1).argmin())
    assert trail[k] == pytest.approx(middle, abs=1e-6)
    before, whole_way = (
        np.linalg.norm(np.diff(t, axis=0), axis=1) for t in (trail[: k + 1], trail)
    )
    assert before.sum() == pytest.approx(whole_way.sum() / 2, abs=whole_way.max())


def test_weights_begin_with_those_that_moved_most(rested):
    view, run = rested.page.landscape, rested.run
    pick(rested, view.choice.kind, "weights")
    rested.until(lambda: whole(view) and view.view.wish.kind.name == "weights")
    moved = np.abs(run.parameters - run.model.initial_parameters())
    item = view.view.wish.kind.item
    chosen = {int(item.first), int(item.second)}
    assert len(chosen) == 2
    assert moved[list(chosen)].min() >= np.sort(moved)[-2]


def test_a_plane_that_cannot_be_leaves_nothing_of_the_former_one(rested):
    view = rested.page.landscape
    pick(rested, view.choice.kind, "three")
    rested.until(lambda: whole(view) and view.view.wish.kind.name == "three")
    pick(rested, view.choice._points[2], "end of this run")
    rested.until(lambda: view.view is None)
    item = view.map.plot.getPlotItem()
    assert [item.getAxis(side).labelText for side in ("bottom", "left")] == ["", ""]
    assert view.legend.text() == ""
    assert "no single plane" in view.note.text()


@pytest.mark.parametrize(("low", "high"), [(0.4542, 0.4768), (0.1, 0.7), (1e-5, 1.0), (2, 5000)])
def test_a_logarithmic_axis_always_has_numbers(qapp, low, high):
    axis = LogAxis("left")
    [(_, places)] = axis.logTickValues(np.log10(low), np.log10(high), 300.0, None)
    texts = axis.logTickStrings(places, 1.0, 1.0)
    assert 3 <= len(texts) == len(set(texts)) <= 12
    for place, text in zip(places, texts, strict=True):
        assert float(text) == pytest.approx(10.0**place)
        assert 0.999 * low <= float(text) <= 1.001 * high


@pytest.mark.parametrize("low", [0.476800, 4.768, 123456.0])
def test_numbers_of_a_narrow_logarithmic_axis_differ(qapp, low):
    axis = LogAxis("left")
    span = np.log10([low, low * (1 + 1e-5)])
    [(_, places)] = axis.logTickValues(*span, 300, None)
    texts = axis.logTickStrings(places, 1.0, 1.0)
    assert len(set(texts)) == len(texts) >= 2
    assert np.allclose([float(text) for text in texts], 10.0 ** np.array(places), rtol=1e-12)


def test_numbers_of_a_wide_logarithmic_axis_are_short(qapp):
    assert LogAxis("left").logTickStrings([-4.0, 0.0, 3.0, 5.0, 7.0], 1.0, 1.0) == [
        "0.0001", "1", "1000", "100000", "1e+07",
    ]  # fmt: skip
