"""Cosine mixture, f = x² + y² - 0.1 (cos 5πx + cos 5πy).

Breiman & Cutler 1993, Mathematical Programming 58; Jamil & Yang 2013, arXiv 1308.4008.

Published as a maximum; here with the sign that makes it a minimum.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height, summed

_LINE = (
    (-0.725107017148202, 0.487356591094595),
    (-0.368874864197934, 0.0477842507207101),
    (0.0, -0.1),
    (0.368874864197934, 0.0477842507207101),
    (0.725107017148202, 0.487356591094595),
)


class CosineMixture(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    waves = np.cos(5.0 * np.pi * x) + np.cos(5.0 * np.pi * y)
    return x * x + y * y - 0.1 * waves


catalog.register(
    CosineMixture,
    "cosine_mixture",
    "a bowl with five waves a unit",
    rules={height: _height},
    formula="x² + y² - 0.1 (cos 5πx + cos 5πy)",
    source="Breiman & Cutler 1993, Mathematical Programming 58; Jamil & Yang 2013, arXiv 1308.4008",
    domain=(-1.0, 1.0, -1.0, 1.0),
    minima=summed(_LINE, _LINE),
    note="Published as a maximum; here with the sign that makes it a minimum.",
)
