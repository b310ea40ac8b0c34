"""Two valleys, f = (x² - 1)² + 0.3 x + y²: one global and one local minimum.

The tilted double well, a standard teaching example.
"""

from typing import Any, NamedTuple

from kernels.surfaces import ascent, catalog, height


class TwoValleys(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    w = x * x - 1.0
    return w * w + 0.3 * x + y * y


def _ascent(item: Any, x: Any, y: Any) -> Any:
    return 4.0 * x * (x * x - 1.0) + 0.3, 2.0 * y


catalog.register(
    TwoValleys,
    "two_valleys",
    "one global and one local minimum, a hill between them",
    rules={height: _height, ascent: _ascent},
    formula="(x² - 1)² + 0.3 x + y²",
    source="The tilted double well, a standard teaching example",
    domain=(-1.8, 1.8, -1.4, 1.4),
    minima=(
        (-1.0355787140888537, 0.0, -0.305428483743916, True),
        (0.9601495555191055, 0.0, 0.29414648102826285, False),
    ),
)
