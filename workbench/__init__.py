"""Descent Workbench: backpropagation and gradient descent, visible, measurable and comparable.

The scripting API::

    import workbench as wb

    experiment = wb.Experiment.preset("tutorial").replace(optimizer={"learning_rate": 0.2})
    run = wb.run(experiment)
    print(run.loss[-1], run.parameters.shape)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.datasets import DataSet, Split
from workbench.errors import BadValue, WorkbenchError
from workbench.experiment import Experiment, gallery
from workbench.model import Model, load_data
from workbench.run import Run, Snapshot, run

if TYPE_CHECKING:
    from workbench.census.census import Census, take_census
    from workbench.comparison.comparison import (
        Comparison,
        compare,
        compare_initializers,
        load_comparison,
    )
    from workbench.descents.descent import Descent, descend
    from workbench.descents.races import Race, race
    from workbench.landscape import Landscape
    from workbench.maps.basin_map import BasinMap
    from workbench.maps.trainability_map import Map
    from workbench.multistart import Starts, train_starts
    from workbench.rate_finder import RateScan, find_learning_rate
    from workbench.reproductions import Reproduction, reproduce
    from workbench.sharpness_curve import Sharpness

__all__ = [
    "BadValue",
    "Census",
    "Comparison",
    "DataSet",
    "Descent",
    "Experiment",
    "Model",
    "Race",
    "RateScan",
    "Reproduction",
    "Run",
    "Snapshot",
    "Split",
    "Starts",
    "WorkbenchError",
    "basins",
    "compare",
    "compare_initializers",
    "descend",
    "find_learning_rate",
    "gallery",
    "hessian",
    "hessian_vector",
    "initial_parameters",
    "load_comparison",
    "load_data",
    "loss_and_gradient",
    "plane",
    "predict",
    "race",
    "reproduce",
    "run",
    "sharpness",
    "take_census",
    "train_starts",
    "trainability",
]
__version__ = "0.1.0"
# Imported at their first use: starting a run needs none of them.
_LATER = {
    "Census": "workbench.census.census",
    "take_census": "workbench.census.census",
    "Comparison": "workbench.comparison.comparison",
    "compare": "workbench.comparison.comparison",
    "compare_initializers": "workbench.comparison.comparison",
    "load_comparison": "workbench.comparison.comparison",
    "Descent": "workbench.descents.descent",
    "descend": "workbench.descents.descent",
    "Race": "workbench.descents.races",
    "race": "workbench.descents.races",
    "Starts": "workbench.multistart",
    "train_starts": "workbench.multistart",
    "RateScan": "workbench.rate_finder",
    "find_learning_rate": "workbench.rate_finder",
    "Reproduction": "workbench.reproductions",
    "reproduce": "workbench.reproductions",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_LATER[name]), name)


def __dir__() -> list[str]:
    return [*globals(), *_LATER]


def initial_parameters(experiment: Experiment) -> np.ndarray:
    """The experiment's starting point: flat parameters (n,), of its dtype."""
    return Model(experiment).initial_parameters()


def loss_and_gradient(experiment: Experiment, parameters: object) -> tuple[float, np.ndarray]:
    """Training loss and gradient (n,) over the whole training set, at ``parameters`` (n,).

    Computed and returned in the experiment's dtype (the loss as a float). Raises BadValue where
    ``parameters`` has another length.
    """
    return Model(experiment).loss_and_gradient(parameters)


def hessian(experiment: Experiment, parameters: object) -> np.ndarray:
    """The exact Hessian (n, n) of the training loss, penalty included, at ``parameters`` (n,).

    Computed and returned in float64 whatever the experiment's dtype. At a kink (ReLU at zero) it is
    that of the piece whose slope the activation takes there. Raises BadValue where ``parameters``
    has another length, and above 16,384 parameters.
    """
    return Model(experiment).hessian(parameters)


def hessian_vector(experiment: Experiment, parameters: object, vector: object) -> np.ndarray:
    """The product (n,) of that Hessian with ``vector`` (n,), float64, without the matrix.

    Costs about four gradients, for networks of any size. Raises BadValue where ``parameters`` or
    ``vector`` has another length.
    """
    return Model(experiment).hessian_vector(parameters, vector)


def predict(experiment: Experiment, parameters: object, inputs: object) -> np.ndarray:
    """The network's answers (n_samples, n_out) to ``inputs`` (n_samples, n_in).

    ``inputs`` are as the data set has them: the experiment's scaling is applied to them first.
    One sample (n_in,) gives one answer (n_out,). Raises BadValue where shapes do not fit.
    """
    return Model(experiment).predict(parameters, inputs)


def plane(source: Run | Experiment, kind: str = "pca", **settings: Any) -> Landscape:
    """A plane through parameter space, what stands above it, and how far it can be trusted.

    ``source``: a run, or an experiment, which is carried out for its path unless ``parameters``
    (n,) or (m, n) are given. ``kind``: pca, random, three, eigen, weights, line or curve, with its
    ``options``. The other ``settings`` are those of ``workbench.landscape.lay_plane``: ``height``,
    ``resolution``, ``points``, ``extent``, ``threads``, ``cancelled``. Raises WorkbenchError.
    """
    from workbench.landscape import lay_plane

    return lay_plane(source, kind, **settings)


def basins(of: Any, **options: Any) -> BasinMap:
    """The basin map of a surface (a name, a formula or an item) or of an experiment.

    Every pixel is a start that descends to its end, labelled by the minimum it reaches. Options: of
    a surface those of ``workbench.maps.basins_surface.states`` (optimizer, steps, window,
    resolution …); of an experiment those of ``workbench.maps.basins_plane.plane_states`` (plane,
    window, resolution, tolerance …), where it is said what equal labels mean. Raises BadValue.
    """
    if isinstance(of, Experiment):
        from workbench.maps.basins_plane import basins_of

        return basins_of(of, **options)
    from workbench.maps.basins_surface import basins

    return basins(of, **options)


def trainability(source: Any = "tanh", **options: Any) -> Map:
    """The trainability map of a published setting or of an experiment: one training a pixel.

    ``options`` are those of ``workbench.maps.trainability_map.states``: axes, window, resolution,
    steps. ``map.dimension()`` is the box-counting dimension of its boundary. Raises BadValue.
    """
    from workbench.maps.trainability_map import trainability

    return trainability(source, **options)


def sharpness(experiment: Experiment, every: int = 10, **options: Any) -> Sharpness:
    """The Hessian's largest eigenvalue along a run, every ``every`` steps, beside what the learning
    rate allows (2 / rate for gradient descent). See ``workbench.sharpness_curve.sharpness``."""
    from workbench.sharpness_curve import sharpness

    return sharpness(experiment, every, **options)
