"""Perturbation tests: is a verdict borne out by the loss itself, without any derivative?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.census.directions import Symmetries
from workbench.census.judge import End
from workbench.census.kinks import sides
from workbench.census.polish import noise
from workbench.census.site import Site, normals
from workbench.census.spectrum import Spectrum
from workbench.errors import BadValue
from workbench.experiment import Experiment
from workbench.landscape.plane import one_blas_thread

_RADII = (1e-5, 1e-4, 1e-3)  # of 1 + the parameters' length
_TESTED = ("strict minimum", "degenerate minimum", "saddle")


@dataclass(frozen=True)
class Confirmation:
    """``holds``: whether the test bears the verdict out; ``tried`` points, of which ``lower`` had a
    lower loss than the end by more than rounding, by ``fall`` at most; ``reason``, in one line."""

    holds: bool
    tried: int
    lower: int
    fall: float
    reason: str


def confirm(experiment: Experiment, end: End, *, draws: int = 64, seed: int = 0) -> Confirmation:
    """Test the verdict of ``end`` by the loss at points around it.

    A minimum is borne out where none of ``draws`` random perturbations on the complement of the
    known symmetry directions, at each of three radii, lowers the loss beyond rounding; points
    beyond a kink are left out. A saddle is borne out where one of them does, or a step along ± its
    most negative eigenvector. The random numbers are those of ``seed``. Raises BadValue for an end
    of another kind, which no perturbation can bear out.
    """
    if end.kind not in _TESTED:
        near = ", ".join(_TESTED)
        raise BadValue("end.kind", "must be one that perturbations can confirm", end.kind, near)
    site = Site(experiment)
    p, span = end.parameters, 1.0 + float(np.linalg.norm(end.parameters))
    with one_blas_thread():
        spectrum = Spectrum.at(site, Symmetries(site.model), p, site.look(p))
        here, saddle = sides(site, p), end.kind == "saddle"
        ways = [sign * spectrum.vectors[:, 0] for sign in (1.0, -1.0)] if saddle else []
        random = spectrum.vectors @ normals(0, (spectrum.vectors.shape[1], draws), seed)
        ways += list((random / np.linalg.norm(random, axis=0)).T)
        tried, lower, fall = 0, 0, 0.0
        for radius in _RADII:
            for way in ways:
                q = p + radius * span * way
                if not np.array_equal(sides(site, q), here):
                    continue
                gain = end.loss - site.loss(q)
                tried, lower = tried + 1, lower + (gain > noise(end.loss))
                fall = max(fall, gain)
    told = f"{lower} of {tried} perturbations lower the loss"
    told += f", by {fall:.1e} at most" if lower else ""
    return Confirmation(bool(lower) == saddle and tried > 0, tried, lower, fall, told)
