"""Leon's function, f = 100 (y - x³)² + (1 - x)².

Leon 1966, in Lavi & Vogl, Recent Advances in Optimization Techniques.
"""

from typing import Any, NamedTuple

from kernels.surfaces import catalog, height


class Leon(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    r = y - x * x * x
    return 100.0 * r * r + (1.0 - x) * (1.0 - x)


catalog.register(
    Leon,
    "leon",
    "a cubic valley, flatter than Rosenbrock's",
    rules={height: _height},
    formula="100 (y - x³)² + (1 - x)²",
    source="Leon 1966, in Lavi & Vogl, Recent Advances in Optimization Techniques",
    domain=(-1.2, 1.2, -1.2, 1.2),
    minima=((1.0, 1.0, 0.0, True),),
)
