"""Minima and saddles of heights over a grid: what the grid shows, no more.

A minimum is lower than its eight neighbours. At a saddle, going round the eight, the height crosses
that of the middle four times or more. The grid's edge, where neighbours lack, has neither.

Equal heights: where a stationary point lies midway between grid points, two or four of them are the
lowest, and the first of these stands for all. Larger plateaus have no minimum. Of equal neighbours
the later one in the order of reading counts as higher (Edelsbrunner & Mücke 1990, "Simulation of
simplicity"), and a saddle found so must be one of the quadratic through the neighbourhood too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

# The eight neighbours in the order of going round: (row, column).
_RING = ((-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1))
_LATER = np.array([1.0 if place > (0, 0) else -1.0 for place in _RING])[:, None, None]
_PLATEAU = 6  # equal neighbours of a point inside a plateau, at least
# Of the rise over one cell: minima that are not further above the lowest are all global, since that
# is how well their values are known.
_EQUAL = 0.05


@dataclass(frozen=True)
class Feature:
    """One found place: ``kind`` is "global minimum", "minimum", "saddle", or "lowest" where the
    lowest point shown is no minimum of the grid (at its edge, or on a plateau).

    ``x``, ``y``, ``value``: refined where ``resolved``, else the grid's point [row, column]. A
    place that is not resolved lies on the grid as defined above, but the quadratic through its
    neighbourhood has no such stationary point near it: a ravine between grid points, or noise.
    """

    kind: str
    x: float
    y: float
    value: float
    row: int
    column: int
    resolved: bool

    def summary(self) -> dict[str, Any]:
        """The feature, ready for JSON."""
        return dict(self.__dict__)


def find_features(
    values: np.ndarray,
    along: np.ndarray,
    across: np.ndarray,
    *,
    refine: bool = True,
    tolerance: float = 0.0,
) -> list[Feature]:
    """The minima, lowest first, and then the saddles of ``values`` (len(across), len(along)).

    Coordinates are evenly spaced. Heights count as different where they differ by more than
    ``tolerance`` times their size: float32 losses have noise. With ``refine`` positions and values
    are those of the stationary point of the quadratic through the neighbourhood. What is not
    finite is higher than all else.
    """
    found: list[Feature] = []
    values = np.where(np.isfinite(values), np.asarray(values, np.float64), np.inf)
    sound = np.isfinite(values)
    if not sound.any():
        return found
    lowest = np.unravel_index(int(np.argmin(values)), values.shape)
    signs = _signs(values, tolerance)
    minima = [_feature("minimum", values, along, across, p, refine) for p in _minima(signs)]
    minima.sort(key=lambda feature: feature.value)
    if minima:
        low = minima[0].value + _doubt(values, minima[0])
        known = minima[0].value <= values[lowest] + _doubt(values, minima[0])
        for feature in minima:
            best = known and feature.value - _doubt(values, feature) <= low
            found.append(_named(feature, "global minimum") if best else feature)
    if not any(f.kind == "global minimum" for f in found):
        row, column = (int(k) for k in lowest)
        place = float(along[column]), float(across[row]), float(values[lowest])
        found.insert(0, Feature("lowest", *place, row, column, False))
    saddles = _saddles(signs, values)
    return found + [_feature("saddle", values, along, across, p, refine) for p in saddles]


def _doubt(values: np.ndarray, feature: Feature) -> float:
    """How far a minimum's refined value may be off."""
    _, bend = _quadratic(values, (feature.row, feature.column))
    return _EQUAL * float(max(bend[0, 0], bend[1, 1], 0.0)) / 2.0


def _named(feature: Feature, kind: str) -> Feature:
    return Feature(**{**feature.__dict__, "kind": kind})


def _signs(values: np.ndarray, tolerance: float) -> np.ndarray:
    """(8, rows - 2, columns - 2): whether each neighbour is above (1), below (-1) or neither."""
    rows, columns = values.shape
    middle = values[1:-1, 1:-1]
    if min(rows, columns) < 3:
        return np.empty((8, 0, 0))
    ring = [values[1 + i : rows - 1 + i, 1 + j : columns - 1 + j] for i, j in _RING]
    with np.errstate(invalid="ignore"):
        steps = np.nan_to_num(np.stack(ring) - middle, nan=0.0, posinf=np.inf, neginf=-np.inf)
        noise = tolerance * np.where(np.isfinite(middle), np.abs(middle), 0.0)
    return np.where(np.abs(steps) > noise, np.sign(steps), 0.0)


def _minima(signs: np.ndarray) -> list[tuple[int, int]]:
    broken = np.where(signs == 0, _LATER, signs)
    found = [(int(i) + 1, int(j) + 1) for i, j in np.argwhere((broken > 0).all(0))]
    return [place for place in found if not _plateau(signs, place)]


def _plateau(signs: np.ndarray, place: tuple[int, int]) -> bool:
    """Whether the points as high as this one and joined to it spread over more than 2 by 2."""
    seen, waiting = {place}, [place]
    while waiting:
        i, j = waiting.pop()
        inside = 0 < i <= signs.shape[1] and 0 < j <= signs.shape[2]
        if not inside:
            return True
        equal = {
            (i + a, j + b)
            for (a, b), sign in zip(_RING, signs[:, i - 1, j - 1], strict=True)
            if sign == 0
        }
        waiting += equal - seen
        seen |= equal
        rows, columns = zip(*seen, strict=True)
        if max(rows) - min(rows) > 1 or max(columns) - min(columns) > 1:
            return True
    return False


def _saddles(signs: np.ndarray, values: np.ndarray) -> list[tuple[int, int]]:
    """One grid point of each group of neighbours that all look like a saddle."""
    near_plateau = _grown((signs == 0).sum(0)) >= _PLATEAU
    certain, candidates = set(), set()
    for i, j in np.argwhere(_crossings(np.where(signs == 0, _LATER, signs)) >= 4):
        place = int(i) + 1, int(j) + 1
        if _crossings(signs[:, i, j][signs[:, i, j] != 0]) >= 4:
            certain.add(place)
        elif near_plateau[i, j] or _far(values, place) > 1.0:
            continue
        candidates.add(place)
    found = []
    while candidates:
        group, waiting = [], [candidates.pop()]
        while waiting:
            i, j = waiting.pop()
            group.append((i, j))
            near = {(i + a, j + b) for a, b in _RING} & candidates
            candidates -= near
            waiting += near
        found.append(min(sorted(group), key=lambda p: (p not in certain, _far(values, p))))
    return sorted(found)


def _crossings(signs: np.ndarray) -> np.ndarray:
    """How often ``signs`` (k, …), none of which is zero, change on the way round."""
    return np.asarray((signs * np.roll(signs, 1, axis=0) < 0).sum(0))


def _grown(counts: np.ndarray) -> np.ndarray:
    """The largest of each entry and its neighbours."""
    rows, columns = counts.shape
    padded = np.pad(counts, 1)
    return np.max(
        [padded[1 + i : rows + 1 + i, 1 + j : columns + 1 + j] for i, j in ((0, 0), *_RING)], axis=0
    )


def _far(values: np.ndarray, place: tuple[int, int]) -> float:
    """How far the fitted saddle is, in cells; groups without one are led by the flattest point."""
    slope, bend = _quadratic(values, place)
    determinant = bend[0, 0] * bend[1, 1] - bend[0, 1] ** 2
    if determinant < 0:
        return float(np.abs(np.linalg.solve(bend, slope)).max())
    return 1e6 + float(np.linalg.norm(slope))


def _quadratic(values: np.ndarray, place: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Gradient (2,) and Hessian (2, 2) in cells, by central differences: (x, y), exact for a
    quadratic; zeros where a neighbour is not finite."""
    i, j = place
    v = values[i - 1 : i + 2, j - 1 : j + 2]
    if not np.isfinite(v).all():
        return np.zeros(2), np.zeros((2, 2))
    slope = np.array([v[1, 2] - v[1, 0], v[2, 1] - v[0, 1]]) / 2.0
    mixed = (v[2, 2] - v[2, 0] - v[0, 2] + v[0, 0]) / 4.0
    twice = v[1, 2] - 2.0 * v[1, 1] + v[1, 0], v[2, 1] - 2.0 * v[1, 1] + v[0, 1]
    return slope, np.array([[twice[0], mixed], [mixed, twice[1]]])


def _feature(
    kind: str,
    values: np.ndarray,
    along: np.ndarray,
    across: np.ndarray,
    place: tuple[int, int],
    refine: bool,
) -> Feature:
    row, column = place
    x, y, value = float(along[column]), float(across[row]), float(values[place])
    slope, bend = _quadratic(values, place)
    determinant = bend[0, 0] * bend[1, 1] - bend[0, 1] ** 2
    fits = determinant < 0 if kind == "saddle" else determinant > 0 and bend[0, 0] > 0
    if fits:
        step = -np.linalg.solve(bend, slope)
        fits = bool(np.abs(step).max() <= 1.0)
    if fits and refine:
        x += float(step[0] * (along[1] - along[0]))
        y += float(step[1] * (across[1] - across[0]))
        value += 0.5 * float(slope @ step)
    return Feature(kind, x, y, value, row, column, bool(fits))
