"""BBOB f9: Rosenbrock, rotated.

    f = 100 (u² - v)² + (u - 1)² + f_opt, (u, v) = R x + 1/2

Hansen et al. 2009, INRIA RR-6829, f9; the transforms are in kernels.bbob.
"""

from typing import Any

from kernels.bbob import NO_MAP, Placed, offset, register, rotation, seed_of, turned


class RosenbrockRotated(Placed):
    """The numbers of one instance."""


def _build(instance: float = 1.0) -> RosenbrockRotated:
    seed = seed_of(9, instance)
    turn = rotation(seed)
    x, y = (turn[0] + turn[2]) / 2.0, (turn[1] + turn[3]) / 2.0
    return RosenbrockRotated(x, y, offset(seed), turn, NO_MAP)


def _height(item: Any, x: Any, y: Any) -> Any:
    u, v = turned(item.first, x, y)
    u, v = u + 0.5, v + 0.5
    r = u * u - v
    return 100.0 * r * r + (u - 1.0) * (u - 1.0) + item.value


register(
    RosenbrockRotated,
    "bbob_09_rosenbrock_rotated",
    "the banana, turned",
    _build,
    _height,
    formula="100 (u² - v)² + (u - 1)² + f_opt, (u, v) = R x + 1/2",
)
