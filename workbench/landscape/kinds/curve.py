"""A Bézier curve of low loss between two points: Garipov et al. 2018, arXiv 1802.10026, section 3.

The curve's ends are held and its middle control points move so that the expected loss over t,
uniform on [0, 1] (eq. 2), is least. The expectation is a Gauss-Legendre sum whose nodes are points
of one tile, and L-BFGS minimises it; so the result is the same on every machine but for rounding.
It ends once no node is above the higher end: from there on a loss such as the cross-entropy without
a penalty, which has no minimum, would only be lowered by weights that grow for ever.

One control point makes the paper's quadratic curve, which lies in the plane of its three points.
"""

from __future__ import annotations

from math import comb
from typing import Any, NamedTuple

import numpy as np

from kernels.lanes import width_of
from kernels.plane import new_plane_bench, point_gradients, points_anywhere
from workbench.landscape.kinds import Scene, View, catalog, random_directions
from workbench.landscape.kinds.line import straight
from workbench.landscape.plane import Path, Plane, orthonormal
from workbench.landscape.profile import measure
from workbench.model import Model


class Curve(NamedTuple):
    """``bends``: middle control points; ``steps``: iterations at most; ``nodes``: of the sum that
    stands for the expected loss; ``points``: how many the loss is measured at in the end."""

    bends: float = 1.0
    steps: float = 200.0
    nodes: float = 32.0
    points: float = 101.0


def bernstein(degree: int, t: np.ndarray) -> np.ndarray:
    """The weights (len(t), degree + 1) of a Bézier curve's control points."""
    powers = [comb(degree, k) * t**k * (1.0 - t) ** (degree - k) for k in range(degree + 1)]
    return np.stack(powers, axis=1)


class ExpectedLoss:
    """The mean training loss along a Bézier curve and its gradient in the middle control points."""

    def __init__(self, model: Model, a: np.ndarray, b: np.ndarray, bends: int, nodes: int) -> None:
        self.model, self.a, self.b = model, a, b
        at, weights = np.polynomial.legendre.leggauss(nodes)
        self.t, self.weights = (at + 1.0) / 2.0, weights / 2.0
        self.shares = bernstein(bends + 1, self.t)
        self._width = width_of(model.dtype)
        self._bench = new_plane_bench(model.network, model.dtype, self._width)
        self._seen = np.empty(0), np.empty(0)

    def at_nodes(self, middle: np.ndarray) -> np.ndarray:
        """The losses (nodes,) along the curve."""
        if not np.array_equal(self._seen[0], middle):
            self(middle)
        return self._seen[1]

    def __call__(self, middle: np.ndarray) -> tuple[float, np.ndarray]:
        """(mean loss, gradient) for control points ``middle`` (bends * n,), float64."""
        control = np.vstack([self.a, middle.reshape(-1, len(self.a)), self.b])
        model, count = self.model, len(self.t)
        points = points_anywhere(self.shares @ control, model.dtype)
        losses, norms = np.empty(count), np.empty(count)
        gradients = np.empty((count, len(self.a)), model.dtype)
        point_gradients(
            model.network,
            points,
            model.train,
            self._bench,
            0,
            count,
            losses,
            norms,
            gradients,
            self._width,
        )
        self._seen = middle.copy(), losses
        pulled = (self.shares[:, 1:-1] * self.weights[:, None]).T @ gradients.astype(np.float64)
        return float(self.weights @ losses), pulled.reshape(-1)


def connect(
    model: Model,
    a: np.ndarray,
    b: np.ndarray,
    bends: int = 1,
    steps: int = 200,
    nodes: int = 32,
    cancelled: Any = lambda: False,
) -> np.ndarray:
    """The control points (bends + 2, n) of a curve of low loss from ``a`` to ``b`` (n,).

    It begins as the straight line, and no worse a curve is returned. ``a`` and ``b`` differ.
    """
    from scipy.optimize import minimize

    loss = ExpectedLoss(model, a, b, bends, nodes)
    enough = max(model.loss_and_gradient(end)[0] for end in (a, b))

    def stop(middle: np.ndarray) -> None:
        if cancelled() or loss.at_nodes(middle).max() <= enough:
            raise StopIteration

    begun = straight(a, b, np.linspace(0.0, 1.0, bends + 2)[1:-1]).reshape(-1)
    limits = {"maxiter": steps, "maxfun": 20 * steps + 20}
    with np.errstate(over="ignore", invalid="ignore"):
        found = minimize(loss, begun, jac=True, method="L-BFGS-B", callback=stop, options=limits)
    middle = found.x if found.fun <= loss(begun)[0] else begun
    return np.vstack([a, middle.reshape(bends, -1), b])


def _build(item: Curve, scene: Scene) -> View:
    (a, b), (first, last) = scene.points, scene.names
    bends, model = int(item.bends), scene.model
    control = connect(model, a, b, bends, int(item.steps), int(item.nodes), scene.cancelled)
    t = np.linspace(0.0, 1.0, int(item.points))
    bent, line = bernstein(bends + 1, t) @ control, straight(a, b, t)
    # The curve's middle lies in the plane of three control points, as the whole curve then does;
    # a random direction stands in where the curve did not bend.
    middle = bernstein(bends + 1, np.array([0.5]))[0] @ control
    spare = random_directions(len(a), 0, 1)
    chosen = orthonormal([b - a, middle - a, *spare])
    if len(chosen) < 2:
        chosen.append(np.zeros(len(a)))
    axes = f"from {first} to {last}", "towards the curve's middle"
    plane = Plane(a.copy(), np.array(chosen), "curve", axes)
    profiles = measure(model, "curve", t, bent), measure(model, "line", t, line)
    marks = (first, a), (last, b), ("middle", middle)
    return View(plane, Path(t, bent, "t"), 0.0, marks, profiles)


catalog.register(
    Curve,
    "curve",
    "a Bézier curve of low loss between two points",
    hypers={
        "bends": ("integer [1, 8]", "middle control points that are optimised"),
        "steps": ("integer [1, 100000]", "iterations of L-BFGS at most"),
        "nodes": ("integer [4, 512]", "points of the curve whose mean loss is minimised"),
        "points": ("integer [3, 10001]", "points of the curve where the loss is measured"),
    },
    lay=_build,
    points=("final", "end:+1"),
    path=False,
)
