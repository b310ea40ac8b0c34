"""Optimizers that search along directions, checked step by step against what defines them.

How far a line search goes is its own affair within the Wolfe conditions, so a path is not compared
with another path: every step of it is held against the definition of its direction (Nocedal &
Wright 2006), with gradients and Hessians of the published formula, and against those conditions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from workbench.proof import Row, twins
from workbench.proof.published import SURFACES

SURFACE, START, STEPS = "rosenbrock", (-1.2, 1.0), 300
_GOAL = np.array([1.0, 1.0])
# Steps shorter than this say little of their direction: they are differences of coordinates.
_SHORT = 1e-4
_ENOUGH = 1e-4  # share of the decrease that the slope promises: Armijo's condition


class Path:
    """The points of a descent, with losses, gradients and Hessians of the published formula."""

    def __init__(self, points: np.ndarray) -> None:
        formula = SURFACES[SURFACE].formula

        def slope(p: np.ndarray) -> np.ndarray:
            return twins.complex_gradient(lambda q: formula(q[0], q[1]), p)

        self.points = points
        self.losses = np.array([float(formula(x, y)) for x, y in points])
        self.slopes = np.array([slope(p) for p in points])
        self.hessians = np.array([twins.differences(slope, p) for p in points])
        self.steps = np.diff(points, axis=0)


Directions = Callable[[Any, Path], list[np.ndarray | None]]


def rows(name: str, item: Any, points: np.ndarray) -> Iterator[Row]:
    """The rows of one optimizer's path from START over SURFACE."""
    path = Path(points)
    known = DIRECTIONS[name](item, path)
    turned = [
        abs(s[0] * d[1] - s[1] * d[0]) / np.linalg.norm(s) / np.linalg.norm(d)
        for s, d in zip(path.steps, known, strict=False)
        if d is not None and np.linalg.norm(s) > _SHORT
    ]
    back = sum(float(s @ d) <= 0 for s, d in zip(path.steps, known, strict=False) if d is not None)
    found = f"{len(turned)} directions"
    yield Row(f"{name}: {found}", "their definition", max(turned, default=np.inf), 1e-6)
    yield Row(f"{name}: {found}, forwards", "all", float(back), 0.0)
    promised = (path.slopes[:-1] * path.steps).sum(1)
    noise = 1e-12 * (1 + path.losses[:-1])
    dear = path.losses[1:] > path.losses[:-1] + _ENOUGH * promised + noise
    yield Row(f"{name}: steps without decrease", "Armijo's condition", float(dear.sum()), 0.0)
    if "flatness" in item._fields:
        left = np.abs((path.slopes[1:] * path.steps).sum(1))
        long = np.linalg.norm(path.steps, axis=1) > _SHORT
        share = float((left / np.abs(promised))[long].max())
        yield Row(f"{name}: share of the slope left", "Wolfe's condition", share, item.flatness)
    apart = float(np.linalg.norm(points[-1] - _GOAL))
    yield Row(f"{name}: end after {len(points) - 1} steps", "published minimum", apart, 1e-5)


def _heavy_ball(h: Any, path: Path) -> list[np.ndarray | None]:
    # Polyak 1964, eq. 9: the direction is kept, whatever was gone along it.
    found: list[np.ndarray | None] = []
    d = np.zeros(2)
    for g in path.slopes[:-1]:
        d = h.momentum * d - g
        found.append(d)
    return found


def _conjugate(h: Any, path: Path) -> list[np.ndarray | None]:
    # Nocedal & Wright 2006, eqs. 5.45 (Polak-Ribière⁺) and 5.52 (restart).
    found: list[np.ndarray | None] = []
    d, former = np.zeros(2), None
    for g in path.slopes[:-1]:
        beta = 0.0
        if former is not None and abs(g @ former) < h.overlap * (g @ g):
            beta = max(0.0, g @ (g - former) / (former @ former))
        d, former = beta * d - g, g
        found.append(d)
    return found


def _quasi_newton(h: Any, path: Path) -> list[np.ndarray | None]:
    # Nocedal & Wright 2006, eqs. 7.16 to 7.20, with the inverse Hessian written out.
    found: list[np.ndarray | None] = []
    changes = np.diff(path.slopes, axis=0)
    for k, g in enumerate(path.slopes[:-1]):
        inverse = np.eye(2)
        for i in range(max(0, k - int(h.history)), k):
            s, y = path.steps[i], changes[i]
            if i == max(0, k - int(h.history)):
                inverse *= (path.steps[k - 1] @ changes[k - 1]) / (changes[k - 1] @ changes[k - 1])
            rho = 1 / (y @ s)
            left = np.eye(2) - rho * np.outer(s, y)
            inverse = left @ inverse @ left.T + rho * np.outer(s, s)
        short = k and min(np.linalg.norm(path.steps[:k], axis=1)) < 1e-6
        found.append(None if short else -inverse @ g)
    return found


def _newton(h: Any, path: Path) -> list[np.ndarray | None]:
    # Nocedal & Wright 2006, eq. 3.38, where the Hessian is safely positive definite.
    found: list[np.ndarray | None] = []
    for g, hessian in zip(path.slopes[:-1], path.hessians[:-1], strict=True):
        lowest = np.linalg.eigvalsh(hessian)[0]
        found.append(-np.linalg.solve(hessian, g) if lowest > 1e-3 else None)
    return found


def _trust_region(h: Any, path: Path) -> list[np.ndarray | None]:
    """Between two parameters Steihaug's step is the better of what two conjugate gradients reach:
    its first direction is the gradient's, its whole step Newton's where that is within the radius.
    Where it is neither, the model's decrease is at least that of the gradient's own (Cauchy's)."""
    found: list[np.ndarray | None] = []
    triples = zip(path.slopes[:-1], path.hessians[:-1], path.steps, strict=True)
    for g, hessian, s in triples:
        along = -g * np.linalg.norm(s) / np.linalg.norm(g)
        curvature = along @ hessian @ along
        best = min(1.0, -(g @ along) / curvature) if curvature > 0 else 1.0
        cauchy = best * (g @ along) + 0.5 * best**2 * curvature
        model = g @ s + 0.5 * s @ hessian @ s
        # A step that the model likes less than Cauchy's is told as one that goes nowhere.
        good = model <= cauchy + 1e-6 * abs(cauchy) + 1e-12
        found.append(s if good else np.array([-s[1], s[0]]))
    return found


DIRECTIONS: dict[str, Directions] = {
    "heavy_ball_exact": _heavy_ball,
    "conjugate_gradients": _conjugate,
    "lbfgs": _quasi_newton,
    "newton": _newton,
    "trust_region": _trust_region,
}
