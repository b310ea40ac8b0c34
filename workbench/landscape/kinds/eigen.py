"""The Hessian's two eigenvectors of the largest eigenvalues, where the loss curves most."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from workbench.landscape.kinds import Scene, View, catalog, random_directions
from workbench.landscape.plane import Plane, upright
from workbench.model import Model

# Below this many parameters the whole matrix is the quicker and the surer way.
_MATRIX = 600


class Eigen(NamedTuple):
    """``matrix_below``: networks of fewer parameters have their whole Hessian decomposed, larger
    ones products with it (Lanczos, SciPy's eigsh)."""

    matrix_below: float = float(_MATRIX)


def top_eigenvectors(
    model: Model, parameters: np.ndarray, count: int = 2, matrix_below: float = _MATRIX
) -> tuple[np.ndarray, np.ndarray]:
    """The ``count`` largest eigenvalues, falling, and their eigenvectors (count, n), float64."""
    n = len(parameters)
    if n < matrix_below or n <= count + 1:
        values, vectors = np.linalg.eigh(model.hessian(parameters))
    else:
        from scipy.sparse.linalg import LinearOperator, eigsh

        def product(vector: np.ndarray) -> np.ndarray:
            return model.hessian_vector(parameters, np.ascontiguousarray(vector.reshape(-1)))

        operator: Any = LinearOperator((n, n), matvec=product, dtype=np.float64)
        values, vectors = eigsh(operator, count, which="LA", v0=random_directions(n, 0, 1)[0])
    order = np.argsort(values)[::-1][:count]
    return values[order], np.array([upright(vectors[:, k]) for k in order])


def _build(item: Eigen, scene: Scene) -> View:
    at = scene.parameters
    values, vectors = top_eigenvectors(scene.model, at, matrix_below=item.matrix_below)
    if len(vectors) < 2:
        vectors = np.array([vectors[0], np.zeros_like(at)])  # one parameter has one direction
    facts = {"eigenvalues": [float(v) for v in values]}
    axes = tuple(
        f"{name} eigenvector (eigenvalue {v:.3g})"
        for name, v in zip(("top", "second"), [*values, 0.0][:2], strict=True)
    )
    return View(Plane(at.copy(), vectors, "eigen", (axes[0], axes[1]), facts), scene.path)


catalog.register(
    Eigen,
    "eigen",
    "the two eigenvectors of the Hessian's largest eigenvalues",
    hypers={
        "matrix_below": (
            "integer [0, 16384]",
            "parameters below which the whole Hessian is decomposed",
        )
    },
    lay=_build,
    points=(),
    path=True,
)
