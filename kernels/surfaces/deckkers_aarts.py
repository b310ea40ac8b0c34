"""Deckkers & Aarts' function, f = 10⁵x² + y² - s² + 10⁻⁵s⁴, s = x² + y².

Dekkers & Aarts 1991, Mathematical Programming 50; Jamil & Yang 2013, arXiv 1308.4008.
"""

from typing import Any, NamedTuple

from kernels.surfaces import catalog, height


class DeckkersAarts(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    s = x * x + y * y
    ss = s * s
    return 1e5 * x * x + y * y - ss + 1e-5 * ss * ss


catalog.register(
    DeckkersAarts,
    "deckkers_aarts",
    "two deep minima far along y, a shallow one between",
    rules={height: _height},
    formula="10⁵x² + y² - s² + 10⁻⁵s⁴, s = x² + y²",
    source="Dekkers & Aarts 1991, Mathematical Programming 50; Jamil & Yang 2013, arXiv 1308.4008",
    domain=(-20.0, 20.0, -20.0, 20.0),
    minima=(
        (0.0, -14.945112151891959, -24776.51834231769, True),
        (0.0, 14.945112151891959, -24776.51834231769, True),
        (0.0, 0.0, 0.0, False),
    ),
)
