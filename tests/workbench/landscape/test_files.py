"""What a landscape leaves on disk is the landscape."""

from __future__ import annotations

import csv
import json

import matplotlib.image
import numpy as np
import pytest

import workbench as wb
from workbench.landscape.files import save_landscape
from workbench.landscape.picture import landscape_figure


@pytest.fixture(scope="module")
def run(full_batch):
    return wb.run(full_batch, steps=100)


@pytest.fixture(scope="module")
def landscape(run):
    return wb.plane(run, "line", points=["initial", "final"], resolution=9)


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_the_files_hold_the_arrays(run, landscape, tmp_path):
    result = save_landscape(landscape, run.experiment, tmp_path / "plane")
    folder = tmp_path / "plane"
    assert sorted(p.name for p in folder.iterdir()) == result["files"]
    heights = rows(folder / "plane.csv")
    assert heights[0] == ["x", "y", "loss"]
    numbers = np.array(heights[1:], float)
    np.testing.assert_array_equal(numbers[:, 2].reshape(9, 9), landscape.values)
    np.testing.assert_array_equal(numbers[:9, 0], landscape.along)
    np.testing.assert_array_equal(numbers[::9, 1], landscape.across)
    path = rows(folder / "path.csv")
    np.testing.assert_array_equal(
        np.array([row[path[0].index("loss")] for row in path[1:]], float), landscape.fit.loss
    )
    profiles = rows(folder / "profiles.csv")
    assert profiles[1][0] == "line"
    with np.load(folder / "plane.npz", allow_pickle=False) as held:
        np.testing.assert_array_equal(held["values"], landscape.values)
        np.testing.assert_array_equal(held["directions"], landscape.plane.directions)
        point = held["origin"] + held["path_x"][3] * held["directions"][0]
        np.testing.assert_allclose(point, held["path_points"][3], atol=1e-9)
        np.testing.assert_array_equal(held["line_loss"], landscape.profiles[0].loss)
    assert json.loads((folder / "result.json").read_text(encoding="utf-8")) == result
    assert wb.Experiment.load(folder / "experiment.toml") == run.experiment
    pixels = matplotlib.image.imread(folder / "plane.png")
    assert len(np.unique((pixels[..., :3].reshape(-1, 3) * 255).astype(int), axis=0)) > 50
    assert (folder / "plane.svg").read_text(encoding="utf-8").rstrip().endswith("</svg>")


def test_the_picture_shows_path_and_warning(run):
    landscape = wb.plane(run, "weights", resolution=9)
    assert landscape.warning
    figure = landscape_figure(landscape)
    axes = figure.axes[0]
    np.testing.assert_array_equal(axes.get_lines()[0].get_xydata(), landscape.path)
    title = " ".join(axes.get_title().split())
    assert landscape.warning in title
    assert f"{100 * landscape.fit.explained:.1f} % of the path's variance" in title
    assert axes.get_xlabel() == landscape.plane.axes[0]


def test_the_picture_marks_what_the_grid_has(landscape):
    figure = landscape_figure(landscape)
    labels = figure.legends[0].get_texts()
    kinds = {f.kind for f in landscape.features if f.resolved or f.kind == "lowest"}
    for kind in kinds:
        word = {"lowest": "lowest point shown"}.get(kind, f"{kind} of this grid")
        assert any(text.get_text().startswith(word) for text in labels)
    profile, axes = landscape.profiles[0], figure.axes[1]
    line = next(a for a in figure.axes if a.get_title() == "Loss along the way").get_lines()[0]
    np.testing.assert_array_equal(line.get_ydata(), profile.loss)
    assert f"{profile.barrier:.3g}" in line.get_label()
    assert axes is not None


@pytest.mark.parametrize("values", [np.zeros((4, 4)), np.full((4, 4), np.nan)])
def test_odd_heights_have_a_picture(landscape, values, tmp_path):
    from dataclasses import replace

    four = np.linspace(0, 1, 4)
    odd = replace(landscape, values=values, along=four, across=four, features=())
    landscape_figure(odd).savefig(tmp_path / "odd.png")


def test_a_folder_that_cannot_be_written_is_an_error(run, landscape, tmp_path):
    (tmp_path / "file").write_text("held")
    with pytest.raises(wb.WorkbenchError, match="--out"):
        save_landscape(landscape, run.experiment, tmp_path / "file")
    assert (tmp_path / "file").read_text() == "held"
