"""Three-hump camel, f = 2x² - 1.05x⁴ + x⁶/6 + xy + y².

Jamil & Yang 2013, arXiv 1308.4008.
"""

from typing import Any, NamedTuple

from kernels.surfaces import catalog, height


class ThreeHumpCamel(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    xx = x * x
    return ((xx / 6.0 - 1.05) * xx + 2.0) * xx + x * y + y * y


catalog.register(
    ThreeHumpCamel,
    "three_hump_camel",
    "one global minimum between two local ones",
    rules={height: _height},
    formula="2x² - 1.05x⁴ + x⁶/6 + xy + y²",
    source="Jamil & Yang 2013, arXiv 1308.4008",
    domain=(-5.0, 5.0, -5.0, 5.0),
    minima=(
        (0.0, 0.0, 0.0, True),
        (-1.747552345830289, 0.8737761729151445, 0.2986384422368594, False),
        (1.747552345830289, -0.8737761729151445, 0.2986384422368594, False),
    ),
)
