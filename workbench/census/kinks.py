"""Kinks: where the training loss has no Hessian, or none that means anything.

Activations with a corner have one in parameter space wherever a pre-activation of any sample is at
the corner; losses and penalties have corners of their own. The first are found by distance, all of
them by the gradient's jump over a short way.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kernels.activations import kinks
from workbench.census.polish import noise
from workbench.census.site import Point, Site, Units, normals
from workbench.census.spectrum import Spectrum

CLOSE = 1e-8  # relative distance of a pre-activation below which a point is at the kink
CLOSE_WHEN_STUCK = 1e-5  # the same, where no way leads down though the gradient is not zero
_UNEXPLAINED = 0.05  # of the change that the Hessian allows for, from which on a jump is one
_FLOOR = 1e-12  # of the gradient's own scale: less is rounding
_WAYS = 3
_RADII = (1e-6, 1e-4)  # of 1 + the parameters' length
_DRAWS = 16


class Kink(NamedTuple):
    """The pre-activation nearest to a kink: ``distance`` |z - kink|, relative to the magnitudes
    that z is the sum of (inf where no activation has one); hidden ``layer`` from 1, ``unit`` and
    ``sample`` from 0."""

    distance: float
    layer: int
    unit: int
    sample: int


def nearest(site: Site, units: list[Units]) -> Kink:
    """The nearest kink of an activation, over all hidden units and training samples."""
    net, found = site.model.network, Kink(np.inf, 0, 0, 0)
    for k, layer in enumerate(units):
        for at in kinks(net.activations[net.kinds[k]]):
            gaps, terms = np.abs(layer.z - at), layer.terms + abs(at)
            with np.errstate(invalid="ignore", divide="ignore"):
                relative = np.where(gaps == 0.0, 0.0, gaps / terms)
            sample, unit = np.unravel_index(int(relative.argmin()), relative.shape)
            if relative[sample, unit] < found.distance:
                found = Kink(float(relative[sample, unit]), k + 1, int(unit), int(sample))
    return found


def sides(site: Site, parameters: np.ndarray) -> np.ndarray:
    """On which side of the activations' kinks every pre-activation is, bool, one-dimensional."""
    net = site.model.network
    found = [
        (layer.z > at).ravel()
        for k, layer in enumerate(site.units(parameters))
        for at in kinks(net.activations[net.kinds[k]])
    ]
    return np.concatenate(found) if found else np.zeros(0, bool)


def jump(
    site: Site, parameters: np.ndarray, point: Point, spectrum: Spectrum, reach: float
) -> float:
    """By how much the gradient jumps within ``reach`` (of 1 + the parameters' length) of the point,
    beyond what the Hessian explains; 0.0 where it does not."""
    length = reach * (1.0 + float(np.linalg.norm(parameters)))
    steepest = max(abs(spectrum.largest), abs(spectrum.trace))
    allowed = _UNEXPLAINED * length * steepest + _FLOOR * (1.0 + np.abs(point.gradient).max())
    worst = 0.0
    for way in range(_WAYS):
        direction = normals(way, parameters.shape)
        direction *= length / np.linalg.norm(direction)
        explained = spectrum.vectors @ (spectrum.values * (spectrum.vectors.T @ direction))
        for sign in (1.0, -1.0):  # one of them may be the side that the gradient is of already
            there = site.look(parameters + sign * direction)
            left = float(np.linalg.norm(there.gradient - point.gradient - sign * explained))
            worst = max(worst, left) if np.isfinite(left) else worst
    return worst if worst > allowed else 0.0


def neighbourhood(site: Site, parameters: np.ndarray, point: Point) -> tuple[int, int]:
    """(how many of the random perturbations lower the loss, how many there were)."""
    lower, span = 0, 1.0 + float(np.linalg.norm(parameters))
    for k, radius in enumerate(_RADII):
        for j in range(_DRAWS):
            direction = normals(100 + k * _DRAWS + j, parameters.shape)
            direction *= radius * span / np.linalg.norm(direction)
            lower += site.loss(parameters + direction) < point.loss - noise(point.loss)
    return lower, len(_RADII) * _DRAWS
