"""The 3-D view: its geometry, that it can be turned, and that it needs no OpenGL."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest

from ui.__main__ import prepare
from ui.camera import Camera, field_across
from ui.opengl import OpenGLProbe
from ui.relief import make_relief, tangent_patch
from ui.relief_view import ReliefView
from ui.surface_grid import make_grid, scale_of
from workbench.descents.surface import Surface

ROOT = Path(__file__).parents[2]
AREA = (-2.0, 2.0, -1.5, 1.5)


@pytest.fixture(scope="module")
def grid():
    return make_grid(Surface.of("bowl"), AREA, (41, 31), False, None)


@pytest.fixture
def view(qapp, qtbot, grid):
    prepare()
    made = ReliefView()
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.show()
    made.show_grid(grid)
    qtbot.waitUntil(lambda: made.pictures > 0)
    yield made
    made.close_engine()


def colours(view):
    picture = view.grab().toImage()
    return [
        picture.pixelColor(x, y).name()
        for x in range(0, picture.width(), 5)
        for y in range(0, picture.height(), 5)
    ]


@pytest.mark.parametrize(("width", "height"), [(560, 400), (426, 308), (300, 420)])
def test_the_whole_floor_is_in_the_picture_at_first(width, height):
    square = make_relief(make_grid(Surface.of("bowl"), (-2, 2, -2, 2), (9, 9), False, None), 9)
    x, y, _ = Camera().project(square.floor(), width, height).T
    assert x.min() > 0
    assert x.max() < width
    assert y.min() > 0
    assert y.max() < height


def test_the_camera_sees_what_a_matrix_of_opengl_does(qapp):
    from PyQt6.QtGui import QMatrix4x4, QVector3D

    camera, width, height = Camera(4.0, 30.0, 25.0), 500, 300
    # The transformations that pyqtgraph documents for its GLViewWidget.
    view, lens = QMatrix4x4(), QMatrix4x4()
    view.translate(0.0, 0.0, -camera.distance)
    view.rotate(camera.elevation - 90.0, 1, 0, 0)
    view.rotate(camera.azimuth + 90.0, 0, 0, -1)
    across = field_across(width, height)
    up = 2 * np.degrees(np.arctan(np.tan(np.radians(across) / 2) * height / width))
    lens.perspective(float(up), width / height, 0.01, 100.0)
    points = np.random.default_rng(0).uniform(-1, 1, (20, 3))
    for point, found in zip(points, camera.project(points, width, height), strict=True):
        seen = (lens * view).map(QVector3D(*map(float, point)))
        assert found[0] == pytest.approx((seen.x() + 1) / 2 * width, abs=1e-2)
        assert found[1] == pytest.approx((1 - seen.y()) / 2 * height, abs=1e-2)


def test_the_mesh_is_the_surface_in_a_box(grid):
    relief = make_relief(grid, 500)
    x, y = np.meshgrid(grid.x, grid.y)
    height = x**2 + y**2
    assert np.allclose(relief.place, (height - height.min()) / (height.max() - height.min()))
    assert relief.x[0] == -1.0
    assert relief.x[-1] == 1.0
    assert relief.y[-1] == pytest.approx(0.75)
    coarse = make_relief(grid, 11)
    assert coarse.z.shape == (11, 11)
    assert coarse.z[0, 0] == relief.z[0, 0]
    outside = relief.put(np.array([[0.0, 0.0, 0.0], [9.0, 0.0, 1.0]]))
    assert np.isfinite(outside[0]).all()
    assert np.isnan(outside[1]).all()


@pytest.mark.parametrize("log", [False, True])
def test_the_tangent_plane_touches_the_mesh(log):
    grid = make_grid(Surface.of("bowl"), AREA, (401, 301), log, None)
    relief = make_relief(grid, 500)
    x, y = 0.6, -0.4
    corners = tangent_patch(relief, x, y, x * x + y * y, (2 * x, 2 * y), 1e-3)
    # Beside the point of contact the mesh differs from the plane in second order only.
    i, j = np.abs(grid.y - y).argmin(), np.abs(grid.x - x).argmin()
    rise_x = (relief.z[i, j + 1] - relief.z[i, j - 1]) / (relief.x[j + 1] - relief.x[j - 1])
    rise_y = (relief.z[i + 1, j] - relief.z[i - 1, j]) / (relief.y[i + 1] - relief.y[i - 1])
    along_x, along_y = corners[1] - corners[0], corners[3] - corners[0]
    assert along_x[2] / along_x[0] == pytest.approx(rise_x, rel=1e-2)
    assert along_y[2] / along_y[1] == pytest.approx(rise_y, rel=1e-2)


def test_the_surface_hides_what_lies_behind_it(grid):
    relief = make_relief(grid, 500)
    dome = replace(relief, z=-relief.z)
    under = np.array([[0.0, 0.0, -0.4], [0.0, 0.0, 0.6]])
    assert dome.hidden(under, Camera(elevation=60.0).eye).tolist() == [True, False]


def test_logarithmic_colours_are_inverted_by_their_ticks():
    values = np.array([3.0, 3.001, 5.0, 1000.0])
    for log in (False, True):
        scale = scale_of(values, log)
        assert scale(values)[[0, -1]] == pytest.approx([0.0, 1.0])
        assert np.allclose(scale.value(scale(values)), values)
        for place, text in scale.ticks():
            assert float(text) == pytest.approx(float(scale.value(np.array(place))), rel=5e-3)


def test_it_is_drawn_without_opengl_and_turned_by_mouse_and_keyboard(view, qtbot):
    assert view.engine_name == "drawn"
    assert len(set(colours(view))) > 30
    for act in (
        lambda: drag(view),
        lambda: QTest.keyClick(view, Qt.Key.Key_Up),
        lambda: QTest.keyClick(view, Qt.Key.Key_Plus),
    ):
        before, count = colours(view), view.pictures
        act()
        qtbot.waitUntil(lambda count=count: view.pictures > count)
        assert colours(view) != before
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert view.camera == Camera()


def drag(view):
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
    QTest.mouseMove(view, QPoint(260, 160))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(260, 160))


def test_a_path_is_seen_on_the_surface(view, qtbot):
    before = colours(view).count("#ff00ff")
    path = np.array([[1.5, 1.0, 3.25], [0.5, -1.0, 1.25], [0.0, 0.0, 0.0]])
    count = view.pictures
    view.show_paths([(np.repeat(path, 1, axis=0), "#ff00ff")])
    view.show_points([(path[-1:], "#ff00ff", "o", 40.0)])
    qtbot.waitUntil(lambda: view.pictures > count)
    assert colours(view).count("#ff00ff") > before + 10


def test_the_tip_says_why_there_is_no_opengl(view, qtbot):
    qtbot.waitUntil(lambda: "offscreen" in view.toolTip())


def test_a_driver_that_crashes_does_so_elsewhere(qapp, qtbot, monkeypatch):
    prepare()
    monkeypatch.setattr("ui.opengl._DISPLAYLESS", ())
    probe, answers = OpenGLProbe(), []
    probe.answered.connect(lambda possible, reason: answers.append((possible, reason)))
    # Without a display for OpenGL the probe's process fails, in whatever way.
    probe.ask()
    qtbot.waitUntil(lambda: bool(answers), timeout=60_000)
    assert answers == [(False, "its test failed")]


def test_the_probe_answers_no_without_a_display():
    done = subprocess.run(
        [sys.executable, "-m", "ui.opengl"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        timeout=60,
    )
    assert done.returncode != 0
