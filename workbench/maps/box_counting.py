"""The box-counting dimension of a set of pixels, with its fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

_LEAST_COUNT = 8  # boxes; fewer say nothing of how their number grows
_SHARE = 8  # a box is at most this part of the shorter side


@dataclass(frozen=True)
class Dimension:
    """The fit log(count) = intercept - ``value`` log(size) over boxes of ``sizes`` (n,) pixels.

    ``counts`` (n,) is how many boxes of a size the set meets; ``standard_error`` of the slope is
    that of ordinary least squares, which takes the deviations from the line for independent; they
    are not, so it is a lower bound. ``local`` (n,) are the slopes between neighbouring sizes.
    ``value`` and ``standard_error`` are NaN where fewer than three sizes can be used.
    """

    value: float
    standard_error: float
    intercept: float
    sizes: np.ndarray
    counts: np.ndarray
    local: np.ndarray

    def summary(self) -> dict[str, Any]:
        """The figures, ready for JSON."""
        return {
            "dimension": None if self.value != self.value else self.value,
            "standard_error": None if self.value != self.value else self.standard_error,
            "points": len(self.sizes),
            "smallest_box": int(self.sizes.min()) if len(self.sizes) else None,
            "largest_box": int(self.sizes.max()) if len(self.sizes) else None,
            "sizes": [int(s) for s in self.sizes],
            "counts": [int(c) for c in self.counts],
        }


def box_counts(pixels: np.ndarray, sizes: np.ndarray, offsets: int = 4) -> np.ndarray:
    """How many boxes of each of ``sizes`` meet the set of True ``pixels`` (n_y, n_x), int64.

    The least number over ``offsets``² places of the grid of boxes, so that the count depends less
    on where the set happens to lie.
    """
    rows, columns = np.nonzero(pixels)
    width = pixels.shape[1]
    found = []
    for size in sizes:
        shifts = sorted({k * int(size) // offsets for k in range(offsets)})
        counts = [
            len(np.unique((rows + a) // size * (2 * width + 2) + (columns + b) // size))
            for a in shifts
            for b in shifts
        ]
        found.append(min(counts))
    return np.array(found, np.int64)


def box_dimension(pixels: np.ndarray) -> Dimension:
    """The box-counting dimension of the set of True ``pixels`` (n_y, n_x).

    Sizes grow by about √2 from 1 pixel to an eighth of the shorter side, as long as the set meets
    at least 8 boxes. Boxes of one and two pixels see the raster and not the set, and are left out
    where enough others are there.
    """
    largest = max(min(pixels.shape) // _SHARE, 1)
    sizes = np.unique(np.round(2.0 ** np.arange(0, np.log2(largest) + 1e-9, 0.5)).astype(int))
    if (sizes > 2).sum() >= 3:
        sizes = sizes[sizes > 2]
    counts = box_counts(pixels, sizes)
    used = counts >= _LEAST_COUNT
    return fit(sizes[used], counts[used])


def fit(sizes: np.ndarray, counts: np.ndarray) -> Dimension:
    """The line through log(count) over log(size) by least squares."""
    if len(sizes) < 3:
        nan = float("nan")
        return Dimension(nan, nan, nan, sizes, counts, np.full(len(sizes), nan))
    x, y = np.log(sizes), np.log(counts)
    centred = x - x.mean()
    spread = float(centred @ centred)
    slope = float(centred @ y) / spread
    intercept = float(y.mean() - slope * x.mean())
    rest = y - intercept - slope * x
    error = float(np.sqrt(rest @ rest / (len(x) - 2) / spread))
    return Dimension(-slope, error, intercept, sizes, counts, -np.gradient(y, x))


def published_slopes(edges: np.ndarray) -> np.ndarray:
    """Local slopes (n,) as Sohl-Dickstein 2024 (arXiv 2402.06184) took them, by PoreSpy's count.

    Ten sizes at equal ratios from 10 pixels to the shorter side, rounded down; a box counts where
    it holds both True and False; slopes of log(count) over log(size) by second-order differences.
    The published dimension is the median of all slopes of all images of a zoom.
    """
    side = min(edges.shape)
    sizes = np.unique(np.logspace(1, np.log10(side), 10).astype(int))
    counts = []
    for size in sizes:
        starts = [np.arange(0, n, size) for n in edges.shape]
        sums = np.add.reduceat(np.add.reduceat(edges.astype(np.int64), starts[0], 0), starts[1], 1)
        lengths = [np.diff([*s, n]) for s, n in zip(starts, edges.shape, strict=True)]
        counts.append(int(((sums > 0) & (sums < np.multiply.outer(*lengths))).sum()))
    if len(sizes) < 3:
        return np.empty(0)
    with np.errstate(divide="ignore", invalid="ignore"):
        slopes = -np.gradient(np.log(counts), np.log(sizes))
    return slopes[np.isfinite(slopes)]
