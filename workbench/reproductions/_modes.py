"""Linear networks by the modes of their data: critical points, aligned starts, exact times.

Of white inputs the loss of a network with product W of its layers is ‖M - W‖² / n_out plus what no
linear map can do, M the covariance of inputs and targets: its singular vectors are the modes, its
singular values their strengths s.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.integrate import quad

from workbench.datasets import normals
from workbench.experiment import Experiment
from workbench.model import Model
from workbench.multistart import train_starts


class Modes(NamedTuple):
    """M = left · diag(strengths) · rightᵀ: (n_in, m), (m,) descending, (n_out, m)."""

    left: np.ndarray
    strengths: np.ndarray
    right: np.ndarray


class Path(NamedTuple):
    """``learnt`` (looks, m), how much of each mode the network's map has after ``steps`` (looks,)
    steps; ``mixed``, the largest share of one mode in another met."""

    steps: np.ndarray
    learnt: np.ndarray
    mixed: float


def modes_of(model: Model) -> Modes:
    """The modes of the training samples; their inputs must be white."""
    inputs, targets = model.train
    left, strengths, right = np.linalg.svd(inputs.T @ targets / len(inputs), full_matrices=False)
    return Modes(left, strengths, right.T)


def loss_of(modes: Modes, chosen: Sequence[int]) -> float:
    """The mean squared error of the map that has learnt the modes ``chosen`` and no others, of
    targets without noise: Baldi & Hornik 1989."""
    rest = np.delete(modes.strengths, list(chosen))
    return float((rest**2).sum() / len(modes.right))


def index_of(modes: Modes, chosen: Sequence[int], units: int) -> int:
    """Negative eigenvalues of a two-layer network's Hessian where ``units`` units have learnt
    ``chosen``: one for each that a stronger mode not learnt could replace, and one for each pair of
    an idle unit and a mode that is not learnt."""
    s = modes.strengths
    rest = [mode for mode in range(len(s)) if mode not in chosen]
    swaps = sum(bool(s[new] > s[old]) for old in chosen for new in rest)
    return swaps + (units - len(chosen)) * len(rest)


def critical(model: Model, modes: Modes, chosen: Sequence[int], seed: int) -> np.ndarray:
    """Parameters (n,) of a two-layer network that has learnt ``chosen``, shared between its layers
    by a random invertible map; other units are zero."""
    (n_in, units), (_, n_out) = (place.shape for place in model.layers)
    many, kept = len(chosen), list(chosen)
    into, away = np.zeros((n_in, units)), np.zeros((units, n_out))
    mix = np.eye(many) + 0.3 * normals(seed, 3, many, many)
    into[:, :many] = modes.left[:, kept] * modes.strengths[kept] @ mix
    away[:many] = np.linalg.solve(mix, modes.right[:, kept].T)
    return _flat(model, [into, away])


def aligned(model: Model, modes: Modes, start: float, seed: int) -> np.ndarray:
    """Parameters (n,) of a network of equal widths whose map has ``start`` of every mode, in equal
    shares of its layers, which are turned against one another at random."""
    count = len(model.layers)
    share = np.full(len(modes.strengths), start ** (1.0 / count))
    turns = [np.linalg.qr(normals(seed, 4 + k, *2 * share.shape))[0] for k in range(count - 1)]
    bases = [modes.left, *turns, modes.right]
    return _flat(model, [(a * share) @ b.T for a, b in pairwise(bases)])


def _flat(model: Model, weights: Sequence[np.ndarray]) -> np.ndarray:
    parameters = np.zeros(model.parameter_count)
    for place, values in zip(model.layers, weights, strict=True):
        parameters[place.weights] = values.ravel()
    return parameters


def follow(
    experiment: Experiment,
    modes: Modes,
    start: np.ndarray,
    steps: int,
    every: int,
    progress: Callable[[float], None] = lambda share: None,
) -> Path:
    """Train from ``start`` (n,) and look at the modes after every ``every`` steps: the optimizer
    must have no memory. ``progress`` is told the share that is done at each look."""
    part = experiment.replace(stop={"steps": every})
    model, point = Model(part), start[None]
    mixed, learnt, at = 0.0, [], np.arange(0, steps + 1, every)
    for step in at:
        progress(step / steps)
        if step:
            (block,) = train_starts(part, 1, points=point, threads=1, model=model)
            point = block.parameters
        map_of = np.linalg.multi_dot(
            [modes.left.T]
            + [point[0][place.weights].reshape(place.shape) for place in model.layers]
            + [modes.right]
        )
        learnt.append(np.diag(map_of).copy())
        mixed = max(mixed, float(np.abs(map_of - np.diag(learnt[-1])).max()))
    return Path(at, np.array(learnt), mixed)


def speed(a: np.ndarray | float, strength: float, layers: int, n_out: int) -> np.ndarray:
    """da/dt under gradient flow for the share ``a`` that each of ``layers`` has of a mode, a to
    the power of ``layers`` being learnt."""
    return np.asarray(2.0 / n_out * a ** (layers - 1) * (strength - a**layers))


def exact(t: np.ndarray, strength: float, start: float, n_out: int) -> np.ndarray:
    """What two layers have learnt of a mode at time ``t``: Saxe et al. 2014, u = s e / (e - 1 + s /
    u0) with e = exp(2 s t / τ), where τ is n_out / 2 for the mean squared error."""
    # Divided by e, which overflows.
    fading = np.exp(-4.0 * strength * t / n_out)
    return np.asarray(strength / (1.0 + (strength / start - 1.0) * fading))


def half_time(strength: float, start: float, layers: int, n_out: int) -> float:
    """The time at which gradient flow has learnt half of a mode: of two layers by Saxe's formula,
    of more by the integral of 1 / ``speed``."""
    if layers == 2:
        return n_out / (4.0 * strength) * float(np.log(strength / start - 1.0))
    ends = start ** (1.0 / layers), (0.5 * strength) ** (1.0 / layers)
    return float(quad(lambda a: 1.0 / speed(a, strength, layers, n_out), *ends, epsrel=1e-10)[0])


def lag(strength: float, start: float, layers: int, n_out: int, end: float) -> float:
    """By how many steps gradient descent is behind gradient flow when it has learnt ``end``, to
    first order in the learning rate: half the logarithm of how the speed has grown (Hairer, Lubich
    & Wanner 2006, Geometric numerical integration, section IX.1, for Euler's method)."""
    first, last = (x ** (1.0 / layers) for x in (start, end))
    grown = speed(last, strength, layers, n_out) / speed(first, strength, layers, n_out)
    return 0.5 * float(np.log(grown))
