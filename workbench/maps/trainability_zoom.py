"""Zooms into the boundary of a trainability map, and the dimension that all their windows give.

The published dimensions (Sohl-Dickstein 2024, arXiv 2402.06184) are medians of local slopes over
windows about one point each, found by eye and not given in the paper. The boundary's dimension is
not the same everywhere, so a zoom finds the published figure only as far as it goes to a like
place: ``BUSIEST`` leads to where the boundary is densest, ``RANDOM`` to a pixel of it by chance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from kernels.draws import fill_uniforms
from kernels.random import STREAM_PLANE
from workbench.errors import BadValue
from workbench.fields import integer, plain
from workbench.maps.box_counting import Dimension
from workbench.maps.pixels import Window
from workbench.maps.trainability_map import Map, trainability

BUSIEST, RANDOM = "busiest", "random"
TOWARD = (BUSIEST, RANDOM)


def busiest(made: Map, factor: float = 0.5, places: int = 9) -> Window:
    """The part of the map's window, ``factor`` times its sides, with the most boundary in it.

    Of ``places``² parts that are looked at, the first with the most.
    """
    edges = made.boundary()
    rows, columns = (max(2, round(n * factor)) for n in edges.shape)
    sums = np.zeros((edges.shape[0] + 1, edges.shape[1] + 1), np.int64)
    sums[1:, 1:] = edges.cumsum(0).cumsum(1)
    tops = np.unique(np.linspace(0, edges.shape[0] - rows, places).round().astype(int))
    lefts = np.unique(np.linspace(0, edges.shape[1] - columns, places).round().astype(int))
    a, b = np.meshgrid(tops, lefts, indexing="ij")
    held = sums[a + rows, b + columns] - sums[a, b + columns] - sums[a + rows, b] + sums[a, b]
    top, left = (int(v.ravel()[held.argmax()]) for v in (a, b))
    return _part(made, top, left, factor)


def by_chance(made: Map, draw: float, factor: float = 0.5) -> Window:
    """The part of the map's window, ``factor`` times its sides, about a pixel of the boundary, or
    as near to that as it can be without leaving the window; ``draw`` in [0, 1) chooses it."""
    edges = made.boundary()
    at = np.flatnonzero(edges)
    pixel = at[min(int(draw * len(at)), len(at) - 1)]
    corner = [
        min(max(place - max(2, round(n * factor)) // 2, 0), n - max(2, round(n * factor)))
        for place, n in zip(divmod(int(pixel), edges.shape[1]), edges.shape, strict=True)
    ]
    return _part(made, corner[0], corner[1], factor)


def _part(made: Map, top: int, left: int, factor: float) -> Window:
    rows, columns = (n - 1 for n in made.measure.shape)
    w = made.window
    wide, high = w.x_high - w.x_low, w.y_high - w.y_low
    x, y = w.x_low + wide * left / columns, w.y_low + high * top / rows
    return Window(float(x), float(x + wide * factor), float(y), float(y + high * factor))


def zoom(
    first: Map,
    levels: Any,
    *,
    toward: str = BUSIEST,
    seed: Any = 0,
    factor: float = 0.5,
    threads: int | None = None,
    progress: Callable[[float], None] = lambda share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[Map]:
    """Follow the boundary from the finished map ``first``: yields ``levels`` further maps.

    Each is of a part of the window before, ``factor`` times as wide, at the same resolution:
    ``toward`` "busiest" or "random" (``seed`` draws where). It ends early where no boundary is
    left, where float64 no longer tells the pixels apart, or where ``cancelled``. Raises BadValue.
    """
    levels = integer("zoom", plain(levels), 0, 1000)
    seed = integer("seed", plain(seed), 0, 2**63 - 1)
    if toward not in TOWARD:
        raise BadValue("toward", f"must be one of {', '.join(TOWARD)}", toward, BUSIEST)
    return _zoom(first, levels, toward, seed, factor, threads, progress, cancelled)


def _zoom(
    first: Map,
    levels: int,
    toward: str,
    seed: int,
    factor: float,
    threads: int | None,
    progress: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> Iterator[Map]:
    draws = np.empty(levels)
    fill_uniforms(seed, STREAM_PLANE, 0, draws)
    last = first
    for level in range(levels):
        if not last.boundary().any():
            return
        draw = float(draws[level])
        window = by_chance(last, draw, factor) if toward == RANDOM else busiest(last, factor)
        n_y, n_x = last.measure.shape
        steps = (window.x_high - window.x_low) / n_x, (window.y_high - window.y_low) / n_y
        if min(steps) < 64 * np.spacing(max(abs(v) for v in window.sides)):
            return

        def told(share: float, level: int = level) -> None:
            progress((level + share) / levels)

        made = trainability(
            last.setting, axes=last.axes, window=window, resolution=(n_x, n_y),
            follow=last.trained is not None, threads=threads, progress=told, cancelled=cancelled,
        )  # fmt: skip
        if made.stride != 1:
            return
        yield made
        last = made


@dataclass(frozen=True)
class Level:
    """What is kept of a map once the next one is computed: its figures and its boundary's slopes,
    as the paper takes them (n,)."""

    summary: dict[str, Any]
    dimension: Dimension
    slopes: np.ndarray

    @classmethod
    def of(cls, made: Map) -> Level:
        """The level of a map."""
        return cls(made.summary(), made.dimension(), made.published_slopes())


def zoom_summary(levels: list[Level]) -> dict[str, Any]:
    """The figures of a zoom, ready for JSON; its dimension is the median of all local slopes."""
    fits = np.array([level.dimension.value for level in levels])
    fits = fits[np.isfinite(fits)]
    count = len(fits)
    slopes = np.concatenate([level.slopes for level in levels])
    spread = float(fits.std(ddof=1) / np.sqrt(count)) if count > 1 else None
    return {
        "dimension_published_procedure": float(np.median(slopes)) if len(slopes) else None,
        "published_dimension": levels[0].summary["published_dimension"],
        "dimension_fitted_mean": float(fits.mean()) if count else None,
        "dimension_fitted_standard_error": spread,
        "dimension_fitted_range": [float(fits.min()), float(fits.max())] if count else None,
        "maps": [level.summary for level in levels],
    }
