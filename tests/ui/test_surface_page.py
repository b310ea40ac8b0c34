"""The page of surfaces as a user meets it: by mouse and keyboard, checked apart from it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtTest import QTest
from scipy.optimize import minimize

from kernels import surfaces


def himmelblau(p):
    return (p[0] ** 2 + p[1] - 11) ** 2 + (p[0] + p[1] ** 2 - 7) ** 2


class Surfaces:
    """Acts on the page of a user's window."""

    def __init__(self, user):
        self.user, self.page = user, user.window.surface_page
        QTest.keyClick(user.window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
        self.settle()

    def settle(self):
        page, scene = self.page, self.page.scene
        self.user.until(lambda: scene.shown and scene.traces and scene.grid and page.idle)
        QTest.qWait(30)  # results on their way to the window's thread, and the map's timer
        self.user.until(lambda: scene.traces and scene.grid and page.idle)

    def pixel(self, x, y):
        plot = self.page.map.plot
        place = plot.mapFromScene(plot.getPlotItem().vb.mapViewToScene(QPointF(x, y)))
        return QPoint(place.x(), place.y())

    def click(self, x, y):
        at = self.pixel(x, y)
        self.user.click(self.page.map.plot.viewport(), at.x(), at.y())
        # A second click within the double click's time would be one.
        QTest.qWait(10)

    def drag(self, *points):
        viewport = self.page.map.plot.viewport()
        places = [self.pixel(*p) for p in points]
        QTest.mouseMove(viewport, places[0])
        QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=places[0])
        for a, b in pairwise(places):
            for share in (0.25, 0.5, 0.75, 1.0):
                QTest.mouseMove(viewport, a + (b - a) * share)
                QTest.qWait(20)
        QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=places[-1])

    @property
    def path(self):
        return self.page.scene.traces[0].path


@pytest.fixture
def on(make_user):
    """The page in a window whose run is at rest."""
    return Surfaces(make_user(play=False))


def test_a_click_starts_a_descent_to_the_minimum_below(on):
    on.click(1.0, 1.0)
    on.user.until(lambda: np.allclose(on.path[0, :2], (1.0, 1.0), atol=0.06))
    wanted = minimize(himmelblau, on.path[-1, :2], tol=1e-12).x
    assert np.allclose(on.path[-1, :2], wanted, atol=1e-4)
    on.settle()
    assert "global minimum" in on.page.note.text()
    x, y = on.page.map._drawn[0].walked.getData()
    assert np.allclose(np.column_stack([x, y]), on.path[:, :2])


def test_the_path_is_plain_gradient_descent(on):
    p = np.array(on.page.panel.field.start)
    for row in on.path[:40]:
        assert np.allclose(row[:2], p, rtol=1e-6)
        h = 1e-6
        slope = [(himmelblau(p + d) - himmelblau(p - d)) / (2 * h) for d in np.eye(2) * h]
        p = p - 0.01 * np.array(slope)


def test_dragging_the_start_makes_descents_on_the_way(on):
    before, start = on.page.descents, on.page.panel.field.start
    on.drag(start, (0.0, 3.0), (2.0, -1.0))
    on.settle()
    assert on.page.descents > before + 1
    assert np.allclose(on.path[0, :2], (2.0, -1.0), atol=0.1)
    assert np.allclose(on.page.panel.field.start, on.path[0, :2])
    assert float(on.page.panel.numbers["start x"].text()) == pytest.approx(on.path[0, 0], rel=1e-5)


def test_zooming_makes_the_grid_of_what_is_shown(on):
    area, grid = on.page.map.area(), on.page.scene.grid
    assert np.allclose((grid.x[0], grid.x[-1], grid.y[0], grid.y[-1]), area)
    box = on.page.map.plot.getPlotItem().vb
    box.setRange(xRange=(2.9, 3.1), yRange=(1.9, 2.1), padding=0)
    on.user.until(lambda: on.page.scene.grid is not grid)
    on.settle()
    fine = on.page.scene.grid
    assert np.allclose((fine.x[0], fine.x[-1], fine.y[0], fine.y[-1]), on.page.map.area())
    wanted = himmelblau(np.stack(np.meshgrid(fine.x, fine.y)))
    assert np.allclose(fine.height, wanted, rtol=1e-9, atol=1e-12)
    on.page.map.plot.setFocus()
    QTest.keyClick(on.page.map.plot, Qt.Key.Key_Home)
    on.user.until(lambda: np.allclose(on.page.scene.grid.x[[0, -1]], grid.x[[0, -1]]))


def test_arrows_point_down_the_slope(on):
    on.page.arrows.click()
    on.user.until(lambda: len(on.page.scene.grid.arrows) > 0)
    lines = on.page.scene.grid.arrows.reshape(-1, 6, 2)
    foot, step = lines[:, 0], lines[:, 1] - lines[:, 0]
    assert len(foot) > 50
    h = 1e-5
    down = [himmelblau((foot - d).T) - himmelblau((foot + d).T) for d in np.eye(2) * h]
    down = np.stack(down, axis=1) / (2 * h)
    cosine = (step * down).sum(1) / np.hypot(*step.T) / np.hypot(*down.T)
    assert np.allclose(cosine, 1.0, atol=1e-5)
    # Longer where it is steeper.
    cell = [np.diff(np.unique(foot[:, k].round(6))).min() for k in (0, 1)]
    order = np.argsort(np.hypot(*down.T))
    assert np.all(np.diff(np.hypot(*(step / cell)[order].T)) > -1e-6)


def test_the_timeline_shows_any_step(on):
    page = on.page
    page.timeline.number.setValue(3)
    assert page.timeline.step == 3
    assert "step 3:" in page.step_note.text()
    x, _ = page.map._drawn[0].walked.getData()
    assert len(x) == 4
    # The step that plain gradient descent takes is -rate · gradient: the arrows lie on each other.
    downhill, plain, taken = (np.column_stack(a.getData()) for a in page.map.arrows)
    assert np.allclose(plain, taken, equal_nan=True)
    assert np.allclose(taken[:2], on.path[3:5, :2])
    h = 1e-6
    here = on.path[3, :2]
    slope = [(himmelblau(here + d) - himmelblau(here - d)) / (2 * h) for d in np.eye(2) * h]
    along = downhill[1] - downhill[0]
    assert np.allclose(along / np.hypot(*along), -np.array(slope) / np.hypot(*slope), atol=1e-5)
    page.timeline.slider.setFocus()
    QTest.keyClick(page.timeline.slider, Qt.Key.Key_Home)
    assert page.timeline.step == 0
    QTest.keyClick(on.user.window, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    on.user.until(lambda: page.timeline.step == page.timeline.steps)


def test_a_race_is_run_from_one_start(on):
    page = on.page
    page.panel.racers.add.click()
    on.user.pick(page.panel.racers.editors["optimizer"].combo, "momentum")
    on.user.enter(page.panel.racers.editors["optimizer"].fields["learning_rate"], "0.002")
    on.user.until(
        lambda: [t.racer.label for t in page.scene.traces] == ["sgd 0.01", "momentum 0.002"]
    )
    on.settle()
    assert np.array_equal(page.scene.traces[0].path[0], page.scene.traces[1].path[0])
    assert {t.racer.number for t in page.scene.traces} == {0, 1}
    table = page.race.table
    for row in range(2):
        [trace] = [t for t in page.scene.traces if t.racer.label == table.item(row, 0).text()]
        for column, tolerance in enumerate((1.0, 1e-2, 1e-4, 1e-8), 1):
            steps = int(table.item(row, column).text().replace(",", ""))
            values = himmelblau(trace.path[:, :2].T)
            assert values[steps] <= tolerance
            assert (values[:steps] > tolerance).all()
    table.sortItems(4, Qt.SortOrder.DescendingOrder)
    column = [table.item(row, 4).key for row in range(2)]
    assert column == sorted(column, reverse=True)
    page.panel.racers.remove.click()
    on.user.until(lambda: len(page.scene.traces) == 1)
    assert len(page.race._curves) == 1


def test_noise_is_the_same_for_the_same_seed_only(on):
    panel = on.page.panel
    plain = on.path
    on.user.enter(panel.numbers["noise"], "1")
    on.user.until(lambda: not np.array_equal(on.path, plain))
    noisy = on.path
    on.user.enter(panel.numbers["seed"], "1")
    on.user.until(lambda: not np.array_equal(on.path, noisy))
    on.user.enter(panel.numbers["seed"], "0")
    on.user.until(lambda: np.array_equal(on.path, noisy))


def test_bad_numbers_say_why_and_change_nothing(on):
    panel, traces = on.page.panel, on.page.scene.traces
    for name, text in (("steps", "0"), ("start x", "here"), ("noise", "-1")):
        on.user.enter(panel.numbers[name], text)
        assert name in panel.message.text()
        assert "\n" not in panel.message.text()
        good = {"steps": "1000", "start x": "-2", "noise": "0"}[name]
        on.user.enter(panel.numbers[name], good)
        assert panel.message.text() == ""
    on.user.enter(panel.racers.editors["optimizer"].fields["learning_rate"], "-3")
    assert "optimizer.learning_rate" in panel.message.text()
    on.settle()
    assert np.array_equal(on.page.scene.traces[0].path, traces[0].path)


def test_a_rate_too_large_is_told(on):
    on.user.enter(on.page.panel.racers.editors["optimizer"].fields["learning_rate"], "0.5")
    on.user.until(lambda: "diverged" in on.page.note.text())
    on.settle()


def test_a_formula_is_shown_and_a_wrong_one_tells_its_place(on):
    page, panel = on.page, on.page.panel
    on.user.enter(panel.formula, "x^2 + frog(y)")
    assert "at character 7" in panel.formula_message.text()
    assert panel.formula_message.isVisible()
    assert panel.formula.cursorPosition() == 6
    assert page.scene.shown.name == "himmelblau"
    on.user.enter(panel.formula, "(x - 1)^2 + 3*y**2")
    on.user.until(lambda: page.scene.shown.formula.startswith("(x - 1)"))
    on.settle()
    assert not panel.formula_message.isVisible()
    grid = page.scene.grid
    x, y = np.meshgrid(grid.x, grid.y)
    assert np.allclose(grid.height, (x - 1) ** 2 + 3 * y**2)
    assert np.allclose(page.scene.traces[0].path[-1, :2], (1.0, 0.0), atol=1e-4)
    on.user.enter(panel.domain, "0, 2, -1, 1")
    on.user.until(lambda: page.scene.shown.domain == (0.0, 2.0, -1.0, 1.0))
    on.settle()
    on.user.enter(panel.domain, "2, 0, -1, 1")
    assert "surface.domain" in panel.message.text()


@pytest.mark.parametrize("name", ["bowl", "rastrigin", "six_hump_camel"])
def test_another_surface_brings_its_domain_and_minima(on, name):
    page = on.page
    on.user.pick(page.panel.surface.combo, name)
    on.user.until(lambda: page.scene.shown.name == name)
    on.settle()
    facts = surfaces.catalog.get(name).facts
    x_low, x_high, y_low, y_high = facts["domain"]
    area = page.map.area()
    assert area[0] <= x_low + 1e-9
    assert area[1] >= x_high - 1e-9
    assert area[2] <= y_low + 1e-9
    assert area[3] >= y_high - 1e-9
    assert len(page.map.minima.data) == len(facts["minima"])
    stars = sum(symbol == "star" for symbol in page.map.minima.data["symbol"])
    assert stars == sum(m[3] for m in facts["minima"])


def test_the_hidden_page_takes_no_shortcuts(on):
    on.page.timeline.number.setValue(2)
    window = on.user.window
    QTest.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert window.page is window.run_page
    QTest.keyClick(window, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    QTest.qWait(80)
    assert on.page.timeline.step == 2


_LONG = " + ".join(f"sin({k}*x)*cos({k}*y)^2/{k}" for k in range(1, 17))


@pytest.mark.parametrize("formula", ["", _LONG])
def test_everything_is_in_view_at_1280_by_720(on, formula):
    page = on.page
    if formula:
        on.user.enter(page.panel.formula, formula)
        on.user.until(lambda: page.scene.shown.formula == formula)
        on.settle()
        assert page.heading.text().endswith("…")
        assert page.heading.toolTip() == formula
        assert page.panel.about.height() < 250
    for widget in (page.map, page.relief, page.race, page.timeline, page.step_note):
        inside = widget.mapTo(on.user.window, QPoint(0, 0))
        assert inside.x() + widget.width() <= 1280
        assert inside.y() + widget.height() <= 720
    assert page.map.width() > 350
    assert page.relief.height() > 150
