"""Six-hump camel, f = (4 - 2.1 x² + x⁴/3) x² + x y + (4 y² - 4) y².

Dixon & Szegö 1978, Towards Global Optimisation 2.
"""

from typing import Any, NamedTuple

from kernels.surfaces import ascent, catalog, height


class SixHumpCamel(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    xx = x * x
    yy = y * y
    return (4.0 - 2.1 * xx + xx * xx / 3.0) * xx + x * y + (4.0 * yy - 4.0) * yy


def _ascent(item: Any, x: Any, y: Any) -> Any:
    xx = x * x
    gx = (8.0 - 8.4 * xx + 2.0 * xx * xx) * x + y
    return gx, x + (16.0 * y * y - 8.0) * y


catalog.register(
    SixHumpCamel,
    "six_hump_camel",
    "two global and four local minima",
    rules={height: _height, ascent: _ascent},
    formula="(4 - 2.1 x² + x⁴/3) x² + x y + (4 y² - 4) y²",
    source="Dixon & Szegö 1978, Towards Global Optimisation 2",
    domain=(-2.2, 2.2, -1.2, 1.2),
    minima=(
        (-0.0898420131003181, 0.7126564030207396, -1.0316284534898774, True),
        (0.08984201310031807, -0.7126564030207396, -1.0316284534898774, True),
        (-1.703606714969981, 0.7960835686726252, -0.21546382438371836, False),
        (1.703606714969981, -0.7960835686726251, -0.21546382438371836, False),
        (-1.6071047529201978, -0.5686514548841313, 2.104250310311258, False),
        (1.6071047529201972, 0.5686514548841314, 2.104250310311258, False),
    ),
)
