"""BBOB f21: Gallagher, 101 peaks.

    f = T_osz(10 - max wᵢ exp(-qᵢ/4))² + f_pen + f_opt, qᵢ = (x - yᵢ)ᵀ Rᵀ Cᵢ R (x - yᵢ) over 101
    peaks

Hansen et al. 2009, INRIA RR-6829, f21; the transforms are in kernels.bbob.
"""

from kernels.bbob import register
from kernels.peaks import Peaks, lowered, minima, scatter


class Gallagher101(Peaks):
    """The peaks of one instance."""


def _build(instance: float = 1.0) -> Gallagher101:
    return Gallagher101(*scatter(21, instance, 101, 31.622776601683793, (10.0, 5.0)))


register(
    Gallagher101,
    "bbob_21_gallagher_101",
    "101 holes at random places, one of them the deepest",
    _build,
    lowered,
    formula="T_osz(10 - max wᵢ exp(-qᵢ/4))² + f_pen + f_opt, qᵢ = (x - yᵢ)ᵀ Rᵀ Cᵢ R (x - yᵢ) "
    "over 101 peaks",
    minima_of=minima,
)
