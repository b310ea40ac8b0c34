"""Starting points that are not drawn layer by layer: constructed, read, or made from others.

Each is an initializer in a file of its own. Its facts are ``start``, a function
``start(item, model, index) -> float64 (n,)`` of its hyper-parameters, a Model and the start index,
and where it needs them ``sizes`` (the only layer sizes that it is for) and
``check(item, sizes)``, which raises BadValue where it does not fit a network.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Any

import numpy as np

from kernels import initializers
from kernels.domains import Range
from workbench.errors import BadValue
from workbench.fields import Choice

if TYPE_CHECKING:
    from workbench.model import Model

catalog = initializers.catalog


def point(name: str, item: Any, model: Model, index: int) -> np.ndarray:
    """Start ``index`` of the initializer ``name``: flat parameters float64 (n,)."""
    make = catalog.get(name).facts.get("start")
    if make:
        return np.array(make(item, model, index), np.float64)
    parameters = np.empty(model.parameter_count)
    sizes, seed = model.network.sizes, model.experiment.seed
    initializers.initialize(item, sizes, seed, index, parameters)
    return parameters


def check_fit(choice: Choice, sizes: tuple[int, ...]) -> None:
    """Raise BadValue where the starting point is not for a network of ``sizes``."""
    facts = catalog.get(choice.name).facts
    if facts.get("sizes", sizes) != sizes:
        fixed = list(facts["sizes"])
        rule = f"must be {fixed} with the initializer {choice.name}"
        raise BadValue("network.sizes", rule, list(sizes), fixed)
    if "check" in facts:
        facts["check"](choice.item, sizes)


def simple() -> list[str]:
    """Initializers whose hyper-parameters are numbers: others can be made from their defaults."""
    return [i.name for i in catalog if all(isinstance(h.domain, Range) for h in i.hypers)]


def with_defaults(name: str) -> Any:
    """The item ``name`` with its default hyper-parameters."""
    return catalog.get(name).make()


for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
