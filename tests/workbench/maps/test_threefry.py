"""JAX's generator: the authors' known answers, and numbers that JAX itself drew."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.maps import threefry

# Random123's kat_vectors, threefry2x32 with 20 rounds: counter, key, answer.
KNOWN = [
    ((0, 0), (0, 0), (0x6B200159, 0x99BA4EFE)),
    ((0xFFFFFFFF, 0xFFFFFFFF), (0xFFFFFFFF, 0xFFFFFFFF), (0x1CB996FC, 0xBB002BE7)),
    ((0x243F6A88, 0x85A308D3), (0x13198A2E, 0x03707344), (0xC4923A9C, 0x483DF7A0)),
]

# jax 0.10.2, jax_enable_x64, jax_threefry_partitionable off: the second key of PRNGKey(0) split in
# two, and what is drawn with it.
JAX_SPLIT = [2718843009, 1272950319]
JAX_NORMAL = [0.06011947683037825, -0.5378976434283221, 0.39136413806703185, 0.8662948800359237]
JAX_INTEGERS = [24, 73, 204, 248, 196, 149]


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
def test_known_answers(counter, key, answer):
    made = threefry.threefry(np.array(key, np.uint32), np.array(counter, np.uint32)[:, None])
    assert tuple(int(v) for v in made[:, 0]) == answer


def test_numbers_are_those_of_jax():
    second = threefry.split(threefry.key(0))[1]
    assert second.tolist() == JAX_SPLIT
    np.testing.assert_allclose(threefry.normal(second, (4,)), JAX_NORMAL, rtol=1e-14)
    np.testing.assert_array_equal(threefry.integers(second, 6, 272), JAX_INTEGERS)
