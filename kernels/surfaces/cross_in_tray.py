"""Cross-in-tray, f = -0.0001 (|sin x sin y exp|100 - √(x² + y²)/π|| + 1)^0.1.

Jamil & Yang 2013, arXiv 1308.4008.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height, listed, mirrored

_MINIMA = """
    1.349406617154 1.349406617154 -2.062611870823; 4.419075874257 1.470622162167 -1.889938045786
    4.490999270744 4.490999270744 -1.79060172381; 7.551422464401 1.508521331436 -1.715489416054
    7.587488686157 4.550121985637 -1.653885265617; 7.632591924333 7.632591924333 -1.554463337804
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
