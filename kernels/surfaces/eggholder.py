"""Eggholder function, f = -(y + 47) sin √|x/2 + y + 47| - x sin √|x - y - 47|.

Whitley et al. 1996, Artificial Intelligence 85; Jamil & Yang 2013, arXiv 1308.4008.

The published optimum of the domain, -959.6407 at (512, 404.2319), is on its boundary, so it is no
minimum of the function; the lowest that is one is listed as global.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height


class Eggholder(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    v = y + 47.0
    first = np.sin(np.sqrt(np.abs(0.5 * x + v)))
    second = np.sin(np.sqrt(np.abs(x - v)))
    return -v * first - x * second


catalog.register(
    Eggholder,
    "eggholder",
    "steep irregular waves; the deepest of all lies at the domain's edge",
    rules={height: _height},
    formula="-(y + 47) sin √|x/2 + y + 47| - x sin √|x - y - 47|",
    source="Whitley et al. 1996, Artificial Intelligence 85; Jamil & Yang 2013, arXiv 1308.4008",
    domain=(-512.0, 512.0, -512.0, 512.0),
    minima=(),
    note="The published optimum of the domain, -959.6407 at (512, 404.2319), is on its "
    "boundary, so it is no minimum of the function; the lowest that is one is listed "
    "as global.",
)
