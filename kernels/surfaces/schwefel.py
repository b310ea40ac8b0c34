"""Schwefel's function, f = 837.9657745448674 - x sin √|x| - y sin √|y|.

Schwefel 1981, Numerical Optimization of Computer Models.

The constant, 2 · 418.98…, makes the global minimum zero.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height, summed

_LINE = (
    (-302.524935611912, 118.438334614438),
    (-124.829356420215, 296.106713758518),
    (-25.8774173476187, 394.899927049365),
    (5.23919930019552, 415.037585647149),
    (65.5478650901515, 355.347905320879),
    (203.814252648894, 217.139669390573),
    (420.968746359982, -6.2747864351956e-15),
)


class Schwefel(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    return 837.9657745448674 - x * np.sin(np.sqrt(np.abs(x))) - y * np.sin(np.sqrt(np.abs(y)))


catalog.register(
    Schwefel,
    "schwefel",
    "the global minimum in a far corner, the second best elsewhere",
    rules={height: _height},
    formula="837.9657745448674 - x sin √|x| - y sin √|y|",
    source="Schwefel 1981, Numerical Optimization of Computer Models",
    domain=(-500.0, 500.0, -500.0, 500.0),
    minima=summed(_LINE, _LINE),
    note="The constant, 2 · 418.98…, makes the global minimum zero.",
)
