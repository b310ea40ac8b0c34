"""Ackley's function, f = 20 + e - 20 exp(-0.2 √((x² + y²)/2)) - exp((cos 2πx + cos 2πy)/2).

Ackley 1987, A Connectionist Machine for Genetic Hillclimbing; Bäck & Schwefel 1993.

The usual domain, ±32.768, holds some 4,000 minima of the same kind.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height, listed, mirrored

_MINIMA = """
    0 0 0
    0.9521665459502 0 2.57992755703
    0.9684776587077 0.9684776587077 3.574451877258
    1.958919718122 0 4.884065258091
    1.964616662863 0.9824160350791 5.38186418749
    1.974451986484 1.974451986484 6.559645375628
    2.964619443112 0 6.882582646801
    2.967259528763 0.9891541864817 7.180951647715
    2.973139419924 1.982139950381 7.96171127469
    3.969466743352 0 8.616250044049
    3.970918315064 0.99276720617 8.813151774047
    2.979223954691 2.979223954691 9.001093478292
    3.974540178468 1.987310614627 9.353039239138
    4.973611257997 0 10.1203312738
    3.978924750768 2.984213738127 10.12035074363
    4.974497722177 0.9949203738218 10.25797437215
    4.97684384933 1.990764875736 10.64502748371
    3.98306769969 3.98306769969 10.9982621026
    4.979957939487 2.987995058853 11.21754948002
    4.983198896761 3.986568097954 11.90125663511
    4.986180456998 4.986180456998 12.63226899152
"""


class Ackley(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    # The tip of the cone is rounded within 1e-15, so that it has a slope, zero.
    r = np.sqrt(0.5 * (x * x + y * y) + 1e-30)
    waves = np.cos(2.0 * np.pi * x) + np.cos(2.0 * np.pi * y)
    return 20.0 + np.e - 20.0 * np.exp(-0.2 * r) - np.exp(0.5 * waves)


catalog.register(
    Ackley,
    "ackley",
    "a cone-shaped global minimum in a nearly flat field of local ones",
    rules={height: _height},
    formula="20 + e - 20 exp(-0.2 √((x² + y²)/2)) - exp((cos 2πx + cos 2πy)/2)",
    source="Ackley 1987, A Connectionist Machine for Genetic Hillclimbing; Bäck & Schwefel 1993",
    domain=(-5.0, 5.0, -5.0, 5.0),
    minima=mirrored(listed(_MINIMA), swapped=True),
    note="The usual domain, ±32.768, holds some 4,000 minima of the same kind.",
)
