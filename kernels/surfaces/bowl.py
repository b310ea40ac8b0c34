"""Bowl, f = x² + y²: the tutorial's example, whose gradient at (1, 1.5) is (2, 3).

De Jong 1975, function F1, in two dimensions.
"""

from typing import Any, NamedTuple

from kernels.surfaces import ascent, catalog, height


class Bowl(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    return x * x + y * y


def _ascent(item: Any, x: Any, y: Any) -> Any:
    return 2.0 * x, 2.0 * y


catalog.register(
    Bowl,
    "bowl",
    "one round valley: every path leads to the one minimum",
    rules={height: _height, ascent: _ascent},
    formula="x² + y²",
    source="De Jong 1975, function F1, in two dimensions",
    domain=(-2.0, 2.0, -2.0, 2.0),
    minima=((0.0, 0.0, 0.0, True),),
)
