"""Two random directions, scaled to the weights: Li et al. 2018, arXiv 1712.09913, section 4.

A filter of a dense layer is the weights into one unit. As in the paper's code the directions are
Gaussian and not orthogonalised; in coordinates, 1 is as far as the weights themselves are long.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kernels.domains import Words
from workbench.errors import BadValue, WorkbenchError
from workbench.landscape.kinds import SEED, Scene, View, catalog, random_directions
from workbench.landscape.plane import Plane
from workbench.model import Layer


class Random(NamedTuple):
    """``normalisation``: what of the direction gets the length that it has in the weights;
    ``biases``: whether the direction leaves them or is equal to them; ``seed`` of the draw."""

    normalisation: str = "filter"
    biases: str = "zero"
    seed: float = 0.0


_TINY = 1e-10  # keeps a zero filter's direction zero, as in the paper's code


def _scale(kind: str, drawn: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The part of a direction that belongs to one layer's ``weights`` (n_in, n_out)."""
    if kind == "weight":
        return drawn * weights
    if kind == "none":
        return drawn
    axis = 0 if kind == "filter" else None
    size = np.linalg.norm(weights, axis=axis) / (np.linalg.norm(drawn, axis=axis) + _TINY)
    return np.asarray(drawn * size)


def normalised(
    drawn: np.ndarray, parameters: np.ndarray, layers: list[Layer], kind: str, biases: str
) -> np.ndarray:
    """The direction ``drawn`` (n,) scaled to ``parameters`` (n,): a new array."""
    made = np.zeros_like(drawn)
    for layer in layers:
        parts = (v[layer.weights].reshape(layer.shape) for v in (drawn, parameters))
        made[layer.weights] = _scale(kind, *parts).reshape(-1)
        if biases != "zero":
            made[layer.bias] = parameters[layer.bias] if biases == "copy" else drawn[layer.bias]
    return made


def _build(item: Random, scene: Scene) -> View:
    at, layers = scene.parameters, scene.model.layers
    if len(at) < 2:
        raise BadValue("plane.kind", "needs two parameters or more", "random", "pca")
    drawn = random_directions(len(at), item.seed)
    made = [normalised(d, at, layers, item.normalisation, item.biases) for d in drawn]
    lengths = [float(np.linalg.norm(d)) for d in made]
    if min(lengths) == 0.0:
        rule = f"plane: the weights are all zero, and {item.normalisation} normalisation leaves"
        raise WorkbenchError(f"{rule} no direction; nearest valid: normalisation = none")
    angle = np.degrees(np.arccos(np.clip(made[0] @ made[1] / np.prod(lengths), -1.0, 1.0)))
    facts = {"lengths": lengths, "angle_degrees": float(angle)}
    what = {"none": "not normalised"}.get(item.normalisation, f"{item.normalisation}-normalised")
    axes = f"random direction, {what}", f"another one ({angle:.0f}° to it)"
    return View(Plane(at.copy(), np.array(made), "random", axes, facts), scene.path, 1.0)


catalog.register(
    Random,
    "random",
    "two random directions, scaled to the weights",
    hypers={
        "normalisation": (
            Words(("filter", "layer", "weight", "none")),
            "what of a direction is scaled to the length it has in the weights",
        ),
        "biases": (
            Words(("zero", "copy", "random")),
            "the directions' biases: zero (the paper's biasbn), the network's own, or drawn",
        ),
        "seed": SEED,
    },
    lay=_build,
    points=(),
    path=True,
)
