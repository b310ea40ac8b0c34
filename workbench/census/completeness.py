"""How complete a list of distinct minima is, judged from how often each was met.

Two questions with two kinds of answers, for n starts that ended in w distinct minima:

*How probable is it that one more start ends in a minimum that was not met?* That probability is the
unseen mass, M. Good and Turing's estimate is the share of starts whose minimum was met only once
(Good 1953, Biometrika 40, 237-264); its expectation exceeds that of M by at most 1/n. Two upper
limits hold whatever the minima and the sizes of their basins, as long as starts are drawn
independently:

- from the counts: M exceeds its expectation by more than √(ln(1/δ)/n) with probability at most δ
  (McAllester & Ortiz 2003, JMLR 4, 895-911), and one start changes the estimate by at
  most 2/n, so that it falls short of its own expectation by more than √(2 ln(1/δ)/n) with
  probability at most δ (McDiarmid 1989). With half of the risk for each, M is below the estimate
  plus (1 + √2) √(ln(2/δ)/n). McAllester & Schapire 2000 (COLT, 1-6) have (2√2 + √3) √(ln(3/δ)/n).
- from the order: how many starts of the second half ended in a minimum that none of the first half
  met is binomial with the mass unseen after the first half, and M is no larger. Clopper & Pearson's
  upper limit (1934, Biometrika 26, 404-413) is exact, and much lower where little is new.

*How many minima are there?* Boender & Rinnooy Kan 1987 ("Bayesian stopping rules for multistart
global optimization methods", Mathematical Programming 37, 59-80) take every number k of minima as
equally likely beforehand, and every division of the starts among k basins as well. Then

    P(k | n, w) = (k-1)! k! (n-1)! (n-2)! / ((n+k-1)! (k-w)! w! (w-1)! (n-w-2)!),  k ≥ w,

which has a sum where n ≥ w + 2, and the expectation w (n-1) / (n-w-2) where n ≥ w + 3; the expected
unseen mass is w (w+1) / (n (n-1)). Basins of very unlike sizes are unlikely beforehand, so with
many tiny basins this number is too low. Chao's w + f₁(f₁-1) / (2 (f₂+1)), with f₁ minima met once
and f₂ twice, supposes nothing, and estimates a lower bound (Chao 1984, Scand. J. Statist. 11,
265-270; bias-corrected form).
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.stats import beta

CONFIDENCE = 0.95
_TERMS, _MOST_TERMS = 1 << 10, 1 << 24  # of the posterior that are added up, at first and at most


@dataclass(frozen=True)
class Completeness:
    """What is known of the minima that were not met.

    ``starts`` that ended in minima, n; ``distinct`` ones, w, of which ``once`` met a single time
    and ``twice``. ``unseen_mass``: Good-Turing; ``unseen_mass_most``: its upper limit at
    ``confidence``, the lower of the two above (each at half of the risk). ``expected_minima`` and
    ``expected_unseen_mass``: Boender & Rinnooy Kan, None where n is too small for them;
    ``minima_most``: the least number that is not exceeded with ``confidence`` by that posterior,
    None where it is none or beyond 10⁷. ``minima_least``: Chao's estimate of a lower bound.
    """

    starts: int
    distinct: int
    once: int
    twice: int
    confidence: float
    unseen_mass: float
    unseen_mass_most: float
    expected_minima: float | None
    expected_unseen_mass: float | None
    minima_most: int | None
    minima_least: float

    def to_dict(self) -> dict[str, Any]:
        """The fields, ready for JSON."""
        return asdict(self)


def judge(labels: np.ndarray, confidence: float = CONFIDENCE) -> Completeness:
    """The completeness of a census of independent starts.

    ``labels`` (n,): which minimum each start ended in, any integers, in the order of drawing.
    """
    labels = np.asarray(labels).ravel()
    counts = np.unique(labels, return_counts=True)[1]
    n, w = len(labels), len(counts)
    once, twice = int((counts == 1).sum()), int((counts == 2).sum())
    half = 1.0 - (1.0 - confidence) / 2.0
    most = min(limit_by_counts(counts, half), limit_by_order(labels, half))
    return Completeness(
        n, w, once, twice, confidence, good_turing(counts), most, expected_minima(n, w),
        expected_unseen_mass(n, w), minima_most(n, w, confidence), chao(counts),
    )  # fmt: skip


def good_turing(counts: np.ndarray) -> float:
    """The estimated unseen mass, of how often each minimum was met (w,); 1 where none was."""
    n = int(np.sum(counts))
    return float(np.sum(np.asarray(counts) == 1)) / n if n else 1.0


def limit_by_counts(counts: np.ndarray, confidence: float = CONFIDENCE) -> float:
    """An upper limit of the unseen mass, from how often each minimum was met (w,)."""
    n = int(np.sum(counts))
    if not n:
        return 1.0
    reach = (1.0 + math.sqrt(2.0)) * math.sqrt(math.log(2.0 / (1.0 - confidence)) / n)
    return min(1.0, good_turing(counts) + reach)


def limit_by_order(labels: np.ndarray, confidence: float = CONFIDENCE) -> float:
    """An upper limit of the unseen mass, from the minima met (n,) in the order of drawing."""
    first, second = np.split(np.asarray(labels), [len(labels) // 2])
    new = int(np.isin(second, first, invert=True).sum())
    if new == len(second):
        return 1.0
    return float(beta.ppf(confidence, new + 1, len(second) - new))


def expected_minima(n: int, w: int) -> float | None:
    """Boender & Rinnooy Kan's expected number of minima, w (n-1) / (n-w-2); None below w + 3
    starts, where there is none, or where no minimum was met."""
    return w * (n - 1) / (n - w - 2) if w and n >= w + 3 else None


def expected_unseen_mass(n: int, w: int) -> float | None:
    """Their expected unseen mass, w (w+1) / (n (n-1)); None below w + 2 starts."""
    return w * (w + 1) / (n * (n - 1)) if w and n >= w + 2 else None


def posterior(n: int, w: int, k: np.ndarray) -> np.ndarray:
    """P(k | n, w), the probability of ``k`` minima, float64 of the shape of k; needs n ≥ w + 2."""
    k = np.asarray(k, np.int64)
    flat = k.ravel()
    top = int(flat.max(initial=w))
    return np.exp(_logarithms(n, w, w, top + 1))[np.maximum(flat - w, 0)].reshape(k.shape) * (
        k >= w
    )


def minima_most(n: int, w: int, confidence: float = CONFIDENCE) -> int | None:
    """The least k with P(more than k minima | n, w) ≤ 1 - ``confidence``."""
    if not w or n < w + 2:
        return None
    total, first, last = 0.0, w, 0.0
    while first < w + _MOST_TERMS:
        end = first + max(_TERMS, first - w)
        logarithms = _logarithms(n, w, first, end, last)
        sums = total + np.cumsum(np.exp(logarithms))
        reached = int(np.searchsorted(sums, confidence))
        if reached < len(sums):
            return first + reached
        total, first, last = float(sums[-1]), end, float(logarithms[-1])
    return None


def _logarithms(n: int, w: int, first: int, end: int, before: float = 0.0) -> np.ndarray:
    """ln P(k | n, w) for first ≤ k < end; ``before``: that of first - 1, needed from w + 1 on."""
    k = np.arange(max(first, w + 1), end, dtype=np.float64)
    # P(k) / P(k-1); the ratios are exact where differences of ln Γ would cancel.
    steps = np.log((k - 1.0) / (k - w)) + np.log(k / (n + k - 1.0))
    if first > w:
        return np.asarray(before + np.cumsum(steps))
    # P(w) = (n-1)! (n-2)! / ((n+w-1)! (n-w-2)!), a product of w factors.
    i = np.arange(w, dtype=np.float64)
    begin = float(np.log1p(-(w + 1.0) / (n + i)).sum())
    return np.concatenate([[begin], begin + np.cumsum(steps)])


def chao(counts: np.ndarray) -> float:
    """Chao's estimate of a lower bound of the number of minima."""
    once, twice = (int(np.sum(np.asarray(counts) == c)) for c in (1, 2))
    return len(counts) + once * (once - 1) / (2.0 * (twice + 1))
