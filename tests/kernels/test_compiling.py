"""What is being compiled is told while it is, and named as people know it."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from kernels import compiling
from kernels.activations import value
from kernels.activations.gelu import GELU
from kernels.jit import kernel

pytestmark = pytest.mark.compiled


def test_a_compilation_is_seen_from_another_thread_and_listed_afterwards():
    @kernel
    def fresh(item, z):
        total = 0.0
        for k in range(z.size):
            total += value(item, z[k])
        return total

    fresh._cache.disable()
    seen = []
    ended = threading.Event()

    def watch():
        while not ended.wait(0.001):
            seen.append(compiling.now())

    watcher = threading.Thread(target=watch)
    before = len(compiling.done())
    watcher.start()
    fresh(GELU(), np.ones(3))
    ended.set()
    watcher.join()
    during = [moment for moment in seen if moment]
    assert during
    assert {moment.kernel.rpartition(".")[2] for moment in during} == {"fresh"}
    assert "activations.gelu" in {moment.part for moment in during}
    assert compiling.now() is None
    assert [name.rpartition(".")[2] for name, _ in compiling.done()[before:]] == ["fresh"]
    fresh(GELU(), np.ones(3))
    assert len(compiling.done()) == before + 1
