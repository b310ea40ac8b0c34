"""How far apart two minima are, and how high the way from one to the other is.

Three ways are measured: straight from one vector of parameters to the other; straight after the
other's hidden units have been brought to where their counterparts are (Entezari et al. 2022, arXiv
2110.06296; Ainsworth et al. 2022, arXiv 2209.04836), and scaled and shifted like them; and along a
quadratic Bézier curve of low loss between these (Garipov et al. 2018, arXiv 1802.10026). A barrier
is how far the training loss rises above the line between its values at the two ends
(``workbench.landscape.Profile``).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kernels.penalties import cost
from workbench import symmetry
from workbench.census.alignment import align, moved
from workbench.landscape.evaluate import evaluate_points
from workbench.landscape.kinds.curve import bernstein, connect
from workbench.landscape.kinds.line import straight
from workbench.landscape.profile import Profile
from workbench.model import Model

POINTS = 101  # of a way, where the loss is measured
_MOST_COMPARED = 32  # neighbours that a minimum is aligned with


class Neighbour(NamedTuple):
    """The nearest other minimum: its place in the list of all (``other``), the ``distance`` that is
    left after alignment, and whether no other is nearer (``exact``). Barriers along the three ways:
    ``straight``, ``aligned`` and ``curve``."""

    other: int
    distance: float
    exact: bool
    straight: float
    aligned: float
    curve: float


def is_penalised(model: Model) -> bool:
    """Whether the training loss has a penalty, which scaling and shifting change."""
    return float(cost(model.network.penalty, 1.0)) > 0.0


def bring(model: Model, a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, bool]:
    """``b`` (n,) moved by symmetries to where it is near ``a`` (n,), of the same training loss, and
    whether no order of its units is nearer.

    The nearest order and signs of hidden units are those without the continuous symmetries
    (``symmetry.reduce`` of both); then units are scaled like those of ``a``, and what no sample and
    no softmax sees is taken from ``a``. With a penalty orders and signs alone are changed, and all
    biases of a softmax shifted.
    """
    kinds, free = symmetry.unit_kinds(model), not is_penalised(model)
    sides, lengths = [], []
    unseen, ignored = np.zeros(0), np.zeros(0)
    for point in (b, a):
        stacks = symmetry.stack(model.network.sizes, point[None])
        part = stacks[0] - symmetry.seen(model, stacks[0])
        common = symmetry.shift(model, stacks[-1])
        if not free:
            part = np.zeros_like(part)
            common[:, :-1] = 0.0
        stacks[0] = stacks[0] - part
        stacks[-1] = stacks[-1] - common
        unseen, ignored = part, common  # those of a are the last
        symmetry.centre(stacks, kinds)
        lengths = symmetry.rescale(stacks, kinds) if free else []
        sides.append([layer[0] for layer in stacks])
    other, own = sides
    found = align(own, other, kinds)
    stacks = [layer[None] for layer in moved(other, found.moves)]
    for k in reversed(range(len(lengths))):
        stacks[k + 1][:, :-1] /= lengths[k][:, :, None]
        stacks[k] *= lengths[k][:, None, :]
    symmetry.centre(stacks, kinds, -1.0)
    stacks[0] += unseen
    stacks[-1] += ignored
    return symmetry.flat(stacks)[0], found.exact


def candidates(forms: np.ndarray, k: int) -> tuple[np.ndarray, bool]:
    """Which rows of ``forms`` (m, n) the nearest neighbour of row k is looked for among: the
    nearest by canonical form; and whether these are all others."""
    gaps = np.linalg.norm(forms - forms[k], axis=1)
    gaps[k] = np.inf
    return np.argsort(gaps, kind="stable")[: min(_MOST_COMPARED, len(forms) - 1)], (
        len(forms) - 1 <= _MOST_COMPARED
    )


def nearest(
    model: Model, points: np.ndarray, forms: np.ndarray, k: int, threads: int | None = None
) -> Neighbour | None:
    """The neighbour of ``points[k]`` among ``points`` (m, n), float64; ``forms`` are the canonical
    ones. None where there is no other at a distance."""
    chosen, exact = candidates(forms, k)
    best: tuple[float, int, np.ndarray] | None = None
    for j in chosen:
        point, certain = bring(model, points[k], points[j])
        distance = float(np.linalg.norm(point - points[k]))
        exact = exact and certain
        if best is None or distance < best[0]:
            best = distance, int(j), point
    if best is None or best[0] == 0.0:
        return None
    distance, other, point = best
    a, t = points[k], np.linspace(0.0, 1.0, POINTS)
    bent = bernstein(2, t) @ connect(model, a, point)
    ways = straight(a, points[other], t), straight(a, point, t), bent
    heights = evaluate_points(model, np.concatenate(ways), threads=threads).reshape(3, -1)
    return Neighbour(other, distance, exact, *(_barrier(t, loss) for loss in heights))


def _barrier(t: np.ndarray, loss: np.ndarray) -> float:
    nothing = np.full(len(t), np.nan)
    return Profile("way", t, loss, nothing, nothing, nothing).barrier
