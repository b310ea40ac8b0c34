"""The Hessian's spectrum on the complement of the known symmetry directions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.census.directions import Known, Symmetries
from workbench.census.site import Point, Site

FLAT = 1e-10  # of the largest: an eigenvalue of less magnitude counts as zero
_TINY = 1e-14
_LEAKING = 1e-4  # of the Hessian, on a direction that should be null: it is none
_AT_REST = 1e-8  # gradient over Hessian, from which down the Hessian must vanish there
_SECULAR = 30


def _confirmed(known: Known, matrix: np.ndarray, size: float, point: Point) -> tuple[Known, float]:
    """``known`` without directions on which the Hessian ``matrix`` does not vanish though the
    gradient does, and the largest share of ``size`` that it has on the others."""
    if not known.basis.shape[1] or size == 0.0:
        return known, 0.0
    _, leaks, ways = np.linalg.svd(matrix @ known.basis, full_matrices=False)
    if leaks[0] > _LEAKING * size and point.size <= _AT_REST * size:
        kept = leaks <= _LEAKING * size
        basis = np.ascontiguousarray(known.basis @ ways[kept].T)
        known, leaks = Known(basis, known.kinds, int((~kept).sum())), leaks[kept]
    return known, float(leaks[0] / size) if leaks.size else 0.0


@dataclass(frozen=True)
class Spectrum:
    """Second derivatives at one point; float64.

    ``values`` (m,), ascending, and ``vectors`` (n, m), orthonormal columns, are the eigenvalues and
    eigenvectors of the Hessian on the complement of ``known``; ``trace`` is that of the whole
    Hessian, ``leak`` the norm of the Hessian times the known directions over that of the Hessian,
    zero at a critical point; ``slopes`` (m,) are the gradient's components along ``vectors``.
    """

    known: Known
    values: np.ndarray
    vectors: np.ndarray
    slopes: np.ndarray
    trace: float
    leak: float

    @classmethod
    def at(
        cls, site: Site, symmetries: Symmetries, parameters: np.ndarray, point: Point
    ) -> Spectrum:
        """The spectrum at ``parameters`` (n,), whose loss and gradient ``point`` are."""
        matrix = site.hessian(parameters)
        size = float(np.linalg.norm(matrix))
        known, leak = _confirmed(symmetries.at(parameters), matrix, size, point)
        q, m = known.basis, known.basis.shape[1]
        if m:
            complement = np.linalg.qr(q, mode="complete")[0][:, m:]
            inner = complement.T @ matrix @ complement
            values, vectors = np.linalg.eigh(0.5 * (inner + inner.T))
            vectors = complement @ vectors
        else:
            values, vectors = np.linalg.eigh(matrix)
        slopes = vectors.T @ point.gradient
        return cls(known, values, vectors, slopes, float(np.trace(matrix)), leak)

    @property
    def largest(self) -> float:
        """The largest eigenvalue by magnitude, as it is; 0.0 where there is none."""
        if not self.values.size:
            return 0.0
        ends = (float(self.values[0]), float(self.values[-1]))
        return max(ends, key=abs)

    @property
    def flat(self) -> np.ndarray:
        """Which of ``values`` count as zero, bool (m,)."""
        return np.abs(self.values) <= FLAT * abs(self.largest)

    def inertia(self) -> tuple[int, int, int]:
        """How many of ``values`` are negative, zero, positive."""
        flat = self.flat
        below = int((self.values < 0.0)[~flat].sum())
        return below, int(flat.sum()), int((~flat).sum()) - below

    def newton(self) -> np.ndarray:
        """Newton's step (n,) to the critical point of the local quadratic, along the curved
        directions alone."""
        curved = ~self.flat
        return -self.vectors[:, curved] @ (self.slopes[curved] / self.values[curved])

    def slide(self, most: float) -> np.ndarray:
        """Newton's step (n,) with all curvatures taken as positive, shortened to ``most``: where
        the loss only flattens out, it goes on along the way to infinity."""
        least = _TINY * abs(self.largest) + 1e-300
        step = -self.vectors @ (self.slopes / np.maximum(np.abs(self.values), least))
        length = float(np.linalg.norm(step))
        return step * (most / length) if length > most else step

    def within(self, radius: float) -> tuple[np.ndarray, float]:
        """The step (n,) of at most ``radius`` along which the local quadratic falls most, and by
        how much it falls: Moré & Sorensen 1983, "Computing a trust region step", SIAM J. Sci. Stat.
        Comput. 4, with the eigenvalues at hand."""
        slopes, lowest = self.slopes, float(self.values[0])
        shift = 0.0
        if lowest <= 0.0 or np.linalg.norm(slopes / self.values) > radius:
            # The secular equation |step(shift)| = radius, by Newton on 1 / |step|, from a shift at
            # which the step is too long: it then comes from below.
            shift = -lowest + max(float(abs(slopes[0])) / radius, _TINY * abs(self.largest), 1e-300)
            shift = max(shift, 0.0)
            for _ in range(_SECULAR):
                step = slopes / (self.values + shift)
                length = float(np.linalg.norm(step))
                if not length > radius * (1.0 + 1e-3):
                    break
                bend = float((step * step / (self.values + shift)).sum())
                shift += length * length * (length - radius) / (bend * radius)
        inner = -slopes / (self.values + shift)
        short = radius**2 - float(inner @ inner)
        if lowest < 0.0 and short > 0.0:
            # The hard case: the gradient has next to nothing along the lowest curvature.
            inner[0] = np.copysign(np.sqrt(short + inner[0] ** 2), -slopes[0])
        fall = -float(slopes @ inner + 0.5 * (self.values * inner) @ inner)
        return self.vectors @ inner, fall
