"""The share of the test set that is answered right."""

from typing import NamedTuple

from kernels.lanes import width_of
from kernels.plane import new_plane_bench, point_accuracies
from workbench.landscape.heights import Work, catalog
from workbench.model import Model


class AccuracyTest(NamedTuple):
    """No options."""


def _begin(model: Model) -> Work:
    network, width = model.network, width_of(model.dtype)
    bench = new_plane_bench(network, model.dtype, width)
    return lambda points, first, last, out: point_accuracies(
        network, points, model.test, bench, first, last, out, width
    )


catalog.register(
    AccuracyTest,
    "accuracy_test",
    "share of the test set answered right",
    begin=_begin,
    cost=1.3,
    label="test accuracy",
    classes=True,
    test=True,
    minimised=False,
)
