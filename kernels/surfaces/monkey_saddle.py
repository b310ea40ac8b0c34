"""Monkey saddle, f = x³ - 3xy².

Hilbert & Cohn-Vossen 1932, Anschauliche Geometrie.
"""

from typing import Any, NamedTuple

from kernels.surfaces import catalog, height


class MonkeySaddle(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    return x * x * x - 3.0 * x * y * y


catalog.register(
    MonkeySaddle,
    "monkey_saddle",
    "three ways down and three up: no minimum",
    rules={height: _height},
    formula="x³ - 3xy²",
    source="Hilbert & Cohn-Vossen 1932, Anschauliche Geometrie",
    domain=(-1.5, 1.5, -1.5, 1.5),
    minima=(),
)
