"""Heat maps: colours mean what the scale says, and the tool tip names the weight."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QPoint
from PyQt6.QtGui import QColor

from ui.theme import DARK, LIGHT, diverging, shade, themes
from ui.weights_view import HeatMaps
from workbench.model import layers


@pytest.fixture
def maps(qtbot):
    themes.use(LIGHT)
    made = HeatMaps()
    qtbot.addWidget(made)
    made.resize(500, 400)
    made.set_layers(layers((3, 2, 2)))
    return made


def luminance(colours):
    """Relative luminance of sRGB colours (WCAG 2.2)."""
    c = np.asarray(colours, float) / 255
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return linear @ (0.2126, 0.7152, 0.0722)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_scale_is_centred_on_zero_and_ordered_by_lightness(theme):
    table = diverging(theme)
    zero = QColor(theme.zero)
    assert np.abs(shade(np.zeros(1), 1.0, table)[0] - np.array(zero.getRgb()[:3])).max() <= 1
    light = luminance(table)
    sign = -1 if theme is LIGHT else 1
    for half in (light[127:], light[127::-1]):
        assert (sign * np.diff(half) >= -1e-3).all()


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_signs_differ_for_the_colour_blind(theme):
    # Vienot, Brettel & Mollon 1999: what a protanope and a deuteranope see, in linear RGB.
    protan = np.array([[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]])
    deutan = np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]])
    table = diverging(theme) / 255.0
    for matrix in (protan, deutan):
        seen = table**2.2 @ matrix.T
        for k in (40, 90, 127):
            assert np.abs(seen[127 + k] - seen[127 - k]).max() > 0.08


def test_pixels_have_the_colour_of_their_value(maps):
    vector = np.zeros(14, np.float32)
    vector[0], vector[1], vector[6] = 2.0, -2.0, 1.0
    maps.set_vector("weights", vector)
    maps.set_vector("gradient", np.zeros(14, np.float32))
    picture = maps.grab().toImage()
    cell = next(c for c in maps._cells if c.kind == "weights")
    table = diverging(LIGHT)
    for i in range(4):
        for j in range(2):
            x = cell.place.left() + (2 * j + 1) * cell.place.width() // 4
            y = cell.place.top() + (2 * i + 1) * cell.place.height() // 8
            wanted = shade(np.array(vector[2 * i + j]), 2.0, table)
            found = picture.pixelColor(x, y).getRgb()[:3]
            assert np.abs(np.array(found) - wanted).max() <= 2
            assert f"{vector[2 * i + j]:.5g}" in maps.value_at(QPoint(x, y))
    x, y = cell.place.left() + 3, cell.place.bottom() - 3
    assert maps.value_at(QPoint(x, y)) == "3 → 2, bias of unit 0: 1"


def test_values_that_are_not_finite_are_painted(maps):
    maps.set_vector("weights", np.full(14, np.nan))
    maps.set_vector("gradient", np.array([np.inf] * 14))
    assert not maps.grab().isNull()
