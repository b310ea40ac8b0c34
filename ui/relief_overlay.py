"""What is painted around and over a relief, whatever drew it: floor, marks, labels."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QPainter, QPen

from ui.camera import Camera
from ui.relief import Relief
from ui.symbols import draw_symbol
from ui.theme import themes

_BEHIND = 0.45  # opacity of marks that the surface hides


def paint_floor(painter: QPainter, relief: Relief, camera: Camera, width: int, height: int) -> None:
    """The box's floor, which comes before all else."""
    seen = camera.project(relief.floor(), width, height)
    if np.isfinite(seen).all():
        painter.setPen(QPen(QColor(themes.now.faint), 1))
        for a, b in pairwise(seen):
            painter.drawLine(QPointF(*a[:2]), QPointF(*b[:2]))


def paint_marks(painter: QPainter, relief: Relief, camera: Camera, width: int, height: int) -> None:
    """All marks, paler where the surface hides them."""
    if not relief.marks:
        return
    places = np.array([mark.place for mark in relief.marks])
    seen = camera.project(places, width, height)
    hidden = relief.hidden(places, camera.eye)
    for k in np.argsort(-seen[:, 2]):
        mark = relief.marks[k]
        if np.isfinite(seen[k]).all():
            painter.setOpacity(_BEHIND if hidden[k] else 1.0)
            draw_symbol(painter, mark.symbol, seen[k, 0], seen[k, 1], mark.size, mark.colour)

    painter.setOpacity(1.0)


def paint_labels(
    painter: QPainter, relief: Relief, camera: Camera, width: int, height: int
) -> None:
    """The ends of both axes beside the floor's corners that are nearest."""
    grid, floor = relief.grid, relief.floor()[:4]
    seen = camera.project(floor, width, height)
    if not np.isfinite(seen).all():
        return
    font = QFont(painter.font())
    font.setPointSizeF(max(7.0, font.pointSizeF() * 0.85))
    painter.setFont(font)
    painter.setPen(QColor(themes.now.text))
    near = int(np.argmin(seen[:, 2]))
    centre = seen[:, :2].mean(axis=0)
    x, y = (grid.x[0], grid.x[-1]), (grid.y[0], grid.y[-1])
    # Corner k of the floor lies at the ends (0, 0), (1, 0), (1, 1), (0, 1) of x and y.
    ends = [(0, 0), (1, 0), (1, 1), (0, 1)]
    for k in (near, (near + 1) % 4, (near + 3) % 4):
        if k == near:
            text = f"({x[ends[k][0]]:.3g}, {y[ends[k][1]]:.3g})"
        else:
            along_x = ends[k][1] == ends[near][1]
            text = f"x {x[ends[k][0]]:.3g}" if along_x else f"y {y[ends[k][1]]:.3g}"
        away = seen[k, :2] - centre
        away = away / max(float(np.hypot(*away)), 1e-9)
        _label(painter, text, width, height, seen[k, 0] + 16 * away[0], seen[k, 1] + 14 * away[1])


def _label(painter: QPainter, text: str, width: int, height: int, x: float, y: float) -> None:
    """Text around (x, y), moved so that it is whole."""
    metrics = painter.fontMetrics()
    wide, tall = metrics.horizontalAdvance(text) + 4, metrics.height()
    left = min(max(x - wide / 2, 2.0), width - wide - 2.0)
    top = min(max(y - tall / 2, 1.0), height - tall - 1.0)
    flags = Qt.AlignmentFlag.AlignCenter.value | Qt.TextFlag.TextDontClip.value
    painter.drawText(QRectF(left, top, wide, tall), flags, text)
