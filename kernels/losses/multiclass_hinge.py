"""Multi-class hinge loss, max_j (z_j + margin [j ≠ y]) - z_y with y the target's class.

Zero once the score of the right class leads all others by the margin. Exactly one target of a
sample must be above 1/2: one-hot targets, or ±1. The subgradient takes the first of equal maxima;
the second derivative is 0. Crammer & Singer 2001, "On the algorithmic implementation of multiclass
kernel-based vector machines", JMLR 2, eq. 3.
"""

from typing import Any, NamedTuple

from kernels.losses import catalog, fuse
from kernels.outputs.identity import IdentityOutput
from kernels.rules import const, select


class MulticlassHinge(NamedTuple):
    """``margin``: the lead of the right class from which on an answer costs nothing."""

    margin: float = 1.0


def _with_identity(loss: Any, output: Any, z: Any, p: Any, t: Any, delta: Any) -> Any:
    zero, one = const(z[0], 0.0), const(z[0], 1.0)
    margin, half = const(z[0], loss.margin), const(z[0], 0.5)
    own = zero
    highest = z[0] + select(t[0] > half, zero, margin)
    for j in range(z.size):
        is_own = t[j] > half
        own += select(is_own, z[j], zero)
        score = z[j] + select(is_own, zero, margin)
        # NaN must stay NaN, and not lose against a finite score.
        highest = select((score < highest) | (highest != highest), highest, score)
    found = zero
    for j in range(z.size):
        is_own = t[j] > half
        reaches = z[j] + select(is_own, zero, margin) >= highest
        rival = select(reaches, one - found, zero)
        found += rival
        delta[j] = rival - select(is_own, one, zero)
    return highest - own


catalog.register(
    MulticlassHinge,
    "multiclass_hinge",
    "the right class must lead all others by a margin; needs identity outputs",
    hypers={"margin": ("(0, inf)", "the lead from which on an answer costs nothing")},
    accepts=("identity",),
    aliases=("crammer_singer",),
    least_outputs=2,
)
fuse(MulticlassHinge, IdentityOutput, _with_identity)
