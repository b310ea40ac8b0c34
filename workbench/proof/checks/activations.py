"""Activations and their slopes against formulas in NumPy and complex steps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from kernels import activations, probes
from kernels.catalog import Item
from workbench.proof import Row, missing, twins

SUMMARY = "every activation and its slope against NumPy and complex steps"
_CLEAR = 1e-6  # of the kinks, where a slope is a matter of convention


def rows() -> Iterator[Row]:
    """Errors relative to the larger of 1 and the value."""
    for entry in activations.catalog:
        if entry.name not in twins.ACTIVATIONS:
            yield missing(entry.name, "twins.ACTIVATIONS")
            continue
        for dtype, unit in ((np.float64, 1.0), (np.float32, 5e8)):
            yield from _compare(entry, dtype, unit)


def _compare(entry: Item, dtype: Any, unit: float) -> Iterator[Row]:
    item = unusual(entry)
    hypers = item._asdict()
    z = np.linspace(-4.03, 4.01, 403).astype(dtype)
    for kink in twins.kinks(entry.name, hypers):
        z = z[np.abs(z - kink) > _CLEAR]
    a, slope = np.empty_like(z), np.empty_like(z)
    probes.activation(item, z, a, slope)
    exact = z.astype(np.float64)
    twin = twins.ACTIVATIONS[entry.name]
    kind = f"{entry.name}, {np.dtype(dtype)}"
    # An error in z is multiplied by the slope, and the slope's by the second derivative.
    steep = max(1.0, *(abs(v) for v in hypers.values())) ** 2 if entry.name == "sine" else 1.0
    yield Row(kind, "formula", _error(a, twin(exact, **hypers)), 1e-14 * unit * steep)
    wanted = twins.complex_slope(lambda x: twin(x, **hypers), exact)
    yield Row(f"{kind}, slope", "complex step", _error(slope, wanted), 1e-14 * unit * steep)


def unusual(entry: Item) -> Any:
    """The item with other hyper-parameters than its defaults, so that each of them counts."""
    changed = {h.name: h.range.nearest(0.9 * h.default + 0.02) for h in entry.hypers}
    return entry.make(changed)


def _error(got: np.ndarray, wanted: Any) -> float:
    return float(np.max(np.abs(got - wanted) / np.maximum(1.0, np.abs(wanted))))
