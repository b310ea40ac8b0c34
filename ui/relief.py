"""A surface in 3-D as numbers: a mesh in a box around the origin, and what lies on it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ui.surface_grid import Grid, Scale

_HALF, _TALL = 1.0, 0.9
_LIGHT = np.array([-0.35, -0.25, 0.9]) / np.linalg.norm([-0.35, -0.25, 0.9])
_LIFT = 0.012  # lines on the surface are drawn this far above it


@dataclass(frozen=True)
class Line:
    """A path over the surface: ``points`` (m, 3) in the box, NaN between its parts."""

    points: np.ndarray
    colour: str
    width: float = 2.0


@dataclass(frozen=True)
class Mark:
    """A point over the surface: a place (3,) in the box and how it looks."""

    place: np.ndarray
    colour: str
    symbol: str
    size: float = 9.0


@dataclass(frozen=True)
class Relief:
    """The scene: ``x`` (n,), ``y`` (m,), ``z`` (m, n) in the box, ``place`` (m, n) on the colours.

    ``patch`` (4, 3) are the corners of the tangent plane, if one is shown.
    """

    grid: Grid
    x: np.ndarray
    y: np.ndarray
    z: np.ndarray
    place: np.ndarray
    lines: list[Line] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    patch: np.ndarray | None = None

    @property
    def box(self) -> tuple[np.ndarray, np.ndarray]:
        """The least and the largest corner."""
        low = np.array([self.x[0], self.y[0], -_TALL / 2])
        return low, np.array([self.x[-1], self.y[-1], _TALL / 2])

    def floor(self) -> np.ndarray:
        """The box's floor as a closed line (5, 3)."""
        (x0, y0, z0), (x1, y1, _) = self.box
        return np.array([[x0, y0, z0], [x1, y0, z0], [x1, y1, z0], [x0, y1, z0], [x0, y0, z0]])

    def light(self) -> np.ndarray:
        """How bright (m, n) the mesh is, from 0.55 to 1: lit from above and from one side."""
        down_y, down_x = np.gradient(self.z, self.y, self.x)
        normal = np.stack([-down_x, -down_y, np.ones_like(self.z)], axis=2)
        normal /= np.linalg.norm(normal, axis=2, keepdims=True)
        return 0.55 + 0.45 * np.clip(normal @ _LIGHT, 0.0, 1.0)

    def hidden(self, places: np.ndarray, eye: np.ndarray) -> np.ndarray:
        """Whether the surface hides ``places`` (n, 3) from an ``eye`` (3,): bool (n,)."""
        if not len(places):
            return np.zeros(0, bool)
        along = np.linspace(0.02, 1.0, 80)[:, None, None]
        points = places + along * (eye - places)
        columns = np.interp(points[..., 0], self.x, np.arange(self.x.size), np.nan, np.nan)
        rows = np.interp(points[..., 1], self.y, np.arange(self.y.size), np.nan, np.nan)
        inside = np.isfinite(columns) & np.isfinite(rows)
        i, j = (np.rint(np.nan_to_num(a)).astype(int) for a in (rows, columns))
        return np.asarray((inside & (self.z[i, j] > points[..., 2] + 0.03)).any(axis=0))

    def put(self, points: np.ndarray) -> np.ndarray:
        """Points x, y, f (n, 3) of the surface in the box; NaN outside of the mesh's area."""
        return _put(self.grid, self.grid.scale, points)


def make_relief(grid: Grid, most: int) -> Relief:
    """The mesh of ``grid`` with at most ``most`` points a side, without lines and marks."""
    columns, rows = (_strided(len(axis), most) for axis in (grid.x, grid.y))
    place = np.clip(np.nan_to_num(grid.colour[np.ix_(rows, columns)], nan=1.0), 0.0, 1.0)
    x, y = _sides(grid)
    return Relief(grid, x[columns], y[rows], (place - 0.5) * _TALL, place)


def _strided(count: int, most: int) -> np.ndarray:
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(np.int64))


def _sides(grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates of the grid's columns and rows in the box; the longer side is the whole box."""
    width, height = grid.x[-1] - grid.x[0], grid.y[-1] - grid.y[0]
    ratio = height / width
    # Sides of very different length would make a wall of the surface.
    ratio = float(np.clip(ratio, 0.5, 2.0))
    half_x, half_y = (_HALF, _HALF * ratio) if ratio < 1.0 else (_HALF / ratio, _HALF)
    return (
        (2.0 * (grid.x - grid.x[0]) / width - 1.0) * half_x,
        (2.0 * (grid.y - grid.y[0]) / height - 1.0) * half_y,
    )


def _put(grid: Grid, scale: Scale, points: np.ndarray) -> np.ndarray:
    x, y = _sides(grid)
    inside = (
        (points[:, 0] >= grid.x[0])
        & (points[:, 0] <= grid.x[-1])
        & (points[:, 1] >= grid.y[0])
        & (points[:, 1] <= grid.y[-1])
    )
    place = np.clip(scale(points[:, 2]), -0.2, 1.2)
    made = np.column_stack(
        [
            np.interp(points[:, 0], grid.x, x),
            np.interp(points[:, 1], grid.y, y),
            (place - 0.5) * _TALL + _LIFT,
        ]
    )
    made[~inside] = np.nan
    return made


def tangent_patch(
    relief: Relief, x: float, y: float, value: float, slope: tuple[float, float], size: float = 0.16
) -> np.ndarray:
    """Corners (4, 3), in the box, of the tangent plane at (x, y): of the surface as it is shown.

    In 3-D the height is the colour's place, so its slope is that of the scale times the gradient.
    """
    grid = relief.grid
    if not (grid.x[0] <= x <= grid.x[-1] and grid.y[0] <= y <= grid.y[-1]):
        return np.empty((0, 3))
    reach_x, reach_y = size * (grid.x[-1] - grid.x[0]), size * (grid.y[-1] - grid.y[0])
    here = relief.put(np.array([[x, y, value]]))[0]
    bx, by = _sides(grid)
    unit_x = (bx[-1] - bx[0]) / (grid.x[-1] - grid.x[0])
    unit_y = (by[-1] - by[0]) / (grid.y[-1] - grid.y[0])
    small = 1e-4 * (grid.scale.high - grid.scale.low) or 1e-12
    rate = float(np.diff(grid.scale(np.array([value, value + small])))[0]) / small * _TALL
    corners = []
    for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        dx, dy = sx * reach_x, sy * reach_y
        rise = rate * (slope[0] * dx + slope[1] * dy)
        corners.append(here + np.array([unit_x * dx, unit_y * dy, rise]))
    made = np.array(corners)
    # A steep plane is kept within the box by making it smaller, not flatter.
    tallest = np.abs(made[:, 2] - here[2]).max()
    return made if tallest <= 0.45 else here + (made - here) * (0.45 / tallest)
