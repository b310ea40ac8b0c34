"""Schaffer's function 4, f = 0.5 + (cos²(sin|x² - y²|) - 0.5) / (1 + 0.001 (x² + y²))².

Mishra 2006, MPRA 2718; Jamil & Yang 2013, arXiv 1308.4008.

cos² makes the bars of |x² - y²| idle: the function is smooth. The usual domain, ±100, holds some
13,000 minima of the same kind.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height, listed, mirrored

_MINIMA = """
    1.253131831464 0 0.292578632036; 2.170698843553 0 0.2938737588113
    2.802414591539 0 0.2951567933037; 3.315889263458 0 0.2964278855829
    3.759882400211 0 0.2976871833979; 4.156718622983 0 0.2989348322197
    4.518838761155 0 0.3001709752835; 4.854018724672 0 0.3013957536298
    5.167503439883 0 0.3026093061444; 5.463028996316 0 0.3038117695981
    5.743368333974 0 0.305003278685; 2.170698843553 0 0.2938737588113
    6.266535550479 0 0.3073539623772; 6.5123775832 0 0.3085133963232
    6.749270757566 0 0.3096623946553; 6.978126519619 0 0.3108010822346
    7.19971136094 0 0.3119295820604; 7.414677176393 0 0.3130480153034
    7.623583905992 0 0.3141565013382; 7.826916730466 0 0.315255157775
    8.025099340946 0 0.3163441004909; 8.218504325664 0 0.3174234436608
    8.407461404159 0 0.3184932997865; 8.592264030309 0 0.319553779727
    8.773174742553 0 0.3206049927265; 8.950429540137 0 0.3216470464428
    9.626866802873 0 0.3257257676367; 9.544932095276 0 0.9199872922698
    9.462292036234 0 0.3247193052499; 9.626866802873 0 0.3257257676367
    9.788675001992 0 0.3267235861788; 9.947851634504 0 0.3277128595754
"""


class Schaffer4(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    xx = x * x
    yy = y * y
    wave = np.cos(np.sin(xx - yy))
    d = 1.0 + 0.001 * (xx + yy)
    return 0.5 + (wave * wave - 0.5) / (d * d)


catalog.register(
    Schaffer4,
    "schaffer_4",
    "four global minima on the axes among many local ones",
    rules={height: _height},
    formula="0.5 + (cos²(sin|x² - y²|) - 0.5) / (1 + 0.001 (x² + y²))²",
    source="Mishra 2006, MPRA 2718; Jamil & Yang 2013, arXiv 1308.4008",
    domain=(-10.0, 10.0, -10.0, 10.0),
    minima=mirrored(listed(_MINIMA), swapped=True),
    note="cos² makes the bars of |x² - y²| idle: the function is smooth. The usual domain,"
    " ±100, holds some 13,000 minima of the same kind.",
)
