"""A plane through a network's parameter space, and paths beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from threadpoolctl import ThreadpoolController

_FLAT = 1e-9  # of the longer direction: what is less counts as no direction of its own


@dataclass(frozen=True)
class Plane:
    """origin + x directions[0] + y directions[1]; float64, directions (2, n).

    Directions need be neither orthogonal nor of length one: coordinates are multiples of them, and
    distances are those of parameter space all the same. ``axes`` names the two, ``facts`` holds
    what the kind of plane has to tell (eigenvalues, an angle), ready for JSON.
    """

    origin: np.ndarray
    directions: np.ndarray
    kind: str
    axes: tuple[str, str] = ("first direction", "second direction")
    facts: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def _inverse(self) -> np.ndarray:
        """(n, 2): offsets @ inverse are the coordinates of the nearest points."""
        with one_blas_thread():
            return np.linalg.pinv(self.directions, rcond=_FLAT)

    def at(self, places: np.ndarray) -> np.ndarray:
        """The points (m, n) at the coordinates ``places`` (m, 2)."""
        return self.origin + np.asarray(places, np.float64) @ self.directions

    def project(self, points: np.ndarray) -> np.ndarray:
        """Coordinates (m, 2) of the nearest points of the plane to ``points`` (m, n)."""
        return (np.asarray(points, np.float64) - self.origin) @ self._inverse

    def distances(self, points: np.ndarray) -> np.ndarray:
        """Euclidean distances (m,) of ``points`` (m, n) to the plane."""
        offsets = np.asarray(points, np.float64) - self.origin
        offsets -= (offsets @ self._inverse) @ self.directions
        return np.linalg.norm(offsets, axis=1)

    def share(self, points: np.ndarray, centre: np.ndarray) -> float:
        """The share of the variance of ``points`` (m, n) about ``centre`` (n,) that lies along the
        plane; 1 where they do not vary."""
        offsets = np.asarray(points, np.float64) - centre
        total = float((offsets**2).sum())
        return (
            float((((offsets @ self._inverse) @ self.directions) ** 2).sum() / total)
            if (total > 0)
            else 1.0
        )


@dataclass(frozen=True)
class Path:
    """Points that are drawn on a plane: ``points`` (m, n), and ``places`` (m,) along the way, which
    are steps of a run or the t of a curve, as ``name`` says."""

    places: np.ndarray
    points: np.ndarray
    name: str = "step"


@lru_cache(maxsize=1)
def _controller() -> Any:
    return ThreadpoolController()  # looks through all loaded libraries, so once


def one_blas_thread() -> Any:
    """A context in which BLAS keeps to one thread: for matrices this small its threads only wait
    for each other, and take the processor from a run that trains meanwhile."""
    return _controller().limit(limits=1, user_api="blas")


def orthonormal(vectors: list[np.ndarray], count: int = 2) -> list[np.ndarray]:
    """Gram-Schmidt: the first ``count`` independent directions of ``vectors``, of length one."""
    chosen: list[np.ndarray] = []
    for vector in vectors:
        rest = np.asarray(vector, np.float64)
        size = np.linalg.norm(rest)
        for _ in range(2):  # once more takes away what rounding left
            rest = rest - sum((rest @ c) * c for c in chosen)
        length = np.linalg.norm(rest)
        if len(chosen) < count and length > _FLAT * size:
            chosen.append(rest / length)
    return chosen


def upright(direction: np.ndarray) -> np.ndarray:
    """``direction`` or its opposite: the one whose largest component is positive, so that neither
    a growing path nor another machine flips a picture."""
    return direction * np.sign(direction[np.argmax(np.abs(direction))])
