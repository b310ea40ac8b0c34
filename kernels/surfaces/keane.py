"""Keane's function, f = -sin²(x - y) sin²(x + y) / √(x² + y²).

Keane 1994, Experiences with optimizers in structural design; Jamil & Yang 2013,
arXiv 1308.4008.

The usual domain, [0, 10]², has the optima on its boundary; here it is mirrored, which makes them
minima. The hole of the formula at the origin is filled with its limit, zero.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height, listed, mirrored

_MINIMA = """
    1.393249075326 0 -0.6736675211469
    3.076749458808 1.538441554105 -0.2876611154592
    4.658778262958 0 -0.2134176548903
    4.675409881664 3.116952318998 -0.177260999899
    6.245532483413 1.561391410773 -0.1548664219024
    7.822031503561 0 -0.1275832389365
    6.25763149869 4.693227261283 -0.1275831980892
    7.826454918463 3.130586623415 -0.1184247022487
    9.3989042613 1.566485909335 -0.1048034210227
    7.834531477089 6.267626591446 -0.09954651078532
    9.403514931245 4.701759863813 -0.09500879719738
    9.409101255587 7.840918366076 -0.08157863588899
"""


class Keane(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    a = np.sin(x - y)
    b = np.sin(x + y)
    return -(a * a) * (b * b) / np.sqrt(x * x + y * y + 1e-30)


catalog.register(
    Keane,
    "keane",
    "waves that fade away from the origin",
    rules={height: _height},
    formula="-sin²(x - y) sin²(x + y) / √(x² + y²)",
    source="Keane 1994, Experiences with optimizers in structural design; "
    "Jamil & Yang 2013, arXiv 1308.4008",
    domain=(-10.0, 10.0, -10.0, 10.0),
    minima=mirrored(listed(_MINIMA), swapped=True),
    note="The usual domain, [0, 10]², has the optima on its boundary; here it is mirrored,"
    " which makes them minima. The hole of the formula at the origin is filled with "
    "its limit, zero.",
)
