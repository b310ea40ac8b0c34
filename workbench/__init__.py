"""Descent Workbench: backpropagation and gradient descent, visible, measurable and comparable.

The scripting API::

    import workbench as wb

    experiment = wb.Experiment.preset("tutorial").replace(optimizer={"learning_rate": 0.2})
    run = wb.run(experiment)
    print(run.loss[-1], run.parameters.shape)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.datasets import DataSet, Split
from workbench.descent import Descent, descend
from workbench.errors import BadValue, WorkbenchError
from workbench.experiment import Experiment, gallery
from workbench.model import Model, load_data
from workbench.multistart import Starts, train_starts
from workbench.race import Race, race
from workbench.rate_finder import RateScan, find_learning_rate
from workbench.run import Run, Snapshot, run

if TYPE_CHECKING:
    from workbench.landscape import Landscape

__all__ = [
    "BadValue",
    "DataSet",
    "Descent",
    "Experiment",
    "Model",
    "Race",
    "RateScan",
    "Run",
    "Snapshot",
    "Split",
    "Starts",
    "WorkbenchError",
    "descend",
    "find_learning_rate",
    "gallery",
    "hessian",
    "hessian_vector",
    "initial_parameters",
    "load_data",
    "loss_and_gradient",
    "plane",
    "predict",
    "race",
    "run",
    "train_starts",
]
__version__ = "0.1.0"


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
