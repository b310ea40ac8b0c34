"""What is being compiled is told while it is, and named as people know it."""

from __future__ import annotations

import threading
from typing import NamedTuple

import numpy as np
import pytest
from numba.core import event

from kernels import compiling
from kernels.activations import value
from kernels.jit import kernel

pytestmark = pytest.mark.compiled


class Fresh(NamedTuple):
    """An item that no other test has compiled."""


def _value(item, z):
    return 2.0 * z


value.implement(Fresh, _value)


class Parts(event.Listener):
    """Collects what is told to be worked on whenever a function's compilation begins."""

    def __init__(self):
        self.seen = set()

    def on_start(self, event):
        self.seen.add(compiling.now().part)

    def on_end(self, event):
        pass


def test_a_compilation_is_seen_from_another_thread_and_listed_afterwards():
    @kernel
    def fresh(item, z):
        total = 0.0
        for k in range(z.size):
            total += value(item, z[k])
        return total

    fresh._cache.disable()
    seen, parts = [], Parts()
    ended = threading.Event()

    def watch():
        while not ended.wait(0.001):
            seen.append(compiling.now())

    watcher = threading.Thread(target=watch)
    before = len(compiling.done())
    watcher.start()
    with event.install_listener("numba:compile", parts):
        fresh(Fresh(), np.ones(3))
    ended.set()
    watcher.join()
    during = [moment for moment in seen if moment]
    assert during
    assert {moment.kernel.rpartition(".")[2] for moment in during} == {"fresh"}
    assert __name__ in parts.seen
    assert compiling.now() is None
    assert [name.rpartition(".")[2] for name, _ in compiling.done()[before:]] == ["fresh"]
    fresh(Fresh(), np.ones(3))
    assert len(compiling.done()) == before + 1
