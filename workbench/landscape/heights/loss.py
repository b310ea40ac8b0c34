"""The training loss, penalty included: what training minimises."""

from typing import NamedTuple

from kernels.lanes import width_of
from kernels.plane import new_plane_bench, point_losses
from workbench.landscape.heights import Work, catalog
from workbench.model import Model


class Loss(NamedTuple):
    """No options."""


def _begin(model: Model) -> Work:
    network, width = model.network, width_of(model.dtype)
    bench = new_plane_bench(network, model.dtype, width)
    return lambda points, first, last, out: point_losses(
        network, points, model.train, bench, first, last, out, width
    )


catalog.register(
    Loss, "loss", "training loss, penalty included", begin=_begin, cost=1.0, label="training loss"
)
