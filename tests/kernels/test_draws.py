"""Arrays of random numbers are the generator's single numbers in their places."""

from __future__ import annotations

import numpy as np

from kernels.draws import fill_normals, fill_uniforms
from kernels.random import STREAM_DATA, normal, uniform


def test_arrays_hold_the_generators_numbers():
    for fill, one in ((fill_uniforms, uniform), (fill_normals, normal)):
        values = np.full(50, np.nan)
        fill(7, STREAM_DATA, 3, values)
        assert values.tolist() == [one(7, STREAM_DATA, 3, k) for k in range(50)]
        longer = np.empty(60)
        fill(7, STREAM_DATA, 3, longer)
        assert np.array_equal(longer[:50], values)
