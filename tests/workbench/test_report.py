"""Pictures: they show the run's own numbers, and no run is too odd for them."""

from __future__ import annotations

import warnings

import matplotlib.image
import numpy as np
import pytest

import workbench as wb
from workbench.report import loss_figure, surface_figure, weights_figure, write_pictures


@pytest.fixture(scope="module")
def run(full_batch):
    return wb.run(full_batch)


def colours(path):
    pixels = matplotlib.image.imread(path)
    assert pixels.shape[0] > 300
    assert pixels.shape[1] > 300
    return len(np.unique((pixels[..., :3].reshape(-1, 3) * 255).astype(int), axis=0))


def test_pictures_are_written_and_not_blank(run, tmp_path):
    written = write_pictures(run, tmp_path)
    assert {path.name for path in written} == {"loss.png", "weights.png", "surface.png"}
    for path in written:
        assert colours(path) > 50, path


def test_the_loss_curve_is_the_history(run):
    axes = loss_figure(run).axes[0]
    curves = {line.get_label(): line.get_xydata() for line in axes.get_lines()}
    assert set(curves) == {"training", "test"}
    for label, column in (("training", "loss"), ("test", "loss_test")):
        np.testing.assert_array_equal(curves[label][:, 0], run.history["step"])
        np.testing.assert_array_equal(curves[label][:, 1], run.history[column])
    spans = run.loss.max() > 10 * run.loss.min()
    assert axes.get_yscale() == ("log" if spans else "linear")


def test_heatmaps_show_weights_and_biases_on_one_scale_centred_on_zero(run):
    figure = weights_figure(run)
    images = [axes.images[0] for axes in figure.axes if axes.images]
    assert len(images) == 3
    limit = np.abs(run.parameters).max()
    shown = np.concatenate([np.ravel(image.get_array()) for image in images])
    np.testing.assert_array_equal(shown, run.parameters)
    for image in images:
        assert image.get_clim() == pytest.approx((-limit, limit))


def test_the_surface_carries_the_path(run):
    axes = surface_figure(run).axes[0]
    path = axes.get_lines()[0].get_xydata()
    assert len(path) == len(run.trail()[0])
    np.testing.assert_allclose(path[-1], 0.0, atol=1e-6)
    assert "% of the path's variance" in axes.get_title()


@pytest.mark.parametrize(
    "case", ["no steps", "one step", "diverged at once", "diverged later", "not finite"]
)
def test_odd_runs_have_pictures_without_a_warning(case, full_batch, diverging, tmp_path):
    run = {
        "no steps": lambda: wb.run(full_batch, steps=0),
        "one step": lambda: wb.run(full_batch.replace(data={"test_fraction": 0}), steps=1),
        "diverged at once": lambda: wb.run(diverging),
        "not finite": lambda: wb.run(
            full_batch.replace(initializer={"name": "normal", "deviation": 1e300})
        ),
        "diverged later": lambda: wb.run(diverging.replace(optimizer={"learning_rate": 5.0})),
    }[case]()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        write_pictures(run, tmp_path)


def test_no_global_state_of_matplotlib_is_touched(run, tmp_path, python):
    code = """
import sys, pathlib
import workbench as wb
from workbench.report import write_pictures
write_pictures(wb.run(wb.Experiment.of({"stop": {"steps": 3}})), pathlib.Path("."))
assert "matplotlib.pyplot" not in sys.modules
"""
    assert python("-c", code)[0] == 0
