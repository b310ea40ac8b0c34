"""BBOB f14: Sum of different powers.

    f = √(|u|² + |v|⁶) + f_opt, (u, v) = R (x - x_opt)

Hansen et al. 2009, INRIA RR-6829, f14; the transforms are in kernels.bbob.

The minimum is a kink.
"""

from typing import Any

import numpy as np

from kernels.bbob import Placed, builder, register, turn, turned


class DifferentPowers(Placed):
    """The numbers of one instance."""


def _height(item: Any, x: Any, y: Any) -> Any:
    u, v = turned(item.first, x - item.x, y - item.y)
    vv = v * v
    return np.sqrt(u * u + vv * vv * vv) + item.value


register(
    DifferentPowers,
    "bbob_14_different_powers",
    "ever flatter along one direction",
    builder(DifferentPowers, 14, turn),
    _height,
    formula="√(|u|² + |v|⁶) + f_opt, (u, v) = R (x - x_opt)",
    note="The minimum is a kink.",
)
