"""The arc cosine of lanes: ``np.arccos`` for scalar rules, as kernels.lanes.math has the others.

acos c = √((1 - c)(1 + c)) q(1 - c) for c ≥ 0, and π less that of -c below, where
q(u) = acos(1 - u) / √(u (2 - u)) is analytic on [0, 1] and its polynomial interpolates it at
Chebyshev's points: no branch and one root, which is the sine where that is wanted too. Largest
error against the exact value, in units in the last place (measured by
tests/kernels/lanes/test_angles.py): 3.
"""

from __future__ import annotations

import math

import numpy as np

from kernels.lanes import overload_lanes
from kernels.lanes.vector import Vector

_ANGLE_32 = (
    0.9999999897346874,
    0.33333538143391106,
    0.13326657225500885,
    0.05797780151377504,
    0.020163489805166888,
    0.03005917597099657,
    -0.03355299779132749,
    0.05097575847577638,
    -0.03259168873399722,
    0.01116282422619877,
)
_ANGLE_64 = (
    1.0,
    0.33333333333330945,
    0.13333333333682526,
    0.05714285694042784,
    0.025396831596651948,
    0.011543895604776996,
    0.00532944828305169,
    0.0024737607111697374,
    0.001251083869870826,
    0.00016421047913476515,
    0.0017011133906985544,
    -0.003976427223224787,
    0.009195329684833449,
    -0.01586170544127971,
    0.02153400343586953,
    -0.022454256450108755,
    0.01773831596916336,
    -0.01025927464062151,
    0.004114940516850556,
    -0.001025639660813829,
    0.00012117305831116537,
)


def arccos(x: Vector) -> Vector:
    """The angle in [0, π] whose cosine is x; NaN beyond ±1, as NumPy."""
    size = x.call("fabs")
    u = x.of(1.0) - size
    sine = (u * (size + 1.0)).call("sqrt")
    angle = sine * u.polynomial(x.either(_ANGLE_32, _ANGLE_64))
    return (x.of(math.pi) - angle).where(x.compare("<", 0.0), angle)


overload_lanes(np.arccos, 1, lambda builder, value: arccos(Vector(builder, value)).value)
