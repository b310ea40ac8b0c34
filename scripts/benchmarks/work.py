"""What a work is made of; the files of ``works/`` fill it in."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

Arrays = Mapping[str, np.ndarray]


class Missing(Exception):
    """An engine cannot be had on this machine; the message says why."""


class Engine(NamedTuple):
    """An engine that is ready to be measured.

    ``check()`` carries out the short run that is compared with the reference and returns its
    results; None where there is nothing to compare, only a rate to measure. ``call()`` carries out
    ``units`` units of the work and returns when they are done; its first call may compile.
    ``note`` says in a few words how the engine is used.
    """

    check: Callable[[], Arrays] | None
    call: Callable[[], object]
    units: float
    note: str


class Limit(NamedTuple):
    """To reach beside a peer: our time at most ``at_most`` times its time, or ours at least
    ``at_least`` times faster."""

    at_most: float | None = None
    at_least: float | None = None

    def reached(self, ratio: float) -> bool:
        """``ratio`` is the peer's time divided by ours."""
        if self.at_most is not None:
            return 1.0 / ratio <= self.at_most
        return self.at_least is None or ratio >= self.at_least

    def told(self, ratio: float) -> dict[str, Any]:
        """The limit as a row tells it."""
        given = {key: value for key, value in self._asdict().items() if value is not None}
        return given | {"reached": self.reached(ratio)}


class Work(NamedTuple):
    """One work and all that carry it out.

    ``make(quick)`` returns the problem's arrays, the same for all engines. ``engines`` maps names
    to functions (problem, threads) -> Engine; the first is "ours". ``reference(problem)`` returns
    what ``check`` must return; ``error(found, wanted)`` measures how far two results are apart,
    and ``tolerance`` is where they count as different. ``unit`` is what the seconds are per. An
    engine that ``alone`` names runs on that many threads, whatever the others do.
    """

    title: str
    unit: str
    make: Callable[[bool], Arrays]
    engines: Mapping[str, Callable[[Arrays, int], Engine]]
    reference: Callable[[Arrays], Arrays]
    tolerance: float
    limits: Mapping[str, Limit]
    error: Callable[[Arrays, Arrays], float] | None = None
    alone: Mapping[str, int] = {}
    dtype: str = "float32"


def largest_error(found: Arrays, wanted: Arrays) -> float:
    """Largest |found - wanted| / max(1, |wanted|) over all arrays of ``wanted``."""
    apart = (
        np.abs(found[name] - right) / np.maximum(1.0, np.abs(right))
        for name, right in wanted.items()
    )
    return max(float(np.max(array, initial=0.0)) for array in apart)


def within(error: float | None, tolerance: float) -> bool:
    """Whether an engine's result counts as the same; None is what cannot be compared."""
    return error is not None and error <= tolerance


def names() -> list[str]:
    """Every work's name, in the order of the table."""
    from benchmarks import works

    found = {m.name for m in pkgutil.iter_modules(works.__path__) if not m.name.startswith("_")}
    ranked = [name for name in works.ORDER if name in found]
    return [name.replace("_", "-") for name in ranked + sorted(found - set(ranked))]


def load(name: str) -> Any:
    """The ``Work`` of that name, or the module itself where it measures in its own way."""
    module = importlib.import_module(f"benchmarks.works.{name.replace('-', '_')}")
    return getattr(module, "WORK", module)
