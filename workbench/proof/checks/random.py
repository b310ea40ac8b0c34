"""Random numbers against Random123's known answers and against Python's integers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from kernels import random as kernels
from workbench.proof import Row, philox

SUMMARY = "the generator against Random123's known answers, and what is drawn from it"
_PLACES = ((0, 1, 0, 0), (3, 2, 5, 41), (2**63 - 1, 5, 2**32 - 1, 2**40 + 7))


def rows() -> Iterator[Row]:
    """Known answers count as wrong words, the rest as absolute differences."""
    for counter, key, answer in philox.KNOWN:
        got = kernels.philox4x32(*(np.uint64(word) for word in (*counter, *key)))
        wrong = sum(int(a) != b for a, b in zip(got, answer, strict=True))
        yield Row(f"philox4x32 of {counter[0]:08x}…", "Random123 kat_vectors", wrong, 0)
    errors = {"bits": 0.0, "uniform": 0.0, "normal": 0.0}
    for place in _PLACES:
        for k in range(50):
            at = (*place[:3], place[3] + k)
            got = [int(word) for word in kernels.bits(*at)]
            errors["bits"] += got != list(philox.words(*at))
            uniform = abs(kernels.uniform(*at) - philox.uniform(*at))
            normal = abs(kernels.normal(*at) - philox.normal(*at))
            errors["uniform"] = max(errors["uniform"], uniform)
            errors["normal"] = max(errors["normal"], normal)
    yield Row("bits", "Philox with Python's integers", errors["bits"], 0)
    yield Row("uniform", "the upper 53 bits over 2⁵³", errors["uniform"], 0)
    yield Row("normal", "Box & Muller with the C library", errors["normal"], 1e-13)
    for n in (1, 2, 7, 100):
        order = np.empty(n, np.int64)
        kernels.permutation(3, 2, 5, 41, order)
        wrong = int((order != philox.permutation(3, 2, 5, 41, n)).sum())
        yield Row(f"permutation of {n}", "Fisher & Yates with Python's integers", wrong, 0)
