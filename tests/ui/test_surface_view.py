"""Clicks on a test surface, checked against SciPy and a descent written out here."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QPointF
from scipy.optimize import minimize

from kernels import surfaces


@pytest.fixture
def surface(make_user):
    user = make_user(play=False)
    view = user.window.surface
    user.until(lambda: "click" in view.note.text())
    return user, view


def click_at(user, view, x, y):
    viewport = view.map.plot.viewport()
    box = view.map.plot.getPlotItem().vb
    place = view.map.plot.mapFromScene(box.mapViewToScene(QPointF(x, y)))
    user.click(viewport, place.x(), place.y())


def himmelblau(p):
    return (p[0] ** 2 + p[1] - 11) ** 2 + (p[0] + p[1] ** 2 - 7) ** 2


def test_click_starts_a_descent_to_the_minimum_below(surface):
    user, view = surface
    click_at(user, view, 1.0, 1.0)
    user.until(lambda: view.descent is not None)
    path = view.descent.path
    # A pixel is some 0.03 wide here.
    assert np.allclose(path[0, :2], (1.0, 1.0), atol=0.06)
    wanted = minimize(himmelblau, path[-1, :2], tol=1e-12).x
    assert np.allclose(path[-1, :2], wanted, atol=1e-4)
    assert path[-1, 2] == pytest.approx(0.0, abs=1e-9)
    assert "minimum" in view.note.text()
    user.until(lambda: len(view.map.path.getData()[0]) == len(path))


def test_path_is_plain_gradient_descent(surface):
    user, view = surface
    view.descend_from(-1.0, 0.5)
    user.until(lambda: view.descent is not None)
    p = np.array([-1.0, 0.5])
    for row in view.descent.path[:50]:
        assert np.allclose(row[:2], p, rtol=1e-6)
        h = 1e-6
        slope = [(himmelblau(p + d) - himmelblau(p - d)) / (2 * h) for d in np.eye(2) * h]
        p = p - 0.01 * np.array(slope)


def test_a_rate_too_large_is_told(surface):
    user, view = surface
    view.descend_from(3.5, 3.5)
    user.enter(view.rate, "0.5")
    user.until(lambda: "diverged" in view.note.text())
    user.enter(view.rate, "-3")
    assert "must be" in view.note.text()


@pytest.mark.parametrize("name", ["bowl", "branin", "bird"])
def test_surfaces_are_drawn(surface, name):
    user, view = surface
    user.pick(view.surface, name)
    # The keyboard passes others on the way; the last one chosen must be what is shown.
    user.until(lambda: "click" in view.note.text())
    entry = surfaces.catalog.get(name)
    x_low, x_high, y_low, y_high = entry.facts["domain"]
    shown = view.map.image.mapRectToView(view.map.image.boundingRect())
    assert shown.left() == pytest.approx(x_low, abs=0.02 * (x_high - x_low))
    assert shown.right() == pytest.approx(x_high, abs=0.02 * (x_high - x_low))
    assert shown.top() == pytest.approx(y_low, abs=0.02 * (y_high - y_low))
    assert shown.bottom() == pytest.approx(y_high, abs=0.02 * (y_high - y_low))
    assert view.map.image.image.std() > 0
