"""What stands above a plane through parameter space: one kind of height a file.

An item has no options. Its facts are ``begin``, a function ``begin(model) -> Work`` that makes one
thread's scratch; ``label``, for an axis; ``cost``, about how many losses one value costs; ``test``,
whether it is of the test set; ``classes``, whether it is for data with classes only;
``minimised``, whether its minima mean anything (the default). A ``Work`` is
``work(points, first, last, out)``: it fills out[first:last], float64, with the heights of those of
the kernels' ``points``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from kernels import penalties
from kernels.catalog import Catalog, UnknownItem, nearest_names
from kernels.network import Network
from kernels.plane import Points
from workbench.errors import BadValue
from workbench.model import Model

catalog = Catalog("height", __name__)
Work = Callable[[Points, int, int, np.ndarray], None]


def choose(name: Any, model: Model) -> Any:
    """The catalogue's entry of a height that ``model`` has; raises BadValue."""
    try:
        entry = catalog.get(name)
    except UnknownItem:
        near = nearest_names(str(name), catalog.names()) or catalog.names()
        raise BadValue("plane.height", "must be a height", name, ", ".join(near)) from None
    if entry.facts.get("classes") and not model.data.classes:
        raise BadValue(
            "plane.height", "must not be of classes: a regression has none", name, "loss"
        )
    if entry.facts.get("test") and not len(model.test.inputs):
        raise BadValue(
            "plane.height",
            "needs a test set, and data.test_fraction leaves none",
            name,
            name.removesuffix("_test"),
        )
    return entry


def without_penalty(network: Network) -> Network:
    """``network`` with the plain mean loss: how well it answers, not what training minimises."""
    return network._replace(penalty=penalties.catalog.get("none").make())
