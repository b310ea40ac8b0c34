"""Many networks at once on one thread, and on all that are asked for."""

from __future__ import annotations

from functools import partial

from benchmarks.work import Limit, Work
from benchmarks.works._ensemble import TOLERANCES, cpp, error, make, ours, reference

WORK = Work(
    title="ensemble-gd on one thread, and on --threads (2 unless told otherwise)",
    unit="step of all networks",
    make=partial(make, "gd"),
    engines={
        "ours": partial(ours, "gd"),
        "one-thread": partial(ours, "gd"),
        "cpp": partial(cpp, "gd"),
        "cpp-one-thread": partial(cpp, "gd"),
    },
    alone={"one-thread": 1, "cpp-one-thread": 1},
    reference=partial(reference, "gd"),
    error=error,
    tolerance=TOLERANCES["gd"],
    limits={"one-thread": Limit(at_least=1.85)},
)
