"""Ends without a minimum ahead: the loss goes on falling as parameters grow without bound.

Outputs of softmax and sigmoid reach 0 and 1 for infinite scores only. Where all samples are right
and no penalty holds the weights, scaling the last layer by c → ∞ lets the loss fall to its infimum,
which no finite parameters have: Soudry, Hoffer, Nacson, Gunasekar & Srebro 2018, "The implicit bias
of gradient descent on separable data", JMLR 19, section 2.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from kernels import probes
from kernels.outputs import respond
from workbench.census.polish import GENTLE, noise
from workbench.census.site import Point, Site

_FACTORS = (2.0, 4.0, 8.0, 16.0)
_SHRUNKEN = tuple(0.5**k for k in range(1, 13))
_NOTHING = 1e-30  # losses that are as good as zero
_ROUNDED = 1e-26  # of a loss that is zero but for rounding
_BACK = 200  # steps of a descent back to a bent way
_ASTRAY = 0.5  # of a step outwards: what a descent may go at most, to be one back to the way
_SURE = 4.0  # times the way: so far out the loss must fall on, further out it may be at its limit
_SATURATED = 1e-10  # a slope from which down a unit is, but for rounding, at its bound
_ALONG = 0.1  # of the gradient: what is along a bent way at least
# Of the loss: under a penalty, which holds all weights, a smaller fall is that of the gradient that
# is left, as it is along any flat direction.
_HELD_FALL = 1e-9
_SHORTEST = 1e-3  # of 1 + the parameters' length: a shorter way tells nothing of infinity


class Ray(NamedTuple):
    """The loss along a way to infinity: ``falls`` where it never rises on it and the gradient
    fades, ``rises_back`` where it is higher nearer to the origin; ``limit``, at its far end."""

    falls: bool
    rises_back: bool
    limit: float
    largest: float


def is_bounded(site: Site) -> bool:
    """Whether the outputs come near a bound as scores grow, without reaching it."""
    n = int(site.model.network.sizes[-1])
    z, p = np.full(n, -700.0), np.empty(n)
    z[0] = 700.0
    respond(site.model.network.output, z, p)
    return bool(np.abs(p).max() <= 1.0)


def unheld(site: Site) -> np.ndarray:
    """Which parameters may grow without bound while the loss falls, bool (n,): a penalty holds all
    weights."""
    free = np.full(site.model.parameter_count, not site.penalized)
    for place in site.model.layers:
        free[place.bias] = True
    return free


def scaled_outputs(site: Site, parameters: np.ndarray, point: Point) -> Ray:
    """The loss along the ray that scales weights and biases of the last layer."""
    last = site.model.layers[-1]
    part = np.zeros(parameters.size, bool)
    part[last.weights.start : last.bias.stop] = True
    ray, far = _scaled(site, parameters, point, part)
    fades = far.size < 0.5 * point.size or far.size == 0.0 == point.size
    lower = far.loss < point.loss or point.size <= _NOTHING or _fades(point, far)
    return ray._replace(falls=ray.falls and fades and lower)


def scaled_units(site: Site, parameters: np.ndarray, point: Point) -> Ray | None:
    """The loss along the ray that scales what comes into hidden units that are saturated for some
    samples, weights and biases; None where there are none.

    Units such as sigmoid's reach their bounds for infinite weights only, but for rounding after
    some 20 or 40: a loss that is flat from there on has no minimum there.
    """
    part = np.zeros(parameters.size, bool)
    for k, layer in enumerate(site.units(parameters)):
        net, place = site.model.network, site.model.layers[k]
        if not _saturates(net.activations[net.kinds[k]]):
            continue
        units = (np.abs(layer.slope) <= _SATURATED).any(0)
        part[place.weights] = np.tile(units, place.shape[0])
        part[place.bias] = units
    return _scaled(site, parameters, point, part)[0] if part.any() else None


def _saturates(activation: Any) -> bool:
    """Whether an activation is bounded and comes nearer to its bounds for ever."""
    value, slope = np.empty(4), np.empty(4)
    probes.activation(activation, np.array([-700.0, -10.0, 10.0, 700.0]), value, slope)
    return bool(np.abs(value).max() <= 2.0 and slope[1] > 0.0 < slope[2])


def _scaled(
    site: Site, parameters: np.ndarray, point: Point, part: np.ndarray
) -> tuple[Ray, Point]:
    """The loss as the parameters ``part`` (n,), bool, are scaled, with what is at the far end, or
    where it rises first."""

    def at(factor: float) -> Point:
        return site.look(np.where(part, factor * parameters, parameters))

    falls, before = True, point
    for factor in _FACTORS:
        here = at(factor)
        falls = here.finite and here.loss <= before.loss + noise(before.loss)
        before = here
        if not falls:
            break
    back = False
    for factor in _SHRUNKEN if falls else ():
        higher = at(factor).loss - point.loss
        if abs(higher) > noise(point.loss) + _NOTHING:
            back = higher > 0.0
            break
    return Ray(falls, back, before.loss, _FACTORS[-1]), before


def _fades(point: Point, far: Point) -> bool:
    """Whether the loss has its limit to within rounding, and only the gradient tells the way."""
    return abs(far.loss - point.loss) <= noise(point.loss) and far.size < 0.5 * point.size


def onward(site: Site, parameters: np.ndarray, point: Point, way: np.ndarray, at_rest: bool) -> Ray:
    """The loss on from ``parameters`` along ``way`` (n,), until 16 times its length is behind;
    ``falls`` where it does so at 1, 2 and 4 times, is below where it began at 8 and 16 times, and
    the parameters grow. At a minimum that Newton's method is on its way to it would rise again: of
    second or fourth order before 4 times its step, of sixth or eighth above the start by 16.

    From a point ``at_rest`` the way may be bent: from where a step along it leads, a short descent
    goes back to it, to where it finds no way down or a gradient that is gentle or no steeper than
    before; the next step is along the way as it then is. From any other point such descents would
    lower the loss by themselves.
    """
    length, size = float(np.linalg.norm(way)), float(np.linalg.norm(parameters))
    falls = length > _SHORTEST * (1.0 + size) and point.loss > _ROUNDED
    falls = falls and float(parameters @ way) > 0.0
    if at_rest:  # on the floor of a valley what is left of the gradient is along it
        falls = falls and -float(point.gradient @ way) > _ALONG * point.size * length
    p, here, gone = parameters, point, 0.0
    for factor in (1.0, *_FACTORS) if falls else ():
        step = way * ((factor - gone) * length / np.linalg.norm(way))
        q = p + step
        there = site.look(q)
        if at_rest and there.finite:
            q, there = _back(site, q, there, here, step)
        before = here if factor <= _SURE else point
        lower = there.loss < before.loss - noise(before.loss) or there.loss <= _ROUNDED
        if not (there.finite and lower and np.linalg.norm(q) > np.linalg.norm(p)):
            falls = False
            break
        p, here, way, gone = q, there, q - p, factor
    if site.penalized:
        falls = falls and point.loss - here.loss > _HELD_FALL * abs(point.loss)
    return Ray(falls, True, here.loss, _FACTORS[-1])


def _back(
    site: Site, parameters: np.ndarray, there: Point, before: Point, step: np.ndarray
) -> tuple[np.ndarray, Point]:
    """The point (n,) of a bent way next to ``parameters``, to which a ``step`` along it has led; if
    there is none, the loss counts as infinite."""
    gentle = max(before.size, GENTLE)
    if there.size <= gentle:
        return parameters, there
    p = parameters.copy()
    _, down = site.descend(p, gentle, _BACK)
    there = site.look(p)
    astray = np.linalg.norm(p - parameters) > _ASTRAY * np.linalg.norm(step)
    if astray or (there.size > gentle and down):
        there = there._replace(loss=np.inf)
    return p, there
