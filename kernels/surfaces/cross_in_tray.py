"""Cross-in-tray, f = -0.0001 (|sin x sin y exp|100 - √(x² + y²)/π|| + 1)^0.1.

Jamil & Yang 2013, arXiv 1308.4008.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height, listed, mirrored

_MINIMA = """
    1.34940661715391 1.34940661715391 -2.06261187082274
    4.41907587425687 1.47062216216743 -1.88993804578557
    4.4909992707437 4.4909992707437 -1.79060172381041
    7.55142246440102 1.50852133143571 -1.715489416054
    7.58748868615687 4.55012198563707 -1.65388526561718
    7.6325919243335 7.6325919243335 -1.55446333780377
"""


class CrossInTray(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    r = np.sqrt(x * x + y * y + 1e-30)
    # The exponential is taken out of the power: it would leave the range of float32.
    u = np.abs(100.0 - r / np.pi)
    wave = np.abs(np.sin(x) * np.sin(y)) + np.exp(-u)
    return -0.0001 * np.exp(0.1 * (u + np.log(wave)))


catalog.register(
    CrossInTray,
    "cross_in_tray",
    "four global minima beside a cross",
    rules={height: _height},
    formula="-0.0001 (|sin x sin y exp|100 - √(x² + y²)/π|| + 1)^0.1",
    source="Jamil & Yang 2013, arXiv 1308.4008",
    domain=(-10.0, 10.0, -10.0, 10.0),
    minima=mirrored(listed(_MINIMA), swapped=True),
)
