"""Published surfaces since 1987, as collected by Jamil & Yang 2013 (arXiv 1308.4008) and Surjanovic
& Bingham 2013 (Virtual Library of Simulation Experiments), whose minima these are."""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.proof.published import Published, size, squares


def _perm(x: Any, y: Any) -> Any:
    return sum(
        sum((j + 10) * (v**i - (1 / j) ** i) for j, v in ((1, x), (2, y))) ** 2 for i in (1, 2)
    )


def _peaks(x: Any, y: Any) -> Any:
    return (
        3 * (1 - x) ** 2 * np.exp(-(x**2) - (y + 1) ** 2)
        - (2 * x - 10 * x**3 - 10 * y**5) * np.exp(-(x**2) - y**2)
        - np.exp(-squares(x + 1, y)) / 3
    )


def _xin_she_yang(x: Any, y: Any) -> Any:
    return (size(x) + size(y)) * np.exp(-(np.sin(x**2) + np.sin(y**2)))


SURFACES: dict[str, Published] = {
    "adjiman": Published(lambda x, y: np.sin(y) * np.cos(x) - x / (1 + y**2), ()),
    "bukin_6": Published(
        lambda x, y: 100 * size(y - x**2 / 100) ** 0.5 + size(x + 10) / 100,
        ((-10.0, 1.0, 0.0),),
        1e-12,
        1e-7,
    ),
    "deckkers_aarts": Published(
        lambda x, y: 10**5 * x**2 + y**2 - squares(x, y) ** 2 + squares(x, y) ** 4 / 10**5,
        ((0.0, 14.945, -24776.518), (0.0, -14.945, -24776.518)),
        5e-4,
        5e-4,
    ),
    "dixon_price": Published(
        lambda x, y: (x - 1) ** 2 + 2 * (2 * y**2 - x) ** 2,
        ((1.0, 2**-0.5, 0.0), (1.0, -(2**-0.5), 0.0)),
    ),
    "el_attar": Published(
        lambda x, y: squares(x**2 + y - 10, x + y**2 - 7, x**2 + y**3 - 1),
        ((3.40918683, -2.17143304, 1.712780354),),
        1e-7,
    ),
    "gramacy_lee": Published(
        lambda x, y: x * np.exp(-squares(x, y)),
        ((-(0.5**0.5), 0.0, -((2 * np.e) ** -0.5)),),
    ),
    # The function peaks of MATLAB: the minimum by its documentation of fminsearch's result.
    "peaks": Published(_peaks, ((0.2283, -1.6255, -6.5511),), 1e-4),
    "perm_0": Published(_perm, ((1.0, 0.5, 0.0),)),
    "trid": Published(lambda x, y: x**2 - 2 * x + y**2 - 2 * y + 2 - x * y, ((2.0, 2.0, -2.0),)),
    "wayburn_seader": Published(
        lambda x, y: squares(x**6 + y**4 - 17, 2 * x + y - 4),
        ((1.0, 2.0, 0.0), (1.597, 0.806, 0.0)),
        5e-4,
        1e-9,
    ),
    "xin_she_yang": Published(_xin_she_yang, ((0.0, 0.0, 0.0),)),
    "zakharov": Published(
        lambda x, y: squares(x, y) + (x / 2 + y) ** 2 + (x / 2 + y) ** 4, ((0.0, 0.0, 0.0),)
    ),
}
