"""The Euclidean norm of the training loss's gradient in all parameters, not only in the plane."""

from typing import NamedTuple

import numpy as np

from kernels.lanes import width_of
from kernels.plane import new_plane_bench, point_gradients
from workbench.landscape.heights import Work, catalog
from workbench.model import Model


class GradientNorm(NamedTuple):
    """No options."""


def _begin(model: Model) -> Work:
    network, width = model.network, width_of(model.dtype)
    bench = new_plane_bench(network, model.dtype, width)
    none = np.empty((0, model.parameter_count), model.dtype)

    def work(points, first, last, out):  # type: ignore[no-untyped-def]
        losses = np.empty(len(out))
        point_gradients(network, points, model.train, bench, first, last, losses, out, none, width)

    return work


catalog.register(
    GradientNorm,
    "gradient_norm",
    "norm of the training loss's whole gradient",
    begin=_begin,
    cost=3.0,
    label="gradient norm",
)
