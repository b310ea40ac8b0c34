"""Ackley's function, f = 20 + e - 20 exp(-0.2 √((x² + y²)/2)) - exp((cos 2πx + cos 2πy)/2).

Ackley 1987, A Connectionist Machine for Genetic Hillclimbing; Bäck & Schwefel 1993.

The usual domain, ±32.768, holds some 4,000 minima of the same kind.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height, listed, mirrored

_MINIMA = """
    0 0 0
    0.952166545950172 0 2.57992755702987
    0.968477658707724 0.968477658707724 3.57445187725768
    1.95891971812172 0 4.88406525809115
    1.96461666286299 0.982416035079139 5.38186418749019
    1.97445198648412 1.97445198648412 6.55964537562788
    2.96461944311205 0 6.88258264680129
    2.96725952876256 0.989154186481663 7.18095164771537
    2.97313941992438 1.98213995038148 7.96171127468983
    3.96946674335176 0 8.6162500440488
    3.97091831506428 0.992767206170045 8.81315177404689
    2.97922395469114 2.97922395469114 9.00109347829201
    3.97454017846821 1.9873106146275 9.35303923913781
    4.97361125799699 0 10.1203312738
    3.97892475076819 2.98421373812724 10.1203507436327
    4.97449772217698 0.994920373821839 10.2579743721494
    4.9768438493301 1.99076487573553 10.6450274837143
    3.98306769968976 3.98306769968976 10.9982621025994
    4.97995793948682 2.98799505885284 11.2175494800167
    4.98319889676088 3.98656809795395 11.9012566351142
    4.98618045699788 4.98618045699788 12.632268991516
"""


class Ackley(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    # The tip of the cone is rounded within 1e-15, so that it has a slope, zero.
    r = np.sqrt(0.5 * (x * x + y * y) + 1e-30)
    waves = np.cos(2.0 * np.pi * x) + np.cos(2.0 * np.pi * y)
    return 20.0 + np.e - 20.0 * np.exp(-0.2 * r) - np.exp(0.5 * waves)


catalog.register(
    Ackley,
    "ackley",
    "a cone-shaped global minimum in a nearly flat field of local ones",
    rules={height: _height},
    formula="20 + e - 20 exp(-0.2 √((x² + y²)/2)) - exp((cos 2πx + cos 2πy)/2)",
    source="Ackley 1987, A Connectionist Machine for Genetic Hillclimbing; Bäck & Schwefel 1993",
    domain=(-5.0, 5.0, -5.0, 5.0),
    minima=mirrored(listed(_MINIMA), swapped=True),
    note="The usual domain, ±32.768, holds some 4,000 minima of the same kind.",
)
