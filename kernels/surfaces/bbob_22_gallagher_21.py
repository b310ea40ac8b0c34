"""BBOB f22: Gallagher, 21 peaks.

    f = T_osz(10 - max wᵢ exp(-qᵢ/4))² + f_pen + f_opt, qᵢ = (x - yᵢ)ᵀ Rᵀ Cᵢ R (x - yᵢ) over 21
    peaks

Hansen et al. 2009, INRIA RR-6829, f22; the transforms are in kernels.bbob.
"""

from kernels.bbob import register
from kernels.peaks import Peaks, lowered, minima, scatter


class Gallagher21(Peaks):
    """The peaks of one instance."""


def _build(instance: float = 1.0) -> Gallagher21:
    return Gallagher21(*scatter(22, instance, 21, 1000.0, (9.8, 4.9)))


register(
    Gallagher21,
    "bbob_22_gallagher_21",
    "21 holes at random places, narrow ones among them",
    _build,
    lowered,
    formula="T_osz(10 - max wᵢ exp(-qᵢ/4))² + f_pen + f_opt, qᵢ = (x - yᵢ)ᵀ Rᵀ Cᵢ R (x - yᵢ) "
    "over 21 peaks",
    minima_of=minima,
)
