"""The page of maps as a user meets it, checked against maps made apart from it."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QFileDialog

import workbench as wb
from ui.export import save_picture
from ui.maps_trainability import pixel_text
from workbench.maps.pixels import Window


def himmelblau(p):
    return (p[0] ** 2 + p[1] - 11) ** 2 + (p[0] + p[1] ** 2 - 7) ** 2


class Maps:
    """Acts on the page of a user's window, at resolutions that are quick."""

    def __init__(self, user, tab, **numbers):
        self.user, self.page = user, user.window.maps_page
        self.page._make_studies()
        for study in self.page.studies:
            study.begun = True  # at the resolutions below, not at first sight
        self.study = self.page.studies[tab]
        for name, text in numbers.items():
            getattr(self.study, name).set_value(text)
        self.page.tabs.setCurrentIndex(tab)
        QTest.keyClick(user.window, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(user.window, Qt.Key.Key_F5)
        self.settle()

    def settle(self):
        QTest.qWait(20)
        self.user.until(lambda: not self.study.job.running)
        QTest.qWait(20)

    def pixel(self, x, y):
        plot = self.study.map.plot
        place = plot.mapFromScene(plot.getPlotItem().vb.mapViewToScene(QPointF(x, y)))
        return QPoint(place.x(), place.y())

    def drag(self, a, b):
        viewport = self.study.map.plot.viewport()
        first, last = self.pixel(*a), self.pixel(*b)
        QTest.mouseMove(viewport, first)
        QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=first)
        for share in (0.3, 0.6, 1.0):
            QTest.mouseMove(viewport, first + (last - first) * share)
            QTest.qWait(10)
        QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=last)

    def path(self):
        """The path that is drawn, (x, y); None without one."""
        x, y = self.study.map.path.getData()
        return None if x is None or len(x) < 3 else (x, y)

    @property
    def made(self):
        return self.study.shown.made


@pytest.fixture
def on(make_user):
    """Opens a study by its number in a window whose run is at rest."""
    user = make_user(play=False)
    return lambda tab, **numbers: Maps(user, tab, **numbers)


def test_basins_of_a_surface_are_those_of_a_script(on):
    it = on(0, resolution="48")
    assert it.made.stride == 1
    script = wb.basins("himmelblau", resolution=48)
    assert np.array_equal(it.made.label, script.label)
    table = it.study.table
    assert table.rowCount() == 4
    shares = [float(table.item(r, 2).text().rstrip("%")) for r in range(4)]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(100.0, abs=0.1)
    assert {table.item(r, 3).text() for r in range(4)} == {"global"}
    assert len(it.study.map.marks.data) == 4
    rows = list(csv.DictReader(io.StringIO(it.study.csv().decode())))
    for row in rows:
        assert himmelblau((float(row["x"]), float(row["y"]))) == pytest.approx(0.0, abs=1e-9)


def test_a_rectangle_zooms_and_the_history_leads_back(on):
    it = on(0, resolution="32")
    whole = it.made.window
    it.drag((-1.0, -1.0), (2.0, 3.0))
    it.user.until(lambda: it.made.window != whole)
    it.settle()
    assert np.allclose(it.made.window.sides, (-1.0, 2.0, -1.0, 3.0), atol=0.1)
    assert np.allclose(it.study.map.window_shown().sides, it.made.window.sides)
    zoomed = it.made.window
    it.page.back.trigger()
    it.user.until(lambda: it.made.window == whole)
    it.settle()
    assert not it.page.back.isEnabled()
    it.page.forward.trigger()
    it.user.until(lambda: it.made.window == zoomed)
    it.settle()
    viewport = it.study.map.plot.viewport()
    at = it.pixel(0.5, 1.0)
    QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=at)
    it.user.until(lambda: it.made.window == whole)
    it.settle()


def test_a_click_shows_the_descent_to_the_minimum_that_the_pixel_names(on):
    it = on(0, resolution="32")
    at = it.pixel(1.0, 1.0)
    it.user.click(it.study.map.plot.viewport(), at.x(), at.y())
    it.user.until(lambda: it.path() is not None)
    x, y = it.path()
    assert abs(x[0] - 1.0) < 0.3
    assert abs(y[0] - 1.0) < 0.3
    assert himmelblau((x[-1], y[-1])) < 1e-6
    label = it.made.label[it.study.pixel(x[0], y[0])]
    m = it.made.minima[label]
    assert np.allclose((x[-1], y[-1]), (m.x, m.y), atol=1e-3)
    assert "minimum" in it.study.path_note.text()
    seen = []
    it.study.here.connect(seen.append)
    it.study.map.hovered.emit(1.0, 1.0)
    assert "minimum (3, 2)" in seen[-1]


def test_a_formula_has_basins_and_a_wrong_one_says_where(on):
    it = on(0, resolution="24")
    before = it.made
    it.user.enter(it.study.formula, "x^4 - x^2 + frog(y)")
    assert "formula" in it.study.message.text()
    assert "13" in it.study.message.text()
    assert it.made is before
    it.user.enter(it.study.formula, "x^4 - x^2 + y^2")
    it.user.until(lambda: it.study.shown is not None)
    it.settle()
    assert it.study.message.text() == ""
    found = sorted((m.x, m.y) for m in it.made.minima)
    assert np.allclose(found, [(-(0.5**0.5), 0.0), (0.5**0.5, 0.0)], atol=1e-5)


def test_bad_numbers_say_why_and_leave_the_map(on):
    it = on(0, resolution="24")
    before = it.made
    for field, text, name in (("resolution", "2", "resolution"), ("steps", "none", "steps")):
        it.user.enter(getattr(it.study, field), text)
        assert name in it.study.message.text()
        assert "\n" not in it.study.message.text()
        assert it.made is before
        it.user.enter(getattr(it.study, field), "24")
        it.settle()
        assert it.study.message.text() == ""
        before = it.made
    it.user.enter(it.study.optimizer.fields["learning_rate"], "-1")
    assert "optimizer.learning_rate" in it.study.message.text()


def test_cancel_keeps_what_is_computed(on):
    it = on(2, resolution="16", steps="40")
    before = it.made
    it.user.enter(it.study.resolution, "400")
    assert it.page.cancel.isEnabled()
    it.page.cancel.trigger()
    it.settle()
    assert it.made is before
    assert not it.page.cancel.isEnabled()
    assert it.user.window.state.text() == "cancelled"


def test_trainability_shows_a_map_its_dimension_and_the_published_one(on):
    it = on(2, resolution="32", steps="40")
    script = wb.trainability("single", resolution=32, steps=40)
    assert np.array_equal(it.made.measure, script.measure)
    assert "published: 1.41" in it.study.figures.text()
    x, y = it.study.fit.points.getOriginalDataset()
    d = script.dimension()
    assert np.array_equal(x, d.sizes)
    assert np.array_equal(y, d.counts)
    # Converged and diverged pixels differ in colour: blue and green against red and yellow.
    image = it.study.shown.image.astype(int)
    cold = image[..., 2] + image[..., 1] - 1.5 * image[..., 0]
    assert cold[script.converged].min() > cold[~script.converged].max()
    w = script.window
    text = pixel_text(script, w.x_high, w.y_high)
    assert "diverged" in text
    assert "1e+06" in text
    it.study.look(Window(0.0, 1.0, 0.0, 1.0))
    it.settle()
    assert it.made.window.sides == (0.0, 1.0, 0.0, 1.0)


def test_sharpness_grows_and_is_that_of_a_script(on):
    it = on(3, steps="40", every="20")
    made = it.study.shown
    x, y = it.study.sharp.getOriginalDataset()
    assert list(x) == [0, 20, 40]
    experiment = wb.Experiment.preset("edge_of_stability").replace(stop={"steps": 40})
    top = np.linalg.eigvalsh(wb.hessian(experiment, wb.initial_parameters(experiment)))[-1]
    assert y[0] == pytest.approx(top)
    assert np.allclose(it.study.edge.getOriginalDataset()[1], 2 / 0.2)
    it.study.log.setChecked(True)
    assert it.study.sharp.opts["logMode"][1]
    rows = list(csv.DictReader(io.StringIO(it.study.csv().decode())))
    assert [int(row["step"]) for row in rows] == list(made.step)


def test_basins_of_a_network_are_on_the_plane_of_the_runs_path(on):
    it = on(1, resolution="8", steps="60")
    script = wb.basins(wb.Experiment.preset("tutorial").replace(stop={"steps": 60}), resolution=8)
    assert np.allclose(it.made.window.sides, script.window.sides)
    assert np.array_equal(it.made.label, script.label)
    it.study.map.clicked.emit(*it.study.place_of((4, 4)))
    it.user.until(lambda: it.path() is not None)
    x, y = it.path()
    assert np.allclose((x[0], y[0]), it.study.place_of((4, 4)), atol=1e-4)


def test_everything_is_in_view_at_1280_by_720(on):
    it = on(0, resolution="24")
    for widget in (it.study.map, it.study.table, it.study.path_note, it.study.note):
        inside = widget.mapTo(it.user.window, QPoint(0, 0))
        assert inside.x() + widget.width() <= 1280
        assert inside.y() + widget.height() <= 720
    assert it.study.map.width() > 400


def test_pictures_and_table_are_exported(on, tmp_path, monkeypatch):
    it = on(0, resolution="24")
    names = [picture.name for picture in it.page.pictures]
    assert names == ["the basin map", "the basins page"]
    for picture in it.page.pictures:
        for suffix in ("png", "svg"):
            path = tmp_path / f"{picture.name}.{suffix}"
            save_picture(picture.widget, path)
            assert path.stat().st_size > 5000
    path = tmp_path / "table.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    [(_, act)] = it.page.exports()
    act()
    assert path.read_bytes() == it.study.csv()
    assert it.user.window.state.text() == f"saved {path}"
