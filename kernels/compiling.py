"""What is being compiled at this moment, for whoever waits for it."""

from __future__ import annotations

import time
from typing import Any, NamedTuple

from numba.core import event


class Compiling(NamedTuple):
    """``kernel`` was called and is being compiled since ``seconds``; ``part`` is the function that
    it needs and that is being worked on; ``functions`` have been begun so far for it."""

    kernel: str
    part: str
    seconds: float
    functions: int

    def __str__(self) -> str:
        inner = f": {self.part}" if self.part != self.kernel else ""
        return f"compiling {self.kernel}{inner}, {self.seconds:.1f} s"


class _Watch(event.Listener):
    """Follows Numba's events. They come from one thread at a time, which holds Numba's lock."""

    def __init__(self) -> None:
        self.stack: list[str] = []
        self.begun = 0.0
        self.functions = 0
        self.kernels: list[tuple[str, float]] = []

    def on_start(self, event: Any) -> None:
        if not self.stack:
            self.begun, self.functions = time.perf_counter(), 0
        self.functions += 1
        self.stack.append(_name(event.data["dispatcher"].py_func))

    def on_end(self, event: Any) -> None:
        if not self.stack:  # begun before this module was imported
            return
        name = self.stack.pop()
        if not self.stack:
            self.kernels.append((name, time.perf_counter() - self.begun))


def _name(function: Any) -> str:
    """``training.train_chunk``; for a rule of an item the item's module, ``activations.gelu``."""
    module = function.__module__.removeprefix("kernels.")
    private = function.__name__.startswith(("_", "<"))
    return module if private else f"{module}.{function.__name__}"


_watch = _Watch()
event.register("numba:compile", _watch)


def now() -> Compiling | None:
    """What is being compiled, in any thread of this process; None where nothing is."""
    stack = list(_watch.stack)
    if not stack:
        return None
    return Compiling(stack[0], stack[-1], time.perf_counter() - _watch.begun, _watch.functions)


def done() -> list[tuple[str, float]]:
    """The kernels that this process had to compile, in order, each with its seconds."""
    return list(_watch.kernels)
