"""BBOB f17: Schaffer's function F7.

    f = (√s (1 + sin² 50 s^0.2))² + 10 f_pen + f_opt, s = √(u² + v²), (u, v) = Λ¹⁰ Q T_asy(R (x -
    x_opt), 0.5)

Hansen et al. 2009, INRIA RR-6829, f17; the transforms are in kernels.bbob.
"""

from typing import Any

import numpy as np

from kernels.bbob import Placed, builder, outside, register, rotation, skewed, turn, turned
from kernels.rules import const, select, shared


class Schaffers(Placed):
    """The numbers of one instance."""


@shared
def waves(item: Any, x: Any, y: Any, condition: Any) -> Any:
    """Schaffer's waves of f17 and f18, which differ in the ``condition`` of Λ."""
    u, v = turned(item.first, x - item.x, y - item.y)
    u, v = turned(item.second, u, skewed(v, 0.5))
    s = u * u + condition * v * v
    safe = select(s > 0.0, s, const(x, 1.0))
    wave = np.sin(50.0 * np.exp(0.1 * np.log(safe)))
    wave = 1.0 + wave * wave
    return np.sqrt(s) * wave * wave + 10.0 * outside(x, y) + item.value


def _height(item: Any, x: Any, y: Any) -> Any:
    return waves(item, x, y, 10.0)


register(
    Schaffers,
    "bbob_17_schaffers",
    "waves whose length grows away from the optimum",
    builder(Schaffers, 17, turn, rotation),
    _height,
    formula="(√s (1 + sin² 50 s^0.2))² + 10 f_pen + f_opt, s = √(u² + v²), (u, v) = Λ¹⁰ Q "
    "T_asy(R (x - x_opt), 0.5)",
    complete=False,
)
