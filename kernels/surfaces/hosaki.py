"""Hosaki's function, f = (1 - 8x + 7x² - 7x³/3 + x⁴/4) y² exp(-y).

Bekey & Ung 1974, IEEE Transactions on Systems, Man, and Cybernetics 4; Jamil & Yang 2013, arXiv
1308.4008.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height


class Hosaki(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    quartic = 1.0 + x * (-8.0 + x * (7.0 + x * (-7.0 / 3.0 + 0.25 * x)))
    return quartic * y * y * np.exp(-y)


catalog.register(
    Hosaki,
    "hosaki",
    "one global and one local minimum",
    rules={height: _height},
    formula="(1 - 8x + 7x² - 7x³/3 + x⁴/4) y² exp(-y)",
    source="Bekey & Ung 1974, IEEE Transactions on Systems, Man, and Cybernetics 4; Jamil & "
    "Yang 2013, arXiv 1308.4008",
    domain=(0.0, 5.0, 0.0, 6.0),
    minima=(
        (4.0, 2.0, -2.3458115761012865, True),
        (1.0, 2.0, -1.1277940269717723, False),
    ),
)
