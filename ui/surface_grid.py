"""What a map of a surface consists of: heights with their colours' scale, contour lines, arrows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ui.contours import contour_lines
from workbench.descents.surface import Surface

_MIDDLE = 0.62  # of the colours is where logarithmic ones have the median height
_LEAST_UNIT = 1e-6  # of the heights' span
_TICKS = 6

Area = tuple[float, float, float, float]  # x_low, x_high, y_low, y_high


@dataclass(frozen=True)
class Scale:
    """Colours, and heights in 3-D, from 0 to 1: linear, or logarithmic above ``low``.

    The logarithmic one is log(1 + (f - low) / unit); without a unit (0) it is linear.
    """

    low: float
    high: float
    unit: float = 0.0

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """The places of ``values``, beyond [0, 1] for values beyond the grid's."""
        above = np.asarray(values, np.float64) - self.low
        if not self.unit:
            return above / (self.high - self.low)
        span = np.log1p((self.high - self.low) / self.unit)
        return np.log1p(np.maximum(above / self.unit, -0.5)) / span

    def value(self, place: np.ndarray) -> np.ndarray:
        """The values at places of [0, 1]: the inverse."""
        if not self.unit:
            return self.low + place * (self.high - self.low)
        span = np.log1p((self.high - self.low) / self.unit)
        return self.low + self.unit * np.expm1(place * span)

    def ticks(self) -> list[tuple[float, str]]:
        """Places and values to write beside a colour bar."""
        flat = self.high - self.low <= 1e-6 * abs(self.high)
        places = np.array([0.5]) if flat else np.linspace(0.02, 0.98, _TICKS)
        return [(float(p), _brief(v)) for p, v in zip(places, self.value(places), strict=True)]


def _brief(value: float) -> str:
    """Three digits, or a whole number of up to five: there is no room for more."""
    if 1e3 <= abs(value) < 1e5:
        return f"{value:.0f}"
    digits, exponent, power = f"{value:.3g}".partition("e")
    return f"{digits}e{int(power)}" if exponent else digits


@dataclass(frozen=True)
class Grid:
    """``height`` (len(y), len(x)) over evenly spaced x and y; ``colour`` is its place on ``scale``,
    ``contours`` (m, 2) have a row of NaN after each line, ``arrows`` likewise are polylines."""

    x: np.ndarray
    y: np.ndarray
    height: np.ndarray
    colour: np.ndarray
    scale: Scale
    contours: np.ndarray
    arrows: np.ndarray

    def nearest(self, x: float, y: float) -> float:
        """The height at the grid's point that is nearest to (x, y)."""
        return float(self.height[np.abs(self.y - y).argmin(), np.abs(self.x - x).argmin()])


def make_grid(
    surface: Surface, area: Area, shape: tuple[int, int], log: bool, arrows: tuple[int, int] | None
) -> Grid:
    """The map of ``area`` with ``shape`` (columns, rows), and so many ``arrows`` a side."""
    x = np.linspace(area[0], area[1], shape[0])
    y = np.linspace(area[2], area[3], shape[1])
    height = surface.heights(x, y)
    scale = scale_of(height, log)
    colour = np.where(np.isfinite(height), scale(height), np.nan)
    lines = contour_lines(x, y, colour)
    field = slopes(surface, area, arrows) if arrows else np.empty((0, 2))
    return Grid(x, y, height, colour, scale, lines, field)


def scale_of(height: np.ndarray, log: bool) -> Scale:
    """The scale between the finite extremes of ``height``.

    The logarithm's unit puts the median at _MIDDLE, so that valleys have room but do not take it
    all, whatever the surface's units; where the median is as high anyway, the scale is linear.
    """
    finite = height[np.isfinite(height)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    high = high if high > low else low + max(1e-12, 1e-9 * abs(low))
    span = high - low
    middle = float(np.median(finite) - low) / span if finite.size else 1.0
    if not log or not middle < _MIDDLE:
        return Scale(low, high)
    least, most = _LEAST_UNIT, 10.0
    for _ in range(40):  # bisection: the median sinks as the unit grows
        unit = np.sqrt(least * most)
        if np.log1p(middle / unit) > _MIDDLE * np.log1p(1.0 / unit):
            least = unit
        else:
            most = unit
    return Scale(low, high, float(least * span))


def slopes(surface: Surface, area: Area, count: tuple[int, int]) -> np.ndarray:
    """Arrows of -gradient on a lattice: polylines (m, 2), a row of NaN after each.

    Their lengths are scaled to the lattice and grow with the slope's cube root: slopes differ by
    orders of magnitude, and the direction is what is looked for.
    """
    dx, dy = (area[1] - area[0]) / count[0], (area[3] - area[2]) / count[1]
    x, y = np.meshgrid(
        area[0] + dx * (np.arange(count[0]) + 0.5), area[2] + dy * (np.arange(count[1]) + 0.5)
    )
    foot = np.column_stack([x.ravel(), y.ravel()])
    found = surface.look(foot)[:, 1:3]
    slope = np.hypot(*found.T)
    # As steps on the lattice: x and y may have other units.
    step = -found / (dx, dy)
    length = np.hypot(*step.T)
    good = np.isfinite(length) & (length > 0) & np.isfinite(slope)
    foot, step, length, slope = foot[good], step[good], length[good], slope[good]
    if not len(foot):
        return np.empty((0, 2))
    share = np.maximum(0.9 * np.cbrt(slope / slope.max()), 0.15)
    return arrow_lines(foot, step * (share / length)[:, None], (dx, dy), share)


def arrow_lines(
    foot: np.ndarray, step: np.ndarray, unit: tuple[float, float], length: np.ndarray
) -> np.ndarray:
    """Shafts with heads: from ``foot`` (n, 2) by ``step`` (n, 2), in multiples of ``unit``."""
    head = np.minimum(0.35 * length, 0.22)[:, None]
    along = step / np.maximum(length, 1e-300)[:, None]
    aside = along[:, ::-1] * (-1.0, 1.0)
    size = np.asarray(unit)
    tip = foot + step * size
    left, right = (tip + size * head * (side * 0.6 * aside - along) for side in (1, -1))
    gap = np.full_like(foot, np.nan)
    return np.stack([foot, tip, left, tip, right, gap], axis=1).reshape(-1, 2)


def thinned(count: int, most: int) -> np.ndarray:
    """At most ``most`` of the indices 0 … count-1, evenly spread, the first and last among them."""
    if count <= most:
        return np.arange(count)
    return np.unique(np.linspace(0, count - 1, most).round().astype(np.int64))
