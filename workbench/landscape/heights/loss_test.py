"""The mean loss over the test set, without any penalty."""

from typing import NamedTuple

from kernels.lanes import width_of
from kernels.plane import new_plane_bench, point_losses
from workbench.landscape.heights import Work, catalog, without_penalty
from workbench.model import Model


class LossTest(NamedTuple):
    """No options."""


def _begin(model: Model) -> Work:
    network, width = without_penalty(model.network), width_of(model.dtype)
    bench = new_plane_bench(network, model.dtype, width)
    return lambda points, first, last, out: point_losses(
        network, points, model.test, bench, first, last, out, width
    )


catalog.register(
    LossTest,
    "loss_test",
    "mean loss over the test set",
    begin=_begin,
    cost=1.0,
    label="test loss",
    test=True,
)
