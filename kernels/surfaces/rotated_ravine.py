"""Rotated ravine.

    f = (u² + steepness v²)/2, u = x cos a + y sin a, v = y cos a - x sin a, a = angle · π/180

Polyak 1964, the ill-conditioned quadratic, turned.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height


class RotatedRavine(NamedTuple):
    """``steepness``: curvature across the valley; along it is 1; ``angle``: degrees between the x
    axis and the valley.
    """

    steepness: float = 100.0
    angle: float = 30.0


def _height(item: Any, x: Any, y: Any) -> Any:
    turn = item.angle * np.pi / 180.0
    u = x * np.cos(turn) + y * np.sin(turn)
    v = y * np.cos(turn) - x * np.sin(turn)
    return 0.5 * (u * u + item.steepness * v * v)


catalog.register(
    RotatedRavine,
    "rotated_ravine",
    "an ill-conditioned quadratic that no coordinate is aligned with",
    hypers={
        "steepness": ("(0, inf)", "curvature across the valley; along it is 1"),
        "angle": ("(-inf, inf)", "degrees between the x axis and the valley"),
    },
    rules={height: _height},
    formula="(u² + steepness v²)/2, u = x cos a + y sin a, v = y cos a - x sin a, a = angle ·"
    " π/180",
    source="Polyak 1964, the ill-conditioned quadratic, turned",
    domain=(-4.0, 4.0, -4.0, 4.0),
    minima=((0.0, 0.0, 0.0, True),),
)
