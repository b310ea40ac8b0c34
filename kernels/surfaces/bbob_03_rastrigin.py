"""BBOB f3: Rastrigin, separable.

    f = 10 (2 - cos 2πu - cos 2πv) + u² + v² + f_opt, (u, v) = Λ¹⁰ T_asy(T_osz(x - x_opt), 0.2)

Hansen et al. 2009, INRIA RR-6829, f3; the transforms are in kernels.bbob.
"""

from typing import Any

import numpy as np

from kernels.bbob import Placed, builder, oscillated, register, skewed


class Rastrigin(Placed):
    """The numbers of one instance."""


def _height(item: Any, x: Any, y: Any) -> Any:
    u = oscillated(x - item.x)
    v = np.sqrt(10.0) * skewed(oscillated(y - item.y), 0.2)
    waves = np.cos(2.0 * np.pi * u) + np.cos(2.0 * np.pi * v)
    return 10.0 * (2.0 - waves) + u * u + v * v + item.value


register(
    Rastrigin,
    "bbob_03_rastrigin",
    "a lattice of minima, bent by two transforms",
    builder(Rastrigin, 3),
    _height,
    formula="10 (2 - cos 2πu - cos 2πv) + u² + v² + f_opt, (u, v) = Λ¹⁰ T_asy(T_osz(x - "
    "x_opt), 0.2)",
    complete=False,
)
