"""Two single parameters of the network, all others held."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from workbench.errors import BadValue
from workbench.landscape.kinds import Scene, View, catalog
from workbench.landscape.plane import Plane
from workbench.model import Model


class Weights(NamedTuple):
    """``first``, ``second``: places in the flat parameter vector, counted from 0."""

    first: float = 0.0
    second: float = 1.0


def name_of(model: Model, place: int) -> str:
    """What a parameter is, for people: "weight 3→1 of 16 → 6", "bias of 1 of 16 → 6"."""
    for layer in model.layers:
        if place < layer.weights.stop:
            source, target = divmod(place - layer.weights.start, layer.shape[1])
            return f"weight {source}→{target} of {layer.name}"
        if place < layer.bias.stop:
            return f"bias of {place - layer.bias.start} of {layer.name}"
    raise IndexError(place)


def _build(item: Weights, scene: Scene) -> View:
    at = scene.parameters
    chosen = [int(item.first), int(item.second)]
    for field, place in zip(item._fields, chosen, strict=True):
        if place >= len(at):
            rule = f"must be a place from 0 to {len(at) - 1}"
            raise BadValue(f"plane.{field}", rule, place, len(at) - 1)
    if chosen[0] == chosen[1]:
        other = (chosen[0] + 1) % len(at)
        raise BadValue("plane.second", "must be another place than plane.first", chosen[1], other)
    directions = np.zeros((2, len(at)))
    directions[[0, 1], chosen] = 1.0
    names = [name_of(scene.model, place) for place in chosen]
    facts = {"parameters": [{"place": p, "name": n} for p, n in zip(chosen, names, strict=True)]}
    axes = f"change of {names[0]}", f"change of {names[1]}"
    return View(Plane(at.copy(), directions, "weights", axes, facts), scene.path, 1.0)


catalog.register(
    Weights,
    "weights",
    "two single parameters, all others held",
    hypers={
        "first": ("integer [0, 1e9]", "place of the first in the flat parameter vector"),
        "second": ("integer [0, 1e9]", "place of the second"),
    },
    lay=_build,
    points=(),
    path=True,
)
