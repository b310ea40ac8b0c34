"""How much lower a loss, or how many steps fewer, one case has than another over the same starts.

Values may be +inf: a start that diverged, or never reached what it was to reach, ranks behind all
that did. A pair in which both are +inf is a tie.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy.stats import norm, rankdata

from workbench.census.proportions import Difference, wilson

# Up to so many differing pairs the signed ranks' distribution is enumerated.
EXACT = 200
# More differences than this are represented by so many of their quantiles.
MOST_AVERAGED = 100_000
# So many means are sorted as they are; of more, so many are looked at at a time.
_DIRECT, _SAMPLED, _SPREAD = 10_000, 1000, 50


class SignedRanks(NamedTuple):
    """Wilcoxon's statistic: rank sums of the positive and the negative differences, and its p.

    ``differing`` pairs took part; ``exact``: p is no approximation.
    """

    positive: float
    negative: float
    differing: int
    p: float
    exact: bool


def worst_last(values: Any) -> np.ndarray:
    """``values`` as float64 with NaN turned into +inf, the rank of what failed."""
    found = np.array(values, np.float64)
    found[np.isnan(found)] = np.inf
    return found


def differences(first: Any, second: Any) -> np.ndarray:
    """First minus second, (n,) float64 without NaN: ±inf where one failed, 0 where both did.

    Raises ValueError where lengths differ.
    """
    a, b = worst_last(first), worst_last(second)
    if a.shape != b.shape:
        raise ValueError(f"pairs need as many of one as of the other, got {a.shape} and {b.shape}")
    with np.errstate(invalid="ignore"):
        found = a - b
    found[a == b] = 0.0  # inf - inf too
    return found


def signed_ranks(difference: np.ndarray) -> SignedRanks:
    """Wilcoxon's signed-rank test that differences (n,) are symmetric about 0, two-sided.

    Wilcoxon 1945, Biometrics Bulletin 1, 80-83. Zero differences are dropped, as he did; tied ones
    have their mean rank. Up to ``EXACT`` differing pairs p is that of the permutation distribution
    given the ties, by the shift algorithm of Streitberg & Röhmel 1986, Statistical Software
    Newsletter 12, 10-17; above, the normal approximation with the variance corrected for ties and
    no correction for continuity.
    """
    d = difference[difference != 0.0]
    m = d.size
    ranks = rankdata(np.abs(d))
    positive = float(ranks[d > 0.0].sum())
    negative = m * (m + 1) / 2 - positive
    if m <= EXACT:
        p = _exact_p(ranks, min(positive, negative))
        return SignedRanks(positive, negative, m, p, True)
    deviation = np.sqrt(float(np.dot(ranks, ranks)) / 4)
    z = abs(positive - negative) / 2 / deviation
    return SignedRanks(positive, negative, m, min(1.0, 2 * float(norm.sf(z))), False)


def _exact_p(ranks: np.ndarray, smaller: float) -> float:
    """P of a rank sum as small as ``smaller``, doubled; every sign pattern is equally likely."""
    chances = _sum_chances(np.rint(2 * ranks).astype(np.int64))  # midranks are whole when doubled
    return min(1.0, 2.0 * float(chances[: round(2 * smaller) + 1].sum()))


def _sum_chances(numbers: np.ndarray) -> np.ndarray:
    """Distribution of the sum of those ``numbers`` (positive int) for which a coin shows heads."""
    chances = np.zeros(int(numbers.sum()) + 1)
    chances[0] = 1.0
    for number in numbers.tolist():
        shifted = chances[:-number].copy()
        chances *= 0.5
        chances[number:] += 0.5 * shifted
    return chances


def rank_biserial(difference: np.ndarray, confidence: float = 0.95) -> Difference:
    """Matched-pairs rank-biserial correlation of differences (n,), in [-1, 1], with an interval.

    (W+ - W-) / (W+ + W-), Kerby 2014, "The simple difference formula", Comprehensive Psychology 3,
    11.IT.3.1, over the pairs that differ: the share of favourable evidence minus that of
    unfavourable. (1 + r) / 2 estimates P(D + D' > 0) of two pairs; its variance is that of the
    U-statistic (Hoeffding 1948, Ann. Math. Statist. 19, 293-325), and the interval is Wilson's with
    the number of trials that has this variance, between m / 2, which bounds it, and m. No pair
    differs: 0 within (-1, 1).
    """
    d = np.sort(difference[difference != 0.0])
    m = d.size
    if not m:
        return Difference(0.0, -1.0, 1.0)
    test = rankdata(np.abs(d)) * np.sign(d)
    share = float(np.clip((1 + test.sum() / (m * (m + 1) / 2)) / 2, 0.0, 1.0))
    # How many of all differences outweigh each: larger than its negative, half where they cancel.
    at_most = np.searchsorted(d, -d, "right")
    below = np.searchsorted(d, -d, "left")
    projection = 1 - (at_most + below) / (2 * m)
    variance = 4 * float(projection.var(ddof=1)) / m if m > 1 else 0.0
    trials = share * (1 - share) / variance if variance > 0 else 0.0
    trials = float(np.clip(trials, m / 2, m))
    low, high = wilson(share * trials, trials, confidence)
    return Difference(2 * share - 1, 2 * float(low) - 1, 2 * float(high) - 1)


def shift(difference: np.ndarray, confidence: float = 0.95) -> Difference:
    """Hodges-Lehmann estimate of the location of the finite differences (n,), with its interval.

    The median of all means of two (Hodges & Lehmann 1963, Ann. Math. Statist. 34, 598-611), over
    all of them, those that are 0 too: drop the pairs in which both failed beforehand; the limits
    are the order statistics of these means that the signed-rank test does not reject (Hollander &
    Wolfe, "Nonparametric statistical methods", section 3.3), by the exact distribution up to
    ``EXACT`` pairs. Above ``MOST_AVERAGED`` differences, that many evenly spaced quantiles stand
    for them, at most 1/2000 of a percent of probability from the sample. No pairs: NaN, without
    limits.
    """
    d = np.sort(difference[np.isfinite(difference)])
    n = d.size
    if not n:
        return Difference(np.nan, -np.inf, np.inf)
    outside, whole = _outside(n, confidence), n * (n + 1) // 2
    if n > MOST_AVERAGED:
        d = d[((np.arange(MOST_AVERAGED) + 0.5) * (n / MOST_AVERAGED)).astype(np.int64)]
    means = _Means(d)
    middle = (means.order((means.count + 1) // 2) + means.order(means.count // 2 + 1)) / 2
    if outside == 0:  # so few pairs that no interval of this confidence is bounded
        return Difference(middle, -np.inf, np.inf)
    rank = min(max(1, round(outside * (means.count / whole))), (means.count + 1) // 2)
    return Difference(middle, means.order(rank), means.order(means.count + 1 - rank))


def _outside(n: int, confidence: float) -> int:
    """Which of the n (n + 1) / 2 ordered means is the lower limit, from 1; 0: there is none."""
    tail = (1 - confidence) / 2
    if n <= EXACT:
        return int(np.searchsorted(np.cumsum(_sum_chances(np.arange(1, n + 1))), tail, "right"))
    pairs = n * (n + 1) / 2
    z = float(norm.isf(tail))
    return max(1, int(pairs / 2 - z * np.sqrt(pairs * (2 * n + 1) / 12)))


class _Means:
    """The ordered means of all two of some sorted finite numbers, each with itself too.

    Row i holds the means of number i with itself and with those behind it, which ascend; so what
    lies between two values is a stretch of every row.
    """

    def __init__(self, ordered: np.ndarray) -> None:
        self._sorted = ordered
        self._rows = np.arange(ordered.size)
        self.count = ordered.size * (ordered.size + 1) // 2

    def order(self, rank: int) -> float:
        """The ``rank``-th of the means, from 1 on.

        A sample of those among which it is tells two values that are likely to enclose it more
        closely (Floyd & Rivest 1975, "Expected time bounds for selection", Commun. ACM 18,
        165-172), until they are so few that they can be sorted.
        """
        # Means of opposite numbers are 0, not what rounding leaves of them.
        if self._sum(self._ends(0.0, strictly=True)) < rank <= self._sum(self._ends(0.0)):
            return 0.0
        # Floats of one sign are ordered as their bits are.
        low, high = _bits(self._sorted[0]) - 1, _bits(self._sorted[-1])
        first, last = self._rows, np.full_like(self._rows, self._rows.size)
        before = np.inf
        while (left := int((last - first).sum())) > _DIRECT:
            if high - low == 1:
                return _float(high)
            sample = np.sort(self._some(first, last, np.arange(_SAMPLED) * left // _SAMPLED))
            near = (rank - self._sum(first)) * _SAMPLED // left
            places = np.clip([near - _SPREAD, near + _SPREAD], 0, _SAMPLED - 1)
            a, b = map(_bits, sample[places])
            # Where rounding keeps that from cutting off much, the floats are halved.
            bisected = [(low + high) // 2] if left > before / 2 else []
            before = left
            for bits in (a - 1, b, *bisected):
                if low < bits < high:
                    ends = self._ends(_float(bits))
                    if self._sum(ends) >= rank:
                        high, last = bits, ends
                    else:
                        low, first = bits, ends
        rest, place = self._some(first, last, np.arange(left)), rank - self._sum(first) - 1
        return float(np.partition(rest, place)[place])

    def _ends(self, value: float, strictly: bool = False) -> np.ndarray:
        """Where in each row the means that are at most ``value``, or below it, end."""
        side: Any = "left" if strictly else "right"
        with np.errstate(over="ignore"):
            partners = (2 * value - self._sorted)[::-1]
        return np.maximum(np.searchsorted(self._sorted, partners, side)[::-1], self._rows)

    def _sum(self, ends: np.ndarray) -> int:
        """How many means lie before these ``ends`` of the rows."""
        return int((ends - self._rows).sum())

    def _some(self, first: np.ndarray, last: np.ndarray, places: np.ndarray) -> np.ndarray:
        """The means at ``places``, ascending, of the stretches of the rows one after the other."""
        ends = np.cumsum(last - first)
        row = np.searchsorted(ends, places, "right")
        half = self._sorted / 2  # the sum of two may overflow
        return np.asarray(half[row] + half[places - ends[row] + last[row]])


def _bits(value: float) -> int:
    """An int that orders as float64 does."""
    bits = int(np.float64(value).view(np.int64))
    return bits if bits >= 0 else -(bits & 0x7FFF_FFFF_FFFF_FFFF)


def _float(bits: int) -> float:
    return float(np.int64(abs(bits)).view(np.float64)) * (1.0 if bits >= 0 else -1.0)
