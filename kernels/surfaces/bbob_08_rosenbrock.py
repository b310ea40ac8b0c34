"""BBOB f8: Rosenbrock.

    f = 100 (u² - v)² + (u - 1)² + f_opt, (u, v) = x - x_opt + 1

Hansen et al. 2009, INRIA RR-6829, f8; the transforms are in kernels.bbob.
"""

from typing import Any

from kernels.bbob import NO_MAP, Placed, offset, optimum, register, seed_of


class Rosenbrock8(Placed):
    """The numbers of one instance."""


def _build(instance: float = 1.0) -> Rosenbrock8:
    seed = seed_of(8, instance)
    x, y = (0.75 * v for v in optimum(seed))
    return Rosenbrock8(x, y, offset(seed), NO_MAP, NO_MAP)


def _height(item: Any, x: Any, y: Any) -> Any:
    u, v = x - item.x + 1.0, y - item.y + 1.0
    r = u * u - v
    return 100.0 * r * r + (u - 1.0) * (u - 1.0) + item.value


register(
    Rosenbrock8,
    "bbob_08_rosenbrock",
    "the banana away from its usual place",
    _build,
    _height,
    formula="100 (u² - v)² + (u - 1)² + f_opt, (u, v) = x - x_opt + 1",
)
