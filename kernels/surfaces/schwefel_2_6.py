"""Schwefel's function 2.6, f = max(|x + 2y - 7|, |2x + y - 5|).

Schwefel 1981, Numerical Optimization of Computer Models; Jamil & Yang 2013, arXiv 1308.4008.

The minimum is a kink.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height


class Schwefel26(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    return max(np.abs(x + 2.0 * y - 7.0), np.abs(2.0 * x + y - 5.0))


catalog.register(
    Schwefel26,
    "schwefel_2_6",
    "a polyhedron: creased everywhere that matters",
    rules={height: _height},
    formula="max(|x + 2y - 7|, |2x + y - 5|)",
    source="Schwefel 1981, Numerical Optimization of Computer Models; Jamil & Yang 2013, "
    "arXiv 1308.4008",
    domain=(-100.0, 100.0, -100.0, 100.0),
    minima=((1.0, 3.0, 0.0, True),),
    note="The minimum is a kink.",
)
