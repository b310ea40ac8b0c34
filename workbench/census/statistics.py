"""Distributions of end losses and steps, and p values of many comparisons.

The paired tests are in ``workbench.census.paired`` and ``workbench.census.proportions``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from workbench.census.paired import worst_last


class Ecdf(NamedTuple):
    """An empirical distribution function: ``share`` of the values are at most ``value``.

    Arrays (m,), float64, both growing; ``low`` and ``high`` bound the true distribution function
    everywhere at once. Values that are +inf are counted and not shown, so that the last share is
    that of the finite ones. ``count``: how many values there were.
    """

    value: np.ndarray
    share: np.ndarray
    low: np.ndarray
    high: np.ndarray
    count: int  # type: ignore[assignment]  # hides tuple.count


def ecdf(values: Any, confidence: float = 0.95, most: int | None = None) -> Ecdf:
    """Empirical distribution function of ``values`` (n,); NaN counts as +inf.

    The band is that of Dvoretzky, Kiefer & Wolfowitz 1956, Ann. Math. Statist. 27, 642-669, with
    the constant of Massart 1990, Ann. Probab. 18, 1269-1283: share ± sqrt(log(2 / (1 - confidence))
    / (2 n)). ``most``: keep at most that many of the steps, evenly spaced in share, the first and
    the last among them; each that is kept is exact.
    """
    found = np.sort(worst_last(values))
    n = found.size
    value, first = np.unique(found[: np.searchsorted(found, np.inf)], return_index=True)
    last = np.append(first[1:], np.searchsorted(found, np.inf))[: value.size]
    share = last / max(n, 1)
    if most is not None and value.size > most:
        wanted = np.linspace(share[0], share[-1], most)
        kept = np.unique(np.searchsorted(share, wanted).clip(max=share.size - 1))
        value, share = value[kept], share[kept]
    half = np.sqrt(np.log(2 / (1 - confidence)) / (2 * max(n, 1)))
    return Ecdf(value, share, (share - half).clip(min=0.0), (share + half).clip(max=1.0), n)


def quantiles(values: Any, at: Any) -> np.ndarray:
    """Quantiles of ``values`` (n,) at probabilities ``at``; NaN counts as +inf, which a quantile
    is as soon as it would be interpolated towards it. Without values: NaN.

    Linear interpolation between order statistics: type 7 of Hyndman & Fan 1996, Am. Stat. 50.
    """
    found, where = np.sort(worst_last(values)), np.asarray(at, np.float64)
    if not found.size:
        return np.full(where.shape, np.nan)
    place = where * (found.size - 1)
    below = np.floor(place).astype(np.int64)
    low, high = found[below], found[np.minimum(below + 1, found.size - 1)]
    with np.errstate(invalid="ignore"):
        between = low + (place - below) * (high - low)
    return np.where((place == below) | (low == high), low, np.where(np.isinf(high), high, between))


def holm(p: Any) -> np.ndarray:
    """p values (m,) adjusted for m comparisons: the chance of one false rejection stays below them.

    Holm 1979, "A simple sequentially rejective multiple test procedure", Scand. J. Statist. 6,
    65-70: the k-th smallest times m - k + 1, and none below a smaller one's.
    """
    found = np.asarray(p, np.float64)
    m = found.size
    order = np.argsort(found, kind="stable")
    adjusted = np.empty(m)
    adjusted[order] = np.maximum.accumulate(found[order] * np.arange(m, 0, -1)).clip(max=1.0)
    return adjusted
