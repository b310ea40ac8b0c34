"""The share of the training set that is answered right."""

from typing import NamedTuple

from kernels.lanes import width_of
from kernels.plane import new_plane_bench, point_accuracies
from workbench.landscape.heights import Work, catalog
from workbench.model import Model


class Accuracy(NamedTuple):
    """No options."""


def _begin(model: Model) -> Work:
    network, width = model.network, width_of(model.dtype)
    bench = new_plane_bench(network, model.dtype, width)
    return lambda points, first, last, out: point_accuracies(
        network, points, model.train, bench, first, last, out, width
    )


catalog.register(
    Accuracy,
    "accuracy",
    "share of the training set answered right",
    begin=_begin,
    cost=1.3,
    label="training accuracy",
    classes=True,
    minimised=False,
)
