"""A relief drawn by OpenGL, off the screen: the picture is handed over as an image.

A QOpenGLWidget among the others would have the whole window composed by OpenGL, which a software
renderer does slowly. So this one is never shown, and only the 3-D picture pays for itself.
"""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
import pyqtgraph.opengl as gl
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QImage

from ui.camera import Camera, field_across
from ui.relief import Relief
from ui.theme import themes

RESOLUTION = 90


class GLEngine:
    """Pictures of reliefs; what did not change since the last one stays with the driver."""

    resolution = RESOLUTION

    def __init__(self) -> None:
        self._view = gl.GLViewWidget()
        self._view.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        self._view.opts["center"] = pg.Vector(0, 0, 0)
        self._table = pg.colormap.get("viridis").getLookupTable(nPts=256) / 255.0
        self._surface: gl.GLSurfacePlotItem | None = None
        self._mesh: tuple[object, ...] = ()
        self._lines: list[gl.GLLinePlotItem] = []
        self._patch: gl.GLMeshItem | None = None

    def picture(
        self, relief: Relief, camera: Camera, width: int, height: int, ratio: float
    ) -> QImage:
        """The relief as an image of ``width`` × ``height`` pixels of a screen with that ratio."""
        view = self._view
        own = view.devicePixelRatioF()
        view.resize(max(round(width * ratio / own), 1), max(round(height * ratio / own), 1))
        view.opts["fov"] = field_across(width, height)
        view.setBackgroundColor(themes.now.base)
        view.setCameraPosition(
            distance=camera.distance, elevation=camera.elevation, azimuth=camera.azimuth
        )
        self._show_surface(relief)
        self._show_lines(relief)
        self._show_patch(relief.patch)
        image = view.grabFramebuffer()
        image.setDevicePixelRatio(ratio)
        return image

    def close(self) -> None:
        """Give the driver back what it holds."""
        self._view.clear()
        self._view.close()
        self._view.deleteLater()

    def _show_surface(self, relief: Relief) -> None:
        mesh = (relief.grid, relief.z.shape)
        if mesh == self._mesh:
            return
        self._mesh = mesh
        shaded = self._table[np.rint(255 * relief.place).astype(int)] * relief.light()[..., None]
        colours = np.concatenate([shaded, np.ones((*relief.z.shape, 1))], axis=2)
        if self._surface is not None:
            self._view.removeItem(self._surface)
        self._surface = gl.GLSurfacePlotItem(
            x=relief.x,
            y=relief.y,
            z=relief.z.T.astype(np.float32),
            colors=np.ascontiguousarray(colours.transpose(1, 0, 2), np.float32).reshape(-1, 4),
            shader=None,
            computeNormals=False,
            smooth=True,
        )
        self._view.addItem(self._surface)

    def _show_lines(self, relief: Relief) -> None:
        wanted = [(relief.floor(), QColor(themes.now.faint), 1.0)]
        wanted += [(line.points, QColor(line.colour), line.width) for line in relief.lines]
        while len(self._lines) > len(wanted):
            self._view.removeItem(self._lines.pop())
        while len(self._lines) < len(wanted):
            item = gl.GLLinePlotItem(mode="lines", glOptions="opaque", antialias=False)
            item.setDepthValue(1)
            self._view.addItem(item)
            self._lines.append(item)
        for item, (points, colour, width) in zip(self._lines, wanted, strict=True):
            pairs = np.stack([points[:-1], points[1:]], axis=1)
            pairs = pairs[np.isfinite(pairs).all(axis=(1, 2))].reshape(-1, 3)
            item.setData(
                pos=pairs if len(pairs) else np.zeros((2, 3)), color=colour.getRgbF(), width=width
            )

    def _show_patch(self, corners: np.ndarray | None) -> None:
        if self._patch is not None:
            self._view.removeItem(self._patch)
            self._patch = None
        if corners is not None and len(corners):
            colour = QColor(themes.now.accent)
            self._patch = gl.GLMeshItem(
                vertexes=corners.astype(np.float32),
                faces=np.array([[0, 1, 2], [0, 2, 3]]),
                color=(colour.redF(), colour.greenF(), colour.blueF(), 0.55),
                smooth=False,
                computeNormals=False,
                glOptions="translucent",
                shader=None,
            )
            self._patch.setDepthValue(2)
            self._view.addItem(self._patch)
