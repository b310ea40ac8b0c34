"""Polishing: each end is followed to the critical point that it is at, or that it leads to.

1. An end that Newton's method takes to a critical point over a way of no more than NEAR of its own
   length is at that point already, whatever that is; so a saddle stays one.
2. Otherwise it has not arrived, and goes on down: L-BFGS (Nocedal & Wright 2006, algorithm 7.5),
   then a trust region with the exact Hessian (``Spectrum.within``), which leaves saddles behind.
3. Newton's method ends both, until rounding ends it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from workbench.census.directions import Symmetries
from workbench.census.site import Point, Site
from workbench.census.spectrum import Spectrum

GENTLE = 1e-10  # gradient norm of a critical point
NEAR = 1e-5  # of 1 + the parameters' length, for 1.
_QUIET = 1e-3  # gradient norm above which 1. is not tried
_HANDOVER = 1e-6  # gradient norm from which on Newton's method is faster than L-BFGS
_REACH = 0.1  # of 1 + the parameters' length: a longer step of Newton's is not trusted
# Steps of L-BFGS, the gradient norm that they are to reach, and steps of the trust region, which
# cost some twenty of the former each: few at first, to see whether they converge already, and in
# the end as many as a bottom of fourth order takes, where each step leaves two thirds of the way.
_ROUNDS = ((400, _HANDOVER, 4), (1000, 0.5 * GENTLE, 60), (2000, 0.5 * GENTLE, 300))
_SHARPENINGS = 24  # Newton's steps at most; where the bottom is of fourth order it needs them
_LEAST_RADIUS = 1e-12


@dataclass(frozen=True)
class Polished:
    """Where polishing ended: ``parameters`` (n,) float64, their loss and gradient ``point``, the
    ``spectrum`` there (None where it was not looked at), ``steps`` of all kinds, ``arrived`` where
    the gradient is as good as zero, ``stuck`` where no way down was found before that."""

    parameters: np.ndarray
    point: Point
    spectrum: Spectrum | None
    steps: int
    arrived: bool
    stuck: bool = False


def polish(
    site: Site,
    symmetries: Symmetries,
    start: np.ndarray,
    endless: Callable[[np.ndarray, Point], bool],
) -> Polished:
    """Polish one end ``start`` (n,), float64, at which the loss is finite; it is not mutated.

    ``endless(parameters, point)`` says whether the loss falls for ever from there: then L-BFGS
    alone follows it, until the gradient is gentle.
    """
    now = Polished(start.copy(), site.look(start), None, 0, False)
    if now.point.size <= _QUIET and not endless(now.parameters, now.point):
        spectrum = Spectrum.at(site, symmetries, now.parameters, now.point)
        done = _sharpen(site, symmetries, now, spectrum, NEAR * _span(now))
        if done.arrived:
            return done
    for most, gentle, most_regions in _ROUNDS:
        now = _glide(site, now, gentle, most)
        if not now.point.finite:
            return now
        if endless(now.parameters, now.point):
            now = _glide(site, now, GENTLE, most)
            return replace(now, arrived=now.point.size <= GENTLE)
        now = _regions(site, symmetries, now, most_regions)
        if now.arrived or now.stuck:
            break
    return now


def _glide(site: Site, now: Polished, gentle: float, most: int) -> Polished:
    p = now.parameters.copy()
    made, down = site.descend(p, gentle, most)
    return Polished(p, site.look(p), None, now.steps + made, False, not down)


def rests(point: Point, spectrum: Spectrum, parameters: np.ndarray) -> bool:
    """Whether the gradient is as good as zero: GENTLE, or less than rounding the parameters alone
    makes of it."""
    rounding = np.finfo(np.float64).eps * abs(spectrum.largest) * np.linalg.norm(parameters)
    return bool(point.size <= max(GENTLE, 4.0 * rounding))


def _sharpen(
    site: Site,
    symmetries: Symmetries,
    start: Polished,
    spectrum: Spectrum,
    reach: float,
) -> Polished:
    """Newton's method from ``start``, whose spectrum is given, while it shrinks the gradient and
    stays within ``reach``."""
    p, point, steps = start.parameters, start.point, start.steps
    for _ in range(_SHARPENINGS):
        trial = p + spectrum.newton()
        if not np.linalg.norm(trial - start.parameters) <= reach:
            break
        there = site.look(trial)
        if not (there.finite and there.size < 0.9 * point.size):
            break
        p, point, steps = trial, there, steps + 1
        spectrum = Spectrum.at(site, symmetries, p, point)
    return Polished(p, point, spectrum, steps, rests(point, spectrum, p))


def _regions(site: Site, symmetries: Symmetries, start: Polished, most: int) -> Polished:
    """Down from ``start`` by at most ``most`` steps of a trust region, and by Newton's method where
    the loss curves up, or where there is nowhere to go."""
    now, last = start, start.steps + most
    radius = _REACH * _span(now)
    while True:
        spectrum = Spectrum.at(site, symmetries, now.parameters, now.point)
        below = spectrum.inertia()[0] > 0
        if not below or now.point.size <= GENTLE:
            reach = (NEAR if below else _REACH) * _span(now)
            done = _sharpen(site, symmetries, now, spectrum, reach)
            lower = done.point.loss <= now.point.loss + noise(now.point.loss)
            if done.arrived and (below or lower):
                return done
            if done.steps > now.steps and lower:
                now, spectrum = done, cast(Spectrum, done.spectrum)
        if now.steps >= last:
            return replace(now, spectrum=spectrum)
        moved = _trusted(site, now, spectrum, radius)
        if moved is None:
            arrived = rests(now.point, spectrum, now.parameters)
            return replace(now, spectrum=spectrum, arrived=arrived, stuck=not arrived)
        now, radius = moved


def _trusted(
    site: Site, now: Polished, spectrum: Spectrum, radius: float
) -> tuple[Polished, float] | None:
    """One trust-region step down and the radius of the next (Nocedal & Wright 2006, algorithm 4.1),
    or None where no radius leads down."""
    point = now.point
    least = _LEAST_RADIUS * _span(now)
    while radius > least:
        change, promised = spectrum.within(radius)
        trial = now.parameters + change
        there = site.look(trial)
        gain, rounding = point.loss - there.loss, noise(point.loss)
        good = there.finite and gain + rounding >= 0.1 * (promised + rounding)
        if good and (gain > 0.0 or there.size < point.size):
            if gain > 0.75 * promised:
                radius *= 2.0
            return Polished(trial, there, None, now.steps + 1, False), radius
        radius = 0.25 * min(radius, float(np.linalg.norm(change)))
    return None


def _span(now: Polished) -> float:
    return 1.0 + float(np.linalg.norm(now.parameters))


def noise(loss: float) -> float:
    """What rounding alone may change a loss by."""
    return 16.0 * float(np.finfo(np.float64).eps) * abs(loss)
