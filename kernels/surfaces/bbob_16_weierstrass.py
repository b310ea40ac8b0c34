"""BBOB f16: Weierstrass.

    f = 10 ((g(u) + g(v))/2 - g(0))³ + 5 f_pen + f_opt, g(t) = Σ 2⁻ᵏ cos 2π3ᵏ(t + 1/2) over k = 0
    … 11, (u, v) = R Λ^(1/100) Q T_osz(R (x - x_opt))

Hansen et al. 2009, INRIA RR-6829, f16; the transforms are in kernels.bbob.
"""

from functools import partial
from typing import Any

import numpy as np

from kernels.bbob import (
    Placed,
    builder,
    oscillated,
    outside,
    register,
    scaled_between,
    turn,
    turned,
)
from kernels.rules import shared


class Weierstrass(Placed):
    """The numbers of one instance."""


@shared
def _rugged(t: Any) -> Any:
    # Less the sum at zero, term by term: cos 2π3ᵏ(t + 1/2) + 1 = 2 sin² π3ᵏt, as 3ᵏ is odd.
    s = np.sin(np.pi * t)
    total = 2.0 * s * s
    weight, faster = 1.0, 1.0
    for _ in range(11):
        weight, faster = 0.5 * weight, 3.0 * faster
        s = np.sin(np.pi * faster * t)
        total = total + 2.0 * weight * s * s
    return total


def _height(item: Any, x: Any, y: Any) -> Any:
    u, v = turned(item.first, x - item.x, y - item.y)
    u, v = turned(item.second, oscillated(u), oscillated(v))
    level = 0.5 * (_rugged(u) + _rugged(v))
    return 10.0 * level * level * level + 5.0 * outside(x, y) + item.value


register(
    Weierstrass,
    "bbob_16_weierstrass",
    "rugged at every scale, with many equal minima",
    builder(Weierstrass, 16, turn, partial(scaled_between, stretch=0.1)),
    _height,
    formula="10 ((g(u) + g(v))/2 - g(0))³ + 5 f_pen + f_opt, g(t) = Σ 2⁻ᵏ cos 2π3ᵏ(t + 1/2) "
    "over k = 0 … 11, (u, v) = R Λ^(1/100) Q T_osz(R (x - x_opt))",
    complete=False,
)
