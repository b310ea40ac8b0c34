"""Hölder table, f = -|sin x cos y exp|1 - √(x² + y²)/π||.

Jamil & Yang 2013, arXiv 1308.4008.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height, listed, mirrored

_MINIMA = """
    8.055023475737 9.664590019241 -19.20850256789; 4.853855848169 9.702113880431 -11.06955116675
    8.097582725127 6.479497356653 -9.504677029921; 1.623129475513 9.729001856268 -8.095122657429
    8.14131217899 3.259351049186 -5.712246520612; 4.901144880231 6.532502600768 -4.712458360791
    8.16215070509 0 -4.710706959807; 1.647944834656 6.58267830499 -3.038853361299
    4.971242048857 3.316439374841 -2.346576314623; 1.262627255679 0 -1.732972243896
    5.020558051501 0 -1.732972243896; 1.712391843143 3.418867791851 -1.183090877889
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
