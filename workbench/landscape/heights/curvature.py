"""The training loss's curvature within the plane: its Laplacian u·Hu + v·Hv, exactly.

u and v are an orthonormal basis of the plane and H the Hessian in all parameters, so the sum does
not depend on the choice of the basis; in the plane's own map it is the trace of the 2×2 Hessian. It
costs two Hessian-vector products a point: fine for some ten thousand points of a small network. At
kinks it is that of the piece (see ``workbench.curvature``).
"""

from typing import NamedTuple

import numpy as np

from kernels.network import Samples
from kernels.plane import Points
from workbench.curvature import Curvature
from workbench.landscape.heights import Work, catalog
from workbench.landscape.plane import orthonormal
from workbench.model import Model


class PlaneCurvature(NamedTuple):
    """No options."""


def _begin(model: Model) -> Work:
    train = Samples(*(np.require(a, np.float64, ("C", "W")) for a in model.train))
    curvature = Curvature(model.network, train, threads=1)

    def work(points: Points, first: int, last: int, out: np.ndarray) -> None:
        origin, directions = (a.astype(np.float64) for a in (points.origin, points.directions))
        basis = orthonormal(list(directions))
        for k in range(first, last):
            at = origin + points.places[k].astype(np.float64) @ directions
            out[k] = sum(float(v @ curvature.hessian_vector(at, v)) for v in basis)

    return work


catalog.register(
    PlaneCurvature,
    "curvature",
    "Laplacian of the training loss within the plane",
    begin=_begin,
    cost=30.0,
    label="curvature within the plane",
    minimised=False,
)
