"""What lies beyond the second derivatives where some of them are zero: plateaus, hidden descents.

A unit is *dead* where its slope is zero on all training samples: its answer is then the same for
all of them, its incoming weights move nothing, and its outgoing weights act as a bias. So a path on
which the loss is constant leads to the point where its outgoing weights are zero, the bias has
taken over what they added, and its incoming weights are any others, which bring it to life. If the
loss can fall from there, what is here is a *plateau*, not a minimum: the set of equal loss that the
end lies in has a way down. If not, the dead units were not missing: a degenerate minimum.
"""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import numpy as np

from workbench.census.kinks import sides
from workbench.census.polish import GENTLE, noise
from workbench.census.site import Point, Site, Units, normals
from workbench.census.spectrum import Spectrum

DEAD = 1e-10  # slope on all samples, of the activation's steepest, from which down a unit is dead
_REVIVALS, _REVIVED_STEPS = 3, 30
_NUDGE = 1e-3
_DIRECTIONS, _RADII = 4, (1e-2, 1e-3, 1e-4)
_BURSTS = (0, 2, 6, 16)  # steps of L-BFGS between two looks
_STRAY = 10.0  # radii that a descent may end away, to be still one from the neighbourhood
_FALL = 1e-9  # of the loss: what a descent must gain at least
_HIDDEN_FALL = 1e-11  # the same where the gradient's share in it is known
_IDLE = 1e-6  # what flat directions may have of other parameters, to be those of idle ones
_SLOPE = 2.0  # times the gradient: what falls less for its length falls by the gradient


def dead(units: list[Units]) -> list[tuple[int, int]]:
    """(layer from 0, unit) of hidden units that are dead on all samples."""
    return [
        (k, int(j))
        for k, layer in enumerate(units)
        for j in np.flatnonzero((np.abs(layer.slope) <= DEAD).all(axis=0))
    ]


def idle(site: Site, units: list[Units]) -> np.ndarray:
    """Which parameters the loss does not depend on near by, bool (n,): what enters a dead unit, and
    what leaves one that answers zero, where no penalty does."""
    free = np.zeros(site.model.parameter_count, bool)
    for k, j in dead(units):
        place, after = site.model.layers[k], site.model.layers[k + 1]
        free[place.bias.start + j] = True
        if not site.penalized:
            free[place.weights].reshape(place.shape)[:, j] = True
            if not units[k].a[:, j].any():
                free[after.weights].reshape(after.shape)[j] = True
    return free


def revived(site: Site, parameters: np.ndarray, which: list[tuple[int, int]]) -> float | None:
    """The loss that a short descent reaches once the dead units are alive, or None where that is
    not lower than before by more than rounding.

    With a penalty, weights stay as they are, and biases alone bring units to life.
    """
    base = site.loss(parameters)
    best = base
    for draw in range(_REVIVALS):
        p = parameters.copy()
        for layer in sorted({k for k, _ in which}):
            seen = site.units(p)  # what comes in has changed with the layer below
            for k, j in which:
                if k == layer:
                    _bring_to_life(site, p, seen, k, j, draw)
        there = site.look(p)
        if not (there.finite and there.loss <= base + _FALL * base):
            continue
        for k, j in which:
            place = site.model.layers[k]
            column = place.weights.start + j + place.shape[1] * np.arange(place.shape[0])
            p[column] += _NUDGE * normals(1000 + 64 * draw + j, (len(column),))
        site.descend(p, 0.0, _REVIVED_STEPS)
        best = min(best, site.loss(p))
    return best if best < base - _FALL * base - noise(base) else None


def _bring_to_life(
    site: Site, p: np.ndarray, units: list[Units], k: int, j: int, draw: int
) -> None:
    """Mutates ``p`` along a path of constant loss (with a penalty, one that does not rise)."""
    place, after = site.model.layers[k], site.model.layers[k + 1]
    n_in, n_out = place.shape
    leaving = slice(
        after.weights.start + j * after.shape[1], after.weights.start + (j + 1) * after.shape[1]
    )
    p[after.bias] += units[k].a[0, j] * p[leaving]
    p[leaving] = 0.0
    bias = place.bias.start + j
    below = units[k - 1].a if k else site.model.train.inputs
    column = place.weights.start + j + n_out * np.arange(n_in)
    if site.penalized:
        p[bias] = 0.5 + float(np.abs(below @ p[column]).max())
        return
    p[column] = normals(200 + 64 * draw + j, (n_in,)) / np.sqrt(n_in)
    # Half of the samples on either side of where the unit's answer bends.
    p[bias] = 0.1 - float(np.median(below @ p[column]))


class Below(NamedTuple):
    """A ``loss`` lower than a critical point's, found near by; ``hidden`` where the gradient that
    is left at the point does not account for it."""

    loss: float
    hidden: bool


def below(site: Site, parameters: np.ndarray, point: Point, spectrum: Spectrum) -> Below | None:
    """What is below the flat directions of a critical point without negative curvature, or None
    where nothing is found: a little way along random ones of them, then a short descent near by.
    Both stay on the point's side of all kinks. There is nothing where all of them are of
    parameters that the loss does not depend on."""
    flat = spectrum.vectors[:, spectrum.flat]
    if np.linalg.norm(flat[~idle(site, site.units(parameters))]) < _IDLE:
        return None
    here = sides(site, parameters)
    span = 1.0 + float(np.linalg.norm(parameters))
    least = _HIDDEN_FALL * abs(point.loss) + noise(point.loss)
    sloping = None
    for k in range(_DIRECTIONS if flat.shape[1] > 1 else 1):
        way = flat @ normals(300 + k, (flat.shape[1],))
        way /= np.linalg.norm(way)
        for radius, sign in product(_RADII, (1.0, -1.0)):
            p = parameters + sign * radius * span * way
            if not np.array_equal(sides(site, p), here):
                continue
            for steps in _BURSTS:
                made, _ = site.descend(p, GENTLE, steps)
                stray = float(np.linalg.norm(p - parameters))
                if stray > _STRAY * radius * span or not np.array_equal(sides(site, p), here):
                    break
                fall = point.loss - site.loss(p)
                if fall > max(least, _SLOPE * point.size * stray):
                    return Below(point.loss - fall, True)
                if fall > least:
                    sloping = Below(point.loss - fall, False)
                elif made < steps:  # back at rest
                    break
    return sloping
