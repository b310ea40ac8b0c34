"""A relief drawn with Qt's painter, where there is no OpenGL, and for vector files.

The painter's algorithm: the cells of a coarse mesh and the pieces of the lines are painted from
the farthest to the nearest.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import QLineF, QPointF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen, QPolygonF

from ui.camera import Camera
from ui.relief import Relief
from ui.theme import themes

RESOLUTION = 49
_NEARER = 0.04  # lines on the surface come before the cells that they lie on


class PaintedEngine:
    """Paints reliefs; ``paint`` works on any device, a vector file as well."""

    resolution = RESOLUTION

    def __init__(self) -> None:
        self._table = pg.colormap.get("viridis").getLookupTable(nPts=256)

    def paint(
        self, painter: QPainter, relief: Relief, camera: Camera, width: int, height: int
    ) -> None:
        """Paint into the rectangle from (0, 0) to (width, height)."""
        cells, colours, cell_depth = self._cells(relief, camera, width, height)
        lines, pens, line_depth = self._lines(relief, camera, width, height)
        patch = self._patch(relief, camera, width, height)
        depth = np.concatenate([cell_depth, line_depth, [patch[1]] if patch else []])
        smooth = painter.testRenderHint(QPainter.RenderHint.Antialiasing)
        n = len(cells)
        for k in np.argsort(-depth):
            if k < n:
                # A line of its own colour closes the gap between a cell and the next.
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
                painter.setPen(QPen(colours[k], 0.6))
                painter.setBrush(colours[k])
                painter.drawConvexPolygon(cells[k])
            elif k < n + len(lines):
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
                painter.setPen(pens[k - n])
                painter.drawLine(lines[k - n])
            elif patch:
                fill = QColor(themes.now.accent)
                painter.setPen(QPen(fill, 1.0))
                fill.setAlphaF(0.55)
                painter.setBrush(fill)
                painter.drawConvexPolygon(patch[0])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)

    def _cells(
        self, relief: Relief, camera: Camera, width: int, height: int
    ) -> tuple[list[QPolygonF], list[QColor], np.ndarray]:
        x, y = np.meshgrid(relief.x, relief.y)
        points = np.column_stack([x.ravel(), y.ravel(), relief.z.ravel()])
        seen = camera.project(points, width, height).reshape(*relief.z.shape, 3)
        corners = np.stack(
            [seen[:-1, :-1], seen[:-1, 1:], seen[1:, 1:], seen[1:, :-1]], axis=2
        ).reshape(-1, 4, 3)
        place = relief.place
        middle = (place[:-1, :-1] + place[:-1, 1:] + place[1:, 1:] + place[1:, :-1]) / 4.0
        bright = relief.light()
        light = (bright[:-1, :-1] + bright[:-1, 1:] + bright[1:, 1:] + bright[1:, :-1]) / 4.0
        rgb = self._table[np.rint(255 * middle).astype(int)] * light[..., None]
        good = np.isfinite(corners).all(axis=(1, 2))
        corners, rgb = corners[good], rgb.reshape(-1, 3)[good].astype(int)
        polygons = [QPolygonF([QPointF(px, py) for px, py, _ in quad]) for quad in corners.tolist()]
        return polygons, [QColor(*c) for c in rgb.tolist()], corners[:, :, 2].mean(axis=1)

    def _lines(
        self, relief: Relief, camera: Camera, width: int, height: int
    ) -> tuple[list[QLineF], list[QPen], np.ndarray]:
        lines: list[QLineF] = []
        pens: list[QPen] = []
        depths: list[np.ndarray] = []
        for line in relief.lines:
            seen = camera.project(_fine(line.points), width, height)
            pen = QPen(QColor(line.colour), line.width)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pairs = np.stack([seen[:-1], seen[1:]], axis=1)
            pairs = pairs[np.isfinite(pairs).all(axis=(1, 2))]
            lines += [QLineF(a[0], a[1], b[0], b[1]) for a, b in pairs.tolist()]
            pens += [pen] * len(pairs)
            depths.append(pairs[:, :, 2].mean(axis=1) - _NEARER)
        return lines, pens, np.concatenate(depths) if depths else np.empty(0)

    def _patch(
        self, relief: Relief, camera: Camera, width: int, height: int
    ) -> tuple[QPolygonF, float] | None:
        if relief.patch is None or not len(relief.patch):
            return None
        seen = camera.project(relief.patch, width, height)
        if not np.isfinite(seen).all():
            return None
        polygon = QPolygonF([QPointF(x, y) for x, y, _ in seen.tolist()])
        # It touches the surface, so no place in the order is right everywhere: before its middle.
        return polygon, float(seen[:, 2].mean()) - 3 * _NEARER


def _fine(points: np.ndarray, most: float = 0.08) -> np.ndarray:
    """``points`` with long pieces cut up, so that each has a depth of its own."""
    if len(points) < 2 or len(points) > 400:
        return points
    made = [points[:1]]
    for a, b in pairwise(points):
        length = np.linalg.norm(b - a)
        count = int(np.ceil(length / most)) if np.isfinite(length) else 1
        made.append(a + np.linspace(0.0, 1.0, max(count, 1) + 1)[1:, None] * (b - a))
    return np.concatenate(made)
