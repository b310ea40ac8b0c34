"""How many starts succeed, and how much more often in one case than in another.

Starts are paired: start ``i`` of one case and start ``i`` of the other share their random numbers,
so that a difference is judged from the pairs in which the two disagree.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy.stats import binom, norm


class Pairs(NamedTuple):
    """Pairs of starts by which of the two succeeded."""

    both: int
    first_only: int
    second_only: int
    neither: int

    @property
    def count(self) -> int:  # type: ignore[override]  # hides tuple.count
        return sum(self)


class Difference(NamedTuple):
    """An estimate with its confidence interval."""

    estimate: float
    low: float
    high: float


def wilson(successes: Any, count: Any, confidence: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Score interval (low, high) of a binomial proportion; arrays broadcast, float64 in [0, 1].

    Wilson 1927, "Probable inference, the law of succession, and statistical inference", JASA 22,
    209-212; method 3 of Newcombe 1998, Stat. Med. 17, 857-872. Nothing tried: (0, 1).
    """
    k, n = np.asarray(successes, np.float64), np.asarray(count, np.float64)
    z = norm.isf((1 - confidence) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = (k + z * z / 2) / (n + z * z)
        half = z * np.sqrt(k * (n - k) / n + z * z / 4) / (n + z * z)
        # At 0 and n of n one limit is known; rounding must not put the proportion outside.
        low = np.where(k > 0, np.maximum(middle - half, 0.0), 0.0)
        high = np.where(k < n, np.minimum(middle + half, 1.0), 1.0)
    tried = n > 0
    return np.where(tried, low, 0.0), np.where(tried, high, 1.0)


def pairs(first: np.ndarray, second: np.ndarray) -> Pairs:
    """Count two boolean arrays (n,) by pair. Raises ValueError where their lengths differ."""
    a, b = np.asarray(first, bool), np.asarray(second, bool)
    if a.shape != b.shape:
        raise ValueError(f"pairs need as many of one as of the other, got {a.shape} and {b.shape}")
    both, one, two = (int(np.count_nonzero(x)) for x in (a & b, a & ~b, ~a & b))
    return Pairs(both, one, two, a.size - both - one - two)


def mcnemar(table: Pairs) -> float:
    """Two-sided exact p value for equal success rates: binomial(1/2) over the discordant pairs.

    McNemar 1947, Psychometrika 12, 153-157, with the exact distribution in place of chi-squared.
    Without a discordant pair: 1.
    """
    discordant = table.first_only + table.second_only
    fewer = min(table.first_only, table.second_only)
    return min(1.0, 2.0 * float(binom.cdf(fewer, discordant, 0.5)))


def risk_difference(table: Pairs, confidence: float = 0.95) -> Difference:
    """Success rate of the first minus that of the second, with the interval for paired data.

    Newcombe 1998, "Improved confidence intervals for the difference between binomial proportions
    based on paired data", Stat. Med. 17, 2635-2650, method 10: the Wilson limits of the two rates,
    squared and added, less what their correlation takes. Without pairs: NaN within (-1, 1).
    """
    n = table.count
    if not n:
        return Difference(np.nan, -1.0, 1.0)
    a, b, c, d = (float(x) for x in table)
    first, second = (a + b) / n, (a + c) / n
    low, high = wilson([a + b, a + c], n, confidence)
    below, above = np.array([first, second]) - low, high - np.array([first, second])
    phi = _correlation(a, b, c, d)
    difference = (b - c) / n
    down = below[0] ** 2 - 2 * phi * below[0] * above[1] + above[1] ** 2
    up = above[0] ** 2 - 2 * phi * above[0] * below[1] + below[1] ** 2
    return Difference(
        difference,
        max(difference - float(np.sqrt(max(down, 0.0))), -1.0),
        min(difference + float(np.sqrt(max(up, 0.0))), 1.0),
    )


def _correlation(a: float, b: float, c: float, d: float) -> float:
    """Newcombe's phi, drawn towards 0 by a continuity correction where it is positive."""
    n, product = a + b + c + d, (a + b) * (c + d) * (a + c) * (b + d)
    if product == 0.0:
        return 0.0
    numerator = a * d - b * c
    if numerator > 0.0:
        numerator = max(numerator - n / 2, 0.0)
    return numerator / float(np.sqrt(product))
