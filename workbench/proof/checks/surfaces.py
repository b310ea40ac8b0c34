"""Test surfaces: formulas, derivatives by complex step and differences, and published minima."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from kernels import probes, surfaces
from kernels.catalog import Item
from workbench.proof import Row, missing, twins
from workbench.proof.published import SURFACES, Published

SUMMARY = "every test surface against its published formula and minima"


def rows() -> Iterator[Row]:
    """Values and derivatives relative to their largest, minima in coordinates and values."""
    for entry in surfaces.catalog:
        if entry.name in SURFACES:
            yield from _formula(entry, SURFACES[entry.name])
            yield from _minima(entry, SURFACES[entry.name])
        else:
            yield missing(entry.name, "published.SURFACES")


def _look(entry: Item, x: Any, y: Any) -> Any:
    """f and its derivatives as the kernels have them, (6, n)."""
    out = np.empty((6, np.size(x)))
    probes.surface(entry.make(), np.ravel(x), np.ravel(y), out)
    return out


def _hypers(entry: Item) -> dict[str, Any]:
    return {hyper.name: hyper.default for hyper in entry.hypers}


def _slopes(entry: Item, known: Published, x: Any, y: Any) -> Any:
    """The formula's slopes, (2, n), by complex step."""
    hypers = _hypers(entry)
    return np.array(
        [
            twins.complex_slope(lambda v: known.formula(v, y, **hypers), x),
            twins.complex_slope(lambda v: known.formula(x, v, **hypers), y),
        ]
    )


def _formula(entry: Item, known: Published) -> Iterator[Row]:
    left, right, low, high = entry.facts["domain"]
    # Off the lines where many formulas have their kinks.
    x, y = np.meshgrid(
        left + (np.arange(23) + 0.37) / 23 * (right - left),
        low + (np.arange(19) + 0.37) / 19 * (high - low),
    )
    x, y = x.ravel(), y.ravel()
    got = _look(entry, x, y)
    wanted = known.formula(x, y, **_hypers(entry))
    yield Row(entry.name, "published formula", _apart(got[0], wanted), known.rounding)
    slopes = _slopes(entry, known, x, y)
    worst = max(_apart(got[1 + k], slopes[k]) for k in (0, 1))
    yield Row(f"{entry.name}, slopes", "complex step", worst, 100 * known.rounding)
    if not known.detail:
        return
    yield Row(
        f"{entry.name}, second derivatives", "differences", _bends(entry, known, x, y, got), 1e-5
    )


def _bends(entry: Item, known: Published, x: Any, y: Any, got: Any) -> float:
    """The largest error at points clear of kinks: where two lengths of steps agree."""
    left, right, low, high = entry.facts["domain"]
    errors, scale = [], 1e-300
    for axis, span in ((0, right - left), (1, high - low)):
        unit = np.array([span, 0.0]) if axis == 0 else np.array([0.0, span])
        fine, coarse = (
            _change(entry, known, x, y, 1e-3 * known.detail * part * unit, axis)
            for part in (0.5, 1)
        )
        clear = (np.abs(fine - coarse) <= 1e-6 * np.abs(fine).max() + 1e-300).all(axis=0)
        if clear.mean() < 0.5:
            return np.inf
        scale = max(scale, np.abs(fine[:, clear]).max())
        errors.append(np.abs(got[3 + axis : 5 + axis] - fine)[:, clear].max())
    return float(max(errors) / scale)


def _change(entry: Item, known: Published, x: Any, y: Any, step: Any, axis: int) -> Any:
    """The slopes' derivatives along an axis, to fourth order in the step."""
    near, far = (
        _slopes(entry, known, x + k * step[0], y + k * step[1])
        - _slopes(entry, known, x - k * step[0], y - k * step[1])
        for k in (1, 2)
    )
    return (8 * near - far) / (12 * step[axis])


def _apart(got: Any, wanted: Any) -> float:
    return float(np.abs(got - wanted).max() / max(np.abs(wanted).max(), 1e-300))


def _minima(entry: Item, known: Published) -> Iterator[Row]:
    x, y, value, _ = np.array(entry.facts["minima"], np.float64).reshape(-1, 4).T
    digits = known.digits if known.value_digits is None else known.value_digits
    worst = 0.0
    for at_x, at_y, at_value in known.minima:
        k = np.hypot(x - at_x, y - at_y).argmin()
        place = max(abs(x[k] - at_x), abs(y[k] - at_y)) / known.digits
        worst = max(worst, place, abs(value[k] - at_value) / digits)
    if known.minima:
        name = f"{entry.name}, {len(known.minima)} published minima, in their last digits"
        yield Row(name, "listed", worst, 1.0)
    if not x.size:
        return
    scale = np.maximum(1.0, np.abs(value))
    got = _look(entry, x, y)[0]
    # At a kink that is a root, the rounding of the coordinates shows.
    beside = [
        np.abs(_look(entry, np.nextafter(x, a), np.nextafter(y, b))[0] - value)
        for a in (-np.inf, np.inf)
        for b in (-np.inf, np.inf)
    ]
    name = f"{entry.name}, {x.size} minima"
    worst = float((np.maximum(np.abs(got - value) - 10 * np.max(beside, axis=0), 0) / scale).max())
    yield Row(f"{name}: value", "declared", worst, 1e-9)
    # The formula on small circles about them, in units of the domain.
    left, right, low, high = entry.facts["domain"]
    turn = np.arange(16) * (2 * np.pi / 16) + 0.1
    around_x = x[:, None] + 1e-4 * (right - left) * np.cos(turn)
    around_y = y[:, None] + 1e-4 * (high - low) * np.sin(turn)
    ring = known.formula(around_x, around_y, **_hypers(entry))
    lower = ((got[:, None] - ring).max(axis=1) / scale).max()
    yield Row(f"{name}: lower nearby", "nothing", max(float(lower), 0.0), 1e-12)
