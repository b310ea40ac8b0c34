"""Test surfaces: formulas, slopes by complex step, and published minima."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from kernels import probes, surfaces
from kernels.catalog import Item
from workbench.proof import Row, missing, twins
from workbench.proof.published import SURFACES, Published

SUMMARY = "every test surface against its published formula and minima"


def rows() -> Iterator[Row]:
    """Values and slopes relative to the surface's range, minima in its coordinates."""
    for entry in surfaces.catalog:
        if entry.name in SURFACES:
            yield from _formula(entry, SURFACES[entry.name])
            yield from _minima(entry, SURFACES[entry.name])
        else:
            yield missing(entry.name, "published.SURFACES")


def _formula(entry: Item, known: Published) -> Iterator[Row]:
    item = entry.make()
    hypers = item._asdict()
    left, right, low, high = entry.facts["domain"]
    x = np.linspace(left, right, 29)
    y = np.linspace(low, high, 23)
    height = np.empty((y.size, x.size))
    surfaces.heights(item, x, y, height)
    along, across = np.meshgrid(x, y)
    wanted = known.formula(along, across, **hypers)
    size = np.abs(wanted).max()
    yield Row(entry.name, "published formula", float(np.abs(height - wanted).max() / size), 1e-14)
    points = along.ravel(), across.ravel()
    got = np.empty((along.size, 3))
    probes.surface(item, *points, got)
    slopes = (
        twins.complex_slope(lambda v: known.formula(v, points[1], **hypers), points[0]),
        twins.complex_slope(lambda v: known.formula(points[0], v, **hypers), points[1]),
    )
    for k, slope in enumerate(slopes):
        error = np.abs(got[:, 1 + k] - slope).max() / np.abs(slope).max()
        yield Row(f"{entry.name}, df/d{'xy'[k]}", "complex step", float(error), 1e-13)


def _minima(entry: Item, known: Published) -> Iterator[Row]:
    item = entry.make()
    declared = np.array([m[:3] for m in entry.facts["minima"]], np.float64)
    for x, y, value in known.minima:
        apart = np.hypot(declared[:, 0] - x, declared[:, 1] - y)
        nearest = declared[apart.argmin()]
        worst = max(float(apart.min()), abs(float(nearest[2]) - value))
        yield Row(f"{entry.name}, minimum ({x:.4g}, {y:.4g})", "as published", worst, known.digits)
    got = np.empty((len(declared), 3))
    probes.surface(item, declared[:, 0].copy(), declared[:, 1].copy(), got)
    name = f"{entry.name}, {len(declared)} minima"
    yield Row(f"{name}: slope", "zero", float(np.abs(got[:, 1:]).max()), 1e-9)
    yield Row(f"{name}: value", "declared", float(np.abs(got[:, 0] - declared[:, 2]).max()), 1e-12)
    lowest = min(_lowest_curvature(known, item._asdict(), point) for point in declared[:, :2])
    yield Row(f"{name}: negative curvature", "none", max(-lowest, 0.0), 0.0)


def _lowest_curvature(known: Published, hypers: dict[str, float], point: np.ndarray) -> float:
    def slope(at: np.ndarray) -> np.ndarray:
        return twins.complex_gradient(lambda p: known.formula(p[0], p[1], **hypers), at)

    return float(np.linalg.eigvalsh(twins.differences(slope, point)).min())
