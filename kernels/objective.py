"""Objectives: functions of a whole parameter vector that optimizers can ask at any point.

An objective is a ``NamedTuple`` that carries what it needs, scratch included. Rules:
``assess(objective, parameters, gradient) -> loss`` (float64) fills ``gradient`` (n,);
``hessian(objective, parameters, out, work)`` fills the upper triangle of ``out`` (≥ n, n), float64;
``hessian_product(objective, parameters, vector, out, work)`` fills ``out`` (n,) with H · vector.
``work`` (≥ 3, n) is of the parameters' type. All three leave ``parameters`` as they were.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from kernels.jit import kernel
from kernels.network import batch_gradient
from kernels.rules import const, rule
from kernels.surfaces import ascent, height
from kernels.vectors import norm, resolution

assess = rule("assess")
hessian = rule("hessian")
hessian_product = rule("hessian_product")


class TrainingLoss(NamedTuple):
    """The mean loss of ``network`` over all ``samples``; ``everything`` = 0 … n_samples-1 int64,
    ``work`` the network's scratch."""

    network: Any
    samples: Any
    everything: Any
    work: Any


class Height(NamedTuple):
    """The height of a two-dimensional surface."""

    surface: Any


def _assess_network(objective: Any, parameters: Any, gradient: Any) -> Any:
    count = objective.everything.size
    return batch_gradient(
        objective.network,
        parameters,
        objective.samples,
        objective.everything,
        count,
        gradient,
        objective.work,
    )[0]


def _assess_surface(objective: Any, parameters: Any, gradient: Any) -> Any:
    gradient[0], gradient[1] = ascent(objective.surface, parameters[0], parameters[1])
    return height(objective.surface, parameters[0], parameters[1])


@kernel
def differences(objective: Any, parameters: Any, out: Any, work: Any) -> None:
    """The Hessian by central differences of the gradient, its two triangles averaged.

    Error of order h² with h about the cube root of the type's resolution. See ``hessian``.
    """
    n = parameters.size
    point, after, before = work[0], work[1], work[2]
    h = np.cbrt(resolution(parameters[0]))
    for i in range(n):
        point[i] = parameters[i]
    for j in range(n):
        reach = h * max(1.0, abs(np.float64(parameters[j])))
        point[j] = parameters[j] + const(parameters[0], reach)
        high = np.float64(point[j])
        assess(objective, point, after)
        point[j] = parameters[j] - const(parameters[0], reach)
        width = high - np.float64(point[j])
        assess(objective, point, before)
        point[j] = parameters[j]
        # Row j above the diagonal is held halved until column j, which is the same, is added.
        for i in range(j):
            out[i, j] += 0.5 * (np.float64(after[i]) - np.float64(before[i])) / width
        out[j, j] = (np.float64(after[j]) - np.float64(before[j])) / width
        for i in range(j + 1, n):
            out[j, i] = 0.5 * (np.float64(after[i]) - np.float64(before[i])) / width


@kernel
def difference_along(objective: Any, parameters: Any, vector: Any, out: Any, work: Any) -> None:
    """H · vector by central differences of the gradient. See ``hessian_product``."""
    point, before = work[0], work[1]
    length = norm(vector)
    if not length > 0.0:
        for i in range(out.size):
            out[i] = 0.0
        return
    reach = np.cbrt(resolution(parameters[0])) * max(1.0, norm(parameters)) / length
    r = const(parameters[0], reach)
    for i in range(out.size):
        point[i] = parameters[i] - r * vector[i]
    assess(objective, point, before)
    for i in range(out.size):
        point[i] = parameters[i] + r * vector[i]
    assess(objective, point, out)
    scale = const(parameters[0], 0.5 / reach)
    for i in range(out.size):
        out[i] = (out[i] - before[i]) * scale


def _hessian(objective: Any, parameters: Any, out: Any, work: Any) -> None:
    differences(objective, parameters, out, work)


def _hessian_product(objective: Any, parameters: Any, vector: Any, out: Any, work: Any) -> None:
    difference_along(objective, parameters, vector, out, work)


assess.implement(TrainingLoss, _assess_network)
assess.implement(Height, _assess_surface)
for _objective in (TrainingLoss, Height):
    hessian.implement(_objective, _hessian)
    hessian_product.implement(_objective, _hessian_product)
