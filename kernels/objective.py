"""Objectives: functions of a whole parameter vector that optimizers can ask at any point.

An objective is a ``NamedTuple`` that carries what it needs, scratch included. Rules:
``assess(objective, parameters, gradient) -> loss`` (float64) fills ``gradient`` (n,);
``hessian(objective, parameters, out, work)`` fills the upper triangle of ``out`` (≥ n, n), float64;
``hessian_product(objective, parameters, vector, out, work)`` fills ``out`` (n,) with H · vector.
``work`` (≥ 3, n) is of the parameters' type. All three leave ``parameters`` as they were. Networks
and surfaces have exact second derivatives (at a kink, those of the piece).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from kernels.curvature import add_product, bend_penalty, forward, judge, new_curve, tile_width
from kernels.hessian import add_rows, new_panels, panel_width
from kernels.jit import kernel
from kernels.network import batch_gradient
from kernels.rules import const, rule
from kernels.surfaces import ascent, bend, height

assess = rule("assess")
hessian = rule("hessian")
hessian_product = rule("hessian_product")


class Bends(NamedTuple):
    """Caller-owned scratch of exact second derivatives: ``width`` and ``curve`` of
    kernels.curvature, ``panel`` and ``panels`` of kernels.hessian."""

    width: Any
    curve: Any
    panel: Any
    panels: Any


def new_bends(network: Any, dtype: Any, needs: str) -> Any:
    """Scratch for what an optimizer declares: "matrix" (Hessians), "products" or "" (neither)."""
    if not needs:
        return ()
    width, panel = tile_width(dtype), panel_width(dtype)
    panels = new_panels(network, dtype, width, panel) if needs == "matrix" else ()
    return Bends(width, new_curve(network, dtype, width), panel, panels)


class TrainingLoss(NamedTuple):
    """The training loss of ``network`` over all ``samples``, penalty included; ``everything`` = 0 …
    n_samples-1 int64, ``work`` the network's scratch, ``bends`` that of second derivatives."""

    network: Any
    samples: Any
    everything: Any
    work: Any
    bends: Any


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
def look(network: Any, parameters: Any, samples: Any, first: Any, width: Any, curve: Any) -> None:
    """``linearize`` of kernels.curvature, compiled; mutates ``curve``."""
    sizes, items, kinds = network.sizes, network.activations, network.kinds
    forward(sizes, items, kinds, parameters, samples.inputs, first, width, curve)
    judge(network.loss, network.output, samples.targets, first, width, curve)


def _hessian_of_network(objective: Any, parameters: Any, out: Any, work: Any) -> None:
    network, samples, bends = objective.network, objective.samples, objective.bends
    width, curve, upper, n = bends.width, bends.curve, bends.panels.upper, parameters.size
    upper[:] = const(parameters[0], 0.0)
    units = (0, network.sizes[1:].sum())
    for first in range(0, objective.everything.size, len(width)):
        look(network, parameters, samples, first, width, curve)
        add_rows(network.sizes, parameters, units, width, bends.panel, curve, bends.panels)
    bend_penalty(network.penalty, network.sizes, parameters, curve.diagonal)
    for i in range(n):
        upper[i, i] += curve.diagonal[i]
        for j in range(i, n):
            out[i, j] = upper[i, j]


def _product_of_network(objective: Any, parameters: Any, vector: Any, out: Any, work: Any) -> None:
    network, samples, bends = objective.network, objective.samples, objective.bends
    width, curve = bends.width, bends.curve
    bend_penalty(network.penalty, network.sizes, parameters, curve.diagonal)
    for i in range(out.size):
        out[i] = curve.diagonal[i] * vector[i]
    for first in range(0, objective.everything.size, len(width)):
        look(network, parameters, samples, first, width, curve)
        add_product(network.sizes, parameters, vector, width, curve, out)


def _hessian_of_surface(objective: Any, parameters: Any, out: Any, work: Any) -> None:
    bends = bend(objective.surface, parameters[0], parameters[1])
    out[0, 0], out[0, 1], out[1, 1] = bends


def _product_of_surface(objective: Any, parameters: Any, vector: Any, out: Any, work: Any) -> None:
    xx, xy, yy = bend(objective.surface, parameters[0], parameters[1])
    out[0], out[1] = xx * vector[0] + xy * vector[1], xy * vector[0] + yy * vector[1]


for _objective, *_bodies in (
    (TrainingLoss, _assess_network, _hessian_of_network, _product_of_network),
    (Height, _assess_surface, _hessian_of_surface, _product_of_surface),
):
    for _rule, _body in zip((assess, hessian, hessian_product), _bodies, strict=True):
        _rule.implement(_objective, _body)
