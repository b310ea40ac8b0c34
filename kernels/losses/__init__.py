"""Losses: how far a network's answer p is from the target t, one a file.

A loss is a sum over the outputs of one sample, averaged over samples. Scalar rules, in the type of
p: ``value(item, p, t, n_out)``, ``slope(item, p, t, n_out) = d value / dp`` and
``bend(item, p, t, n_out) = d² value / dp²``. A loss that couples outputs, or that is only accurate
when taken together with its output, registers fused bodies for that pair with ``fuse``; ``accepts``
among its facts then lists the outputs that it can be used with, and ``least_outputs`` how many
outputs it needs, where that is more than one.

What kernels call, for one sample whose last layer has the pre-activations z and the answer p:
``compare(loss, output, z, p, t, delta)`` gives the loss and its gradient dL/dz,
``bend_loss(loss, output, z, p, t, delta, matrix)`` the Hessian d²L/dz² as well. Where a loss has a
kink, both take the value of the side, or the subgradient, that the item's docstring names.
``is_right(loss, answer, targets)`` counts classes; a loss whose answers are no probabilities may
bring its own with ``judge``.
"""

from collections.abc import Callable
from typing import Any

from numba.extending import overload

from kernels.catalog import Catalog
from kernels.jit import OPTIONS
from kernels.outputs import bend_back, pull_back
from kernels.rules import const, overload_rule, rule, select, shared

catalog = Catalog("loss", __name__)
value = rule("value")
slope = rule("slope")
bend = rule("bend")

_fused: dict[tuple[Any, Any], Callable[..., Any]] = {}
_fused_bends: dict[tuple[Any, Any], Callable[..., Any]] = {}
_judges: dict[Any, Callable[..., Any]] = {}


def fuse(
    loss: Any, output: Any, body: Callable[..., Any], bend_body: Callable[..., Any] | None = None
) -> None:
    """Use fused bodies for this pair of classes.

    ``body(loss, output, z, p, t, delta)`` does what ``compare`` does, and
    ``bend_body(loss, output, z, p, t, delta, matrix)`` fills ``matrix`` once ``body`` has filled
    ``delta``; without it the Hessian is taken to be zero (a piecewise linear loss).
    """
    _fused[loss, output] = body
    _fused_bends[loss, output] = bend_body or _flat


def _flat(loss: Any, output: Any, z: Any, p: Any, t: Any, delta: Any, matrix: Any) -> None:
    for i in range(z.size):
        for j in range(z.size):
            matrix[i, j] = const(z[0], 0.0)


def _compose(loss: Any, output: Any, z: Any, p: Any, t: Any, delta: Any) -> Any:
    total = const(p[0], 0.0)
    for j in range(p.size):
        total += value(loss, p[j], t[j], p.size)
        delta[j] = slope(loss, p[j], t[j], p.size)
    pull_back(output, z, p, delta)
    return total


def compare(loss: Any, output: Any, z: Any, p: Any, t: Any, delta: Any) -> Any:
    """The loss of one sample; fills ``delta`` with dL/dz of the last layer.

    z, p, t, delta have shape (n_out,) and one dtype; z and p are what ``respond`` saw and made.
    """
    return _fused.get((type(loss), type(output)), _compose)(loss, output, z, p, t, delta)


@overload_rule(compare)
def _compare(loss: Any, output: Any, z: Any, p: Any, t: Any, delta: Any) -> Any:
    return _fused.get((loss.instance_class, output.instance_class), _compose)


def _compose_bend(loss: Any, output: Any, z: Any, p: Any, t: Any, delta: Any, matrix: Any) -> Any:
    total = const(p[0], 0.0)
    for j in range(p.size):
        total += value(loss, p[j], t[j], p.size)
        delta[j] = slope(loss, p[j], t[j], p.size)
        matrix[j, j] = bend(loss, p[j], t[j], p.size)
    bend_back(output, z, p, delta, matrix)
    return total


def _fuse_bend(loss: Any, output: Any, z: Any, p: Any, t: Any, delta: Any, matrix: Any) -> Any:
    total = compare(loss, output, z, p, t, delta)
    _bend_fused(loss, output, z, p, t, delta, matrix)
    return total


def _bend_fused(loss: Any, output: Any, z: Any, p: Any, t: Any, delta: Any, matrix: Any) -> None:
    _fused_bends[type(loss), type(output)](loss, output, z, p, t, delta, matrix)


@overload(_bend_fused, jit_options=OPTIONS, strict=False)
def _choose_bend_fused(
    loss: Any, output: Any, z: Any, p: Any, t: Any, delta: Any, matrix: Any
) -> Any:
    return _fused_bends[loss.instance_class, output.instance_class]


def bend_loss(loss: Any, output: Any, z: Any, p: Any, t: Any, delta: Any, matrix: Any) -> Any:
    """The loss of one sample; fills ``delta`` with dL/dz and ``matrix`` with d²L/dz².

    As ``compare``, whose value and ``delta`` it repeats but for rounding; ``matrix`` is
    (n_out, n_out), of the same dtype, symmetric, and written in full. Nothing is allocated.
    """
    is_fused = (type(loss), type(output)) in _fused
    body = _fuse_bend if is_fused else _compose_bend
    return body(loss, output, z, p, t, delta, matrix)


@overload(bend_loss, jit_options=OPTIONS, strict=False)
def _bend_loss(loss: Any, output: Any, z: Any, p: Any, t: Any, delta: Any, matrix: Any) -> Any:
    is_fused = (loss.instance_class, output.instance_class) in _fused
    return _fuse_bend if is_fused else _compose_bend


def judge(loss: Any, body: Callable[..., Any]) -> None:
    """Use ``body(loss, answer, targets)`` for this class of losses in ``is_right``."""
    _judges[loss] = body


@shared
def largest_is_right(loss: Any, answer: Any, targets: Any) -> Any:
    """What ``is_right`` answers unless a loss brings its own."""
    if answer.size == 1:
        return abs(answer[0] - targets[0]) < 0.5
    wanted = 0
    best, place = answer[0], const(answer[0], 0.0)
    for j in range(1, answer.size):
        if targets[j] > targets[wanted]:
            wanted = j
        higher = answer[j] > best
        best = select(higher, answer[j], best)
        place = select(higher, const(place, j), place)
    return place == const(place, wanted)


def is_right(loss: Any, answer: Any, targets: Any) -> Any:
    """Whether the largest output is the largest target; a single output must be within 1/2.

    Both (n_out,), the answer of lanes too. Losses on scores with a sign (hinge) compare the sign of
    a single output.
    """
    return _judges.get(type(loss), largest_is_right)(loss, answer, targets)


@overload_rule(is_right)
def _is_right(loss: Any, answer: Any, targets: Any) -> Any:
    return _judges.get(loss.instance_class, largest_is_right)
