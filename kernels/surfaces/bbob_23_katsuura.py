"""BBOB f23: Katsuura.

    f = 2.5 ((1 + g(u))(1 + 2g(v)))^(10/2^1.2) - 2.5 + f_pen + f_opt, g(t) = Σ |2ʲt - [2ʲt]|/2ʲ
    over j = 1 … 32, (u, v) = Q Λ¹⁰⁰ R (x - x_opt)

Hansen et al. 2009, INRIA RR-6829, f23; the transforms are in kernels.bbob.

Derivatives are those of the piece, which are as small as 2⁻³² of the domain.
"""

from functools import partial
from typing import Any

import numpy as np

from kernels.bbob import Placed, builder, outside, register, scaled_between, turned
from kernels.rules import shared


class Katsuura(Placed):
    """The numbers of one instance."""


@shared
def _creased(t: Any) -> Any:
    grown = 2.0 * t
    total = np.abs(grown - np.floor(grown + 0.5)) / 2.0
    scale = 2.0
    for _ in range(31):
        grown, scale = 2.0 * grown, 2.0 * scale
        total = total + np.abs(grown - np.floor(grown + 0.5)) / scale
    return total


def _height(item: Any, x: Any, y: Any) -> Any:
    u, v = turned(item.first, x - item.x, y - item.y)
    product = (1.0 + _creased(u)) * (1.0 + 2.0 * _creased(v))
    grown = np.expm1(10.0 / 2.0**1.2 * np.log(product))
    return 2.5 * grown + outside(x, y) + item.value


register(
    Katsuura,
    "bbob_23_katsuura",
    "creased at every scale: millions of minima",
    builder(Katsuura, 23, partial(scaled_between, stretch=10.0)),
    _height,
    formula="2.5 ((1 + g(u))(1 + 2g(v)))^(10/2^1.2) - 2.5 + f_pen + f_opt, g(t) = Σ |2ʲt - "
    "[2ʲt]|/2ʲ over j = 1 … 32, (u, v) = Q Λ¹⁰⁰ R (x - x_opt)",
    complete=False,
    note="Derivatives are those of the piece, which are as small as 2⁻³² of the domain.",
)
