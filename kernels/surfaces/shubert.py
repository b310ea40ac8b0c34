"""Shubert's function, f = g(x) g(y), g(t) = Σ i cos((i + 1) t + i) over i = 1 … 5.

Shubert 1972, SIAM Journal on Numerical Analysis 9; Levy & Montalvo 1985.

The 760 minima that are often quoted for this domain count points on its boundary.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.rules import shared
from kernels.surfaces import catalog, height, marked

# The minima, all below zero, and the maxima, all above, of g.
_LOW = (
    (-9.78043614891388, -2.63964377975222),
    (-8.79406262436663, -3.58770152675326),
    (-7.70831373549935, -12.8708854977257),
    (-6.47857105724042, -8.51783177121057),
    (-5.46140138142162, -3.74998867609467),
    (-4.47752887089481, -2.72875123239459),
    (-3.4972508417343, -2.63964377975222),
    (-2.51087731718705, -3.58770152675326),
    (-1.42512842831976, -12.8708854977257),
    (-0.195385750060831, -8.51783177121057),
    (0.821783925757966, -3.74998867609467),
    (1.80565643628478, -2.72875123239459),
    (2.78593446544529, -2.63964377975222),
    (3.77230798999254, -3.58770152675326),
    (4.85805687885983, -12.8708854977257),
    (6.08779955711876, -8.51783177121057),
    (7.10496923293755, -3.74998867609467),
    (8.08884174346437, -2.72875123239459),
    (9.06911977262487, -2.63964377975222),
)
_HIGH = (
    (-9.28634389340156, 3.61368409983188),
    (-8.29038801156239, 6.16980962474567),
    (-7.08350640765156, 14.508007927195),
    (-5.94894139584068, 3.84733313935229),
    (-4.96318105642186, 2.92762454231267),
    (-3.98395644935048, 2.92567830082423),
    (-3.00315858622197, 3.61368409983188),
    (-2.00720270438281, 6.16980962474567),
    (-0.800321100471973, 14.508007927195),
    (0.334243911338904, 3.84733313935229),
    (1.32000425075773, 2.92762454231267),
    (2.29922885782911, 2.92567830082423),
    (3.28002672095762, 3.61368409983188),
    (4.27598260279678, 6.16980962474567),
    (5.48286420670761, 14.508007927195),
    (6.61742921851849, 3.84733313935229),
    (7.60318955793731, 2.92762454231267),
    (8.58241416500869, 2.92567830082423),
    (9.5632120281372, 3.61368409983188),
)


class Shubert(NamedTuple):
    """No hyper-parameters."""


@shared
def _wave(t: Any) -> Any:
    return (
        np.cos(2.0 * t + 1.0)
        + 2.0 * np.cos(3.0 * t + 2.0)
        + 3.0 * np.cos(4.0 * t + 3.0)
        + 4.0 * np.cos(5.0 * t + 4.0)
        + 5.0 * np.cos(6.0 * t + 5.0)
    )


def _height(item: Any, x: Any, y: Any) -> Any:
    return _wave(x) * _wave(y)


catalog.register(
    Shubert,
    "shubert",
    "722 minima, 18 of them global",
    rules={height: _height},
    formula="g(x) g(y), g(t) = Σ i cos((i + 1) t + i) over i = 1 … 5",
    source="Shubert 1972, SIAM Journal on Numerical Analysis 9; Levy & Montalvo 1985",
    domain=(-10.0, 10.0, -10.0, 10.0),
    minima=marked(
        point
        for x, low in _LOW
        for y, high in _HIGH
        for point in ((x, y, low * high), (y, x, low * high))
    ),
    note="The 760 minima that are often quoted for this domain count points on its boundary.",
)
