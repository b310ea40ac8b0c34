"""Running counts of a comparison's ends: as much memory for a million starts as for ten.

Values are counted in bins of equal width in their logarithm, the same for every case and every
comparison, so that counts of different files, cases and machines can be added.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from kernels.training import LOSS_TOO_LARGE, NOT_FINITE
from workbench.comparison.plan import Plan
from workbench.comparison.training import steps_column

SAMPLE = 1000  # starts of a case that are kept one by one, at most
_FAILED = (NOT_FINITE, LOSS_TOO_LARGE)


class Bins(NamedTuple):
    """``each`` bins a decade, from 10^``low`` to 10^``high``."""

    low: int
    high: int
    each: int

    @property
    def edges(self) -> np.ndarray:
        """The bins' borders, float64 (n + 1,)."""
        powers = np.arange(self.low * self.each, self.high * self.each + 1) / self.each
        return np.asarray(10.0**powers)


LOSSES, STEPS = Bins(-30, 12, 256), Bins(0, 12, 128)
_EDGES = {bins: bins.edges for bins in (LOSSES, STEPS)}


@dataclass(frozen=True)
class Counts:
    """How many values lie in each of ``bins``: ``inside`` int64 (n,), bin k from its lower border,
    included, to its upper one; ``below`` the first border, such as zero; ``never``: at or above the
    last one, infinite or NaN."""

    bins: Bins
    inside: np.ndarray
    below: int = 0
    never: int = 0

    @classmethod
    def none(cls, bins: Bins) -> Counts:
        """Nothing counted yet."""
        return cls(bins, np.zeros(len(_EDGES[bins]) - 1, np.int64))

    def plus(self, values: np.ndarray) -> Counts:
        """These counts and those of ``values`` (m,)."""
        edges = _EDGES[self.bins]
        place = np.searchsorted(edges, values, side="right")  # NaN comes after all
        found = np.bincount(place, minlength=len(edges) + 1)
        return Counts(
            self.bins,
            self.inside + found[1:-1],
            self.below + int(found[0]),
            self.never + int(found[-1]),
        )

    def merged(self, other: Counts) -> Counts:
        """The counts of both, of the same bins."""
        return Counts(
            self.bins,
            self.inside + other.inside,
            self.below + other.below,
            self.never + other.never,
        )

    @property
    def total(self) -> int:
        """How many values were counted."""
        return int(self.inside.sum()) + self.below + self.never

    def quantile(self, share: float) -> float:
        """A quantile, to within a bin; 0 below the bins, inf among what never was, NaN of none."""
        if not self.total:
            return float("nan")
        sums = self.below + np.cumsum(self.inside)
        wanted = share * self.total
        if wanted <= self.below:
            return 0.0
        k = int(np.searchsorted(sums, wanted))
        edges = _EDGES[self.bins]
        return float(np.sqrt(edges[k] * edges[k + 1])) if k < len(sums) else float("inf")

    def distribution(self, most: int | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Borders of bins (m,) around those with values, and the share of values below each: all,
        or at most about ``most`` of them, evenly spaced in share and in the border's logarithm."""
        filled = np.flatnonzero(self.inside)
        if not len(filled):
            return np.empty(0), np.empty(0)
        sums = np.concatenate([[0], np.cumsum(self.inside)]) + self.below
        near = np.unique(np.concatenate([filled, filled + 1]))
        if most is not None and len(near) > most:
            half = most // 2
            shares = np.linspace(sums[near[0]], sums[near[-1]], half)
            places = np.searchsorted(sums[near], shares)
            near = near[np.unique([*places, *np.linspace(0, len(near) - 1, half).astype(int)])]
        return _EDGES[self.bins][near], sums[near] / self.total


@dataclass(frozen=True)
class Tally:
    """What is known of the ends of a case that were counted.

    ``starts``: how many; ``failed``: how many of them diverged, whose loss counts as infinite.
    ``loss``: of the final losses, ``least`` of them; ``steps_to``: for each tolerance, of the steps
    to it. ``sample``: of every ``stride``-th start its index, loss and steps, float64 (m, 3), m at
    most SAMPLE: starts are drawn independently, so that these are a fair sample.
    """

    starts: int
    failed: int
    least: float
    loss: Counts
    steps_to: Mapping[float, Counts]
    sample: np.ndarray
    stride: int = 1

    @classmethod
    def none(cls, plan: Plan) -> Tally:
        """Nothing counted yet of a case of ``plan``."""
        steps = {tolerance: Counts.none(STEPS) for tolerance in plan.tolerances}
        return cls(0, 0, float("inf"), Counts.none(LOSSES), steps, np.empty((0, 3)))

    @property
    def columns(self) -> list[str]:
        """The columns of a part that are looked at."""
        return ["start", "loss", "steps", "code", *map(steps_column, self.steps_to)]

    def plus(self, part: Mapping[str, np.ndarray]) -> Tally:
        """These ends and those of a part: arrays (m,) for each of ``columns``."""
        failed = np.isin(part["code"], _FAILED) | ~np.isfinite(part["loss"])
        loss = np.where(failed, np.inf, part["loss"])
        rows = np.column_stack([part["start"], loss, part["steps"]])
        made = Tally(
            self.starts + len(loss),
            self.failed + int(failed.sum()),
            min(self.least, float(loss.min(initial=np.inf))),
            self.loss.plus(loss),
            {t: c.plus(part[steps_column(t)]) for t, c in self.steps_to.items()},
            np.concatenate([self.sample, rows[rows[:, 0] % self.stride == 0]]),
            self.stride,
        )
        return made._thinned()

    def merged(self, other: Tally) -> Tally:
        """The ends of both, of the same plan."""
        stride = max(self.stride, other.stride)
        rows = np.concatenate([self.sample, other.sample])
        made = Tally(
            self.starts + other.starts,
            self.failed + other.failed,
            min(self.least, other.least),
            self.loss.merged(other.loss),
            {t: c.merged(other.steps_to[t]) for t, c in self.steps_to.items()},
            rows[rows[:, 0] % stride == 0],
            stride,
        )
        return made._thinned()

    def _thinned(self) -> Tally:
        rows, stride = self.sample, self.stride
        while len(rows) > SAMPLE:
            stride *= 2
            rows = rows[rows[:, 0] % stride == 0]
        return replace(self, sample=rows, stride=stride)


class Histogram(NamedTuple):
    """Shares of the values of several counts in the same bars: ``edges`` float64 (m + 1,), and
    ``shares`` (len(counts), m) of all values of each."""

    edges: np.ndarray
    shares: np.ndarray


def histogram(counts: Sequence[Counts], most: int = 80) -> Histogram:
    """Bars, at most ``most``, over where any of ``counts``, one or more of the same bins, are."""
    inside = np.array([c.inside for c in counts])
    filled = np.flatnonzero(inside.any(0))
    if not len(filled):
        return Histogram(np.empty(0), np.empty((len(counts), 0)))
    first, last = int(filled[0]), int(filled[-1]) + 1
    width = -(-(last - first) // most)
    # Bars begin at whole multiples of their width, so that they stay as the range grows; this can
    # take one bar more than the range alone.
    while (bars := -(-last // width) - first // width) > most:
        width += 1
    first = first // width * width
    edges = _EDGES[counts[0].bins]
    wanted = np.minimum(first + width * np.arange(bars + 1), len(edges) - 1)
    sums = np.pad(np.cumsum(inside, axis=1), ((0, 0), (1, 0)))
    totals = np.array([max(c.total, 1) for c in counts])
    return Histogram(edges[wanted], np.diff(sums[:, wanted], axis=1) / totals[:, None])
