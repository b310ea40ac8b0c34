"""BBOB f19: Griewank & Rosenbrock.

    f = t/400 - 10 cos t + 10 + f_opt, t = 100 (u² - v)² + (u - 1)², (u, v) = R x + 1/2

Hansen et al. 2009, INRIA RR-6829, f19; the transforms are in kernels.bbob.
"""

from typing import Any

import numpy as np

from kernels.bbob import NO_MAP, Placed, offset, register, rotation, seed_of, turned


class GriewankRosenbrock(Placed):
    """The numbers of one instance."""


def _build(instance: float = 1.0) -> GriewankRosenbrock:
    seed = seed_of(19, instance)
    turn = rotation(seed)
    x, y = (turn[0] + turn[2]) / 2.0, (turn[1] + turn[3]) / 2.0
    return GriewankRosenbrock(x, y, offset(seed), turn, NO_MAP)


def _height(item: Any, x: Any, y: Any) -> Any:
    u, v = turned(item.first, x, y)
    u, v = u + 0.5, v + 0.5
    r = u * u - v
    t = 100.0 * r * r + (u - 1.0) * (u - 1.0)
    return t / 400.0 - 10.0 * np.cos(t) + 10.0 + item.value


register(
    GriewankRosenbrock,
    "bbob_19_griewank_rosenbrock",
    "waves along a turned banana",
    _build,
    _height,
    formula="t/400 - 10 cos t + 10 + f_opt, t = 100 (u² - v)² + (u - 1)², (u, v) = R x + 1/2",
    complete=False,
)
