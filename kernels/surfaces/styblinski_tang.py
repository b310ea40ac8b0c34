"""Styblinski & Tang's function, f = (x⁴ - 16x² + 5x + y⁴ - 16y² + 5y)/2.

Styblinski & Tang 1990, Neural Networks 3.
"""

from typing import Any, NamedTuple

from kernels.surfaces import catalog, height


class StyblinskiTang(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    a = ((x * x - 16.0) * x + 5.0) * x
    b = ((y * y - 16.0) * y + 5.0) * y
    return 0.5 * (a + b)


catalog.register(
    StyblinskiTang,
    "styblinski_tang",
    "one global and three local minima in four quadrants",
    rules={height: _height},
    formula="(x⁴ - 16x² + 5x + y⁴ - 16y² + 5y)/2",
    source="Styblinski & Tang 1990, Neural Networks 3",
    domain=(-5.0, 5.0, -5.0, 5.0),
    minima=(
        (-2.903534027771177, -2.903534027771177, -78.33233140754282, True),
        (-2.903534027771177, 2.746802770990837, -64.19561235905536, False),
        (2.746802770990837, -2.903534027771177, -64.19561235905536, False),
        (2.746802770990837, 2.746802770990837, -50.05889331056788, False),
    ),
)
