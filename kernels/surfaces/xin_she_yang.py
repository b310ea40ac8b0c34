"""Xin-She Yang's function 2, f = (|x| + |y|) exp(-sin x² - sin y²).

Yang 2010, Test problems in optimization; Jamil & Yang 2013, arXiv 1308.4008.

Minima on the axes are kinks.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height


class XinSheYang(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    return (np.abs(x) + np.abs(y)) * np.exp(-np.sin(x * x) - np.sin(y * y))


catalog.register(
    XinSheYang,
    "xin_she_yang",
    "creased along both axes, many minima",
    rules={height: _height},
    formula="(|x| + |y|) exp(-sin x² - sin y²)",
    source="Yang 2010, Test problems in optimization; Jamil & Yang 2013, arXiv 1308.4008",
    domain=(-2.0 * np.pi, 2.0 * np.pi, -2.0 * np.pi, 2.0 * np.pi),
    minima=(),
    note="Minima on the axes are kinks.",
)
