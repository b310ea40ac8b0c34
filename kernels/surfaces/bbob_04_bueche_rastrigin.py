"""BBOB f4: Büche & Rastrigin.

    f = 10 (2 - cos 2πu - cos 2πv) + u² + v² + 100 f_pen + f_opt, u = s T_osz(x - x_opt), s = 10
    where x > x_opt, else 1; v = √10 T_osz(y - y_opt)

Hansen et al. 2009, INRIA RR-6829, f4; the transforms are in kernels.bbob.
"""

from typing import Any

import numpy as np

from kernels.bbob import NO_MAP, Placed, offset, optimum, oscillated, outside, register, seed_of
from kernels.rules import select


class BuecheRastrigin(Placed):
    """The numbers of one instance."""


def _build(instance: float = 1.0) -> BuecheRastrigin:
    seed = seed_of(4, instance)
    x, y = optimum(seed)
    x = abs(x)
    return BuecheRastrigin(x, y, offset(seed), NO_MAP, NO_MAP)


def _height(item: Any, x: Any, y: Any) -> Any:
    u = oscillated(x - item.x)
    u = select(u > 0.0, 10.0 * u, u)
    v = np.sqrt(10.0) * oscillated(y - item.y)
    waves = np.cos(2.0 * np.pi * u) + np.cos(2.0 * np.pi * v)
    return 10.0 * (2.0 - waves) + u * u + v * v + 100.0 * outside(x, y) + item.value


register(
    BuecheRastrigin,
    "bbob_04_bueche_rastrigin",
    "a lattice of minima, ten times narrower on one side",
    _build,
    _height,
    formula="10 (2 - cos 2πu - cos 2πv) + u² + v² + 100 f_pen + f_opt, u = s T_osz(x - "
    "x_opt), s = 10 where x > x_opt, else 1; v = √10 T_osz(y - y_opt)",
    complete=False,
)
