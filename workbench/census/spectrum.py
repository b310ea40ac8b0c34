"""The Hessian's spectrum on the complement of the known symmetry directions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.census.directions import Known, Symmetries
from workbench.census.site import Point, Site

FLAT = 1e-10  # of the largest: an eigenvalue of less magnitude counts as zero


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
        known = symmetries.at(parameters)
        q, m = known.basis, known.basis.shape[1]
        if m:
            complement = np.linalg.qr(q, mode="complete")[0][:, m:]
            inner = complement.T @ matrix @ complement
            values, vectors = np.linalg.eigh(0.5 * (inner + inner.T))
            vectors = complement @ vectors
            size = np.linalg.norm(matrix)
            leak = float(np.linalg.norm(matrix @ q) / size) if size > 0.0 else 0.0
        else:
            values, vectors = np.linalg.eigh(matrix)
            leak = 0.0
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

    def within(self, radius: float) -> tuple[np.ndarray, float]:
        """The step (n,) of at most ``radius`` along which the local quadratic falls most, and by
        how much it falls: Moré & Sorensen 1983, "Computing a trust region step", SIAM J. Sci. Stat.
        Comput. 4, with the eigenvalues at hand."""
        lowest = float(self.values[0])
        floor = max(0.0, -lowest)
        top = floor + float(np.linalg.norm(self.slopes)) / radius + FLAT * abs(self.largest)
        shift = floor if lowest <= 0.0 else 0.0

        def step(mu: float) -> np.ndarray:
            gaps = self.values + mu
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                return np.where(self.slopes == 0.0, 0.0, -self.slopes / gaps)

        inner = step(shift)
        if not np.linalg.norm(inner) <= radius:
            low, high = floor, top
            for _ in range(80):
                shift = 0.5 * (low + high)
                if np.linalg.norm(step(shift)) > radius:
                    low = shift
                else:
                    high = shift
            inner = step(high)
        elif lowest < 0.0:
            # The hard case: the gradient has next to nothing along the lowest curvature.
            rest = radius**2 - float(inner @ inner)
            inner[0] += np.copysign(np.sqrt(max(rest, 0.0)), -self.slopes[0])
        fall = -float(self.slopes @ inner + 0.5 * (self.values * inner) @ inner)
        return self.vectors @ inner, fall
