"""Hölder table, f = -|sin x cos y exp|1 - √(x² + y²)/π||.

Jamil & Yang 2013, arXiv 1308.4008.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height, listed, mirrored

_MINIMA = """
    8.05502347573656 9.66459001924127 -19.2085025678867
    4.85385584816883 9.70211388043085 -11.0695511667513
    8.09758272512733 6.4794973566526 -9.50467702992092
    1.62312947551269 9.72900185626828 -8.09512265742868
    8.14131217899 3.25935104918595 -5.71224652061204
    4.90114488023063 6.53250260076771 -4.71245836079064
    8.16215070509047 0 -4.71070695980658
    1.64794483465589 6.58267830498975 -3.03885336129936
    4.97124204885736 3.31643937484069 -2.34657631462332
    1.26262725567891 0 -1.73297224389607
    5.02055805150068 0 -1.73297224389607
    1.7123918431427 3.41886779185057 -1.18309087788866
"""


class HolderTable(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    r = np.sqrt(x * x + y * y + 1e-30)
    return -np.abs(np.sin(x) * np.cos(y) * np.exp(np.abs(1.0 - r / np.pi)))


catalog.register(
    HolderTable,
    "holder_table",
    "four global minima in the corners of a table with many dents",
    rules={height: _height},
    formula="-|sin x cos y exp|1 - √(x² + y²)/π||",
    source="Jamil & Yang 2013, arXiv 1308.4008",
    domain=(-10.0, 10.0, -10.0, 10.0),
    minima=mirrored(listed(_MINIMA)),
)
