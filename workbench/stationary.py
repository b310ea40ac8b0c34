"""What a descent ended at: by the gradient, the exact Hessian and, at need, the surroundings.

Measures are those of the surface's domain: its half diagonal and its typical gradient (root mean
square), so that neither units nor scale matter.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from workbench.surface import Surface

MINIMUM, MAXIMUM, SADDLE, PLATEAU = "minimum", "maximum", "saddle", "plateau"
KINK, NOT_CONVERGED, DIVERGED = "kink", "not_converged", "diverged"
KINDS = (MINIMUM, MAXIMUM, SADDLE, PLATEAU, KINK, NOT_CONVERGED, DIVERGED)
_SMALL = 1e-6  # of the typical gradient, or of the curvatures
_NEAR = 2e-3  # of the half diagonal: how far a degenerate point's surroundings reach
_PROBES = 64
_JUMP = 1e-2  # of the slope: what a gradient jumps by at a kink
_CLOSE = 1e-11  # of the half diagonal: where the jump is looked for


class Verdict(NamedTuple):
    """``kind``: one of KINDS. ``eigenvalues`` of the Hessian, ascending; ``degenerate``: one of
    them is negligible, so that not they alone decided."""

    kind: str
    eigenvalues: tuple[float, float]
    degenerate: bool


def classify(surface: Surface, point: np.ndarray, reach: float) -> Verdict:
    """What lies at ``point`` (2,), at which the surface is finite; diverged is not told from it.

    The gradient is small where its norm is at most 1e-6 of the typical one. Then the signs of the
    Hessian's eigenvalues decide; where one is negligible, whether the surface bends up or down from
    its tangent plane nearby. Where the gradient is not small, ``reach``, the length of the last
    steps, is how far downhill a kink may lie that the gradient jumps at, against the descent.
    """
    value, gx, gy, xx, xy, yy = surface.look(point[None])[0]
    gradient = np.array([gx, gy])
    eigenvalues = (np.nan, np.nan)
    if np.isfinite((xx, xy, yy)).all():
        low, high = np.linalg.eigvalsh([[xx, xy], [xy, yy]])
        eigenvalues = (float(low), float(high))
    typical = surface.typical_gradient
    if not np.hypot(gx, gy) <= _SMALL * typical:
        kink = _kink_ahead(surface, point, gradient, reach)
        return Verdict(KINK if kink else NOT_CONVERGED, eigenvalues, False)
    sizes = np.abs(eigenvalues)
    if sizes.min() > _SMALL * max(sizes.max(), typical / surface.size):
        signs = [value > 0 for value in eigenvalues]
        kind = MINIMUM if all(signs) else SADDLE if any(signs) else MAXIMUM
        return Verdict(kind, eigenvalues, False)
    return Verdict(_by_surroundings(surface, point, value, gradient), eigenvalues, True)


def _by_surroundings(
    surface: Surface, point: np.ndarray, value: float, gradient: np.ndarray
) -> str:
    angles = np.arange(_PROBES) * (2.0 * np.pi / _PROBES)
    offsets = _NEAR * surface.size * np.stack([np.cos(angles), np.sin(angles)], 1)
    values = surface.look(point + offsets)[:, 0]
    rise = values - value - offsets @ gradient
    rounding = 64 * np.finfo(float).eps * max(abs(value), np.abs(values).max())
    above, below = (rise > rounding).any(), (rise < -rounding).any()
    if above and below:
        return SADDLE
    return MINIMUM if above else MAXIMUM if below else PLATEAU


def _kink_ahead(surface: Surface, point: np.ndarray, gradient: np.ndarray, reach: float) -> bool:
    """Whether the slope along the steepest descent turns upwards by a jump within ``reach``."""
    size = float(np.hypot(*gradient))
    if not (reach > 0.0 and 0.0 < size < np.inf):
        return False
    along = -gradient / size
    close = max(_CLOSE * surface.size, 8 * np.spacing(np.abs(point).max()))
    low, high = 0.0, max(2.0 * reach, 4.0 * close)
    while high - low > close:
        lengths = np.linspace(low, high, _PROBES)
        slopes = surface.look(point + lengths[:, None] * along)[:, 1:3] @ along
        turned = np.flatnonzero(slopes[1:] > 0.0)
        if not len(turned):
            return False
        low, high = lengths[turned[0]], lengths[turned[0] + 1]
    before, after = surface.look(point + np.array([[low], [high]]) * along)[:, 1:3] @ along
    return bool(after - before > _JUMP * size)
