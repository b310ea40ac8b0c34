"""BBOB f12: Bent cigar.

    f = u² + 10⁶v² + f_opt, (u, v) = R T_asy(R (x - x_opt), 0.5)

Hansen et al. 2009, INRIA RR-6829, f12; the transforms are in kernels.bbob.
"""

from typing import Any

from kernels.bbob import (
    NO_MAP,
    Placed,
    offset,
    optimum,
    register,
    rotation,
    seed_of,
    skewed,
    turned,
)


class BentCigar(Placed):
    """The numbers of one instance."""


def _build(instance: float = 1.0) -> BentCigar:
    seed = seed_of(12, instance)
    x, y = optimum(seed + 1_000_000)
    return BentCigar(x, y, offset(seed), rotation(seed + 1_000_000), NO_MAP)


def _height(item: Any, x: Any, y: Any) -> Any:
    u, v = turned(item.first, x - item.x, y - item.y)
    u, v = turned(item.first, u, skewed(v, 0.5))
    return u * u + 1e6 * v * v + item.value


register(
    BentCigar,
    "bbob_12_bent_cigar",
    "a narrow bent ridge",
    _build,
    _height,
    formula="u² + 10⁶v² + f_opt, (u, v) = R T_asy(R (x - x_opt), 0.5)",
)
