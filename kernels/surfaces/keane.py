"""Keane's function, f = -sin²(x - y) sin²(x + y) / √(x² + y²).

Keane 1994, Experiences with optimizers in structural design; Jamil & Yang 2013, arXiv 1308.4008.

The usual domain, [0, 10]², has the optima on its boundary; here it is mirrored, which makes them
minima. The hole of the formula at the origin is filled with its limit, zero.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height, listed, mirrored

_MINIMA = """
    1.39324907532559 0 -0.673667521146855
    3.07674945880774 1.53844155410465 -0.287661115459249
    4.65877826295768 0 -0.213417654890308
    4.67540988166399 3.11695231899803 -0.177260999899043
    6.24553248341337 1.5613914107734 -0.154866421902386
    7.82203150356053 0 -0.127583238936488
    6.25763149868999 4.69322726128289 -0.127583198089173
    7.82645491846302 3.13058662341478 -0.118424702248681
    9.39890426130044 1.56648590933504 -0.104803421022668
    7.83453147708859 6.26762659144611 -0.0995465107853231
    9.40351493124483 4.70175986381288 -0.0950087971973775
    9.4091012555869 7.84091836607605 -0.0815786358889883
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
    source="Keane 1994, Experiences with optimizers in structural design; Jamil & Yang 2013,"
    " arXiv 1308.4008",
    domain=(-10.0, 10.0, -10.0, 10.0),
    minima=mirrored(listed(_MINIMA), swapped=True),
    note="The usual domain, [0, 10]², has the optima on its boundary; here it is mirrored,"
    " which makes them minima. The hole of the formula at the origin is filled with "
    "its limit, zero.",
)
