"""BBOB f7: Step ellipsoid.

    f = 0.1 max(|û|/10⁴, u² + 100v²) + f_pen + f_opt, (u, v) = Q z, z the coordinates of Λ¹⁰ R (x
    - x_opt), û the first, rounded to whole ones above 1/2, to tenths below

Hansen et al. 2009, INRIA RR-6829, f7; the transforms are in kernels.bbob.
"""

from typing import Any

import numpy as np

from kernels.bbob import Placed, builder, outside, register, rotation, turn, turned
from kernels.rules import select, shared


class StepEllipsoid(Placed):
    """The numbers of one instance."""


@shared
def _stepped(v: Any) -> Any:
    tenths = np.floor(10.0 * v + 0.5) / 10.0
    return select(np.abs(v) > 0.5, np.floor(v + 0.5), tenths)


def _height(item: Any, x: Any, y: Any) -> Any:
    a, b = turned(item.first, x - item.x, y - item.y)
    b = np.sqrt(10.0) * b
    u, v = turned(item.second, _stepped(a), _stepped(b))
    steps = max(1e-4 * np.abs(a), u * u + 100.0 * v * v)
    return 0.1 * steps + outside(x, y) + item.value


register(
    StepEllipsoid,
    "bbob_07_step_ellipsoid",
    "level steps: nearly everywhere the slope is zero",
    builder(StepEllipsoid, 7, rotation, turn),
    _height,
    formula="0.1 max(|û|/10⁴, u² + 100v²) + f_pen + f_opt, (u, v) = Q z, z the coordinates of"
    " Λ¹⁰ R (x - x_opt), û the first, rounded to whole ones above 1/2, to tenths "
    "below",
    complete=False,
    connected="every step is level; the optimum is one of a segment",
)
