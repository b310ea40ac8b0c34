"""Schedules: the factors that a descent took its steps with, against formulas in NumPy."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from kernels import optimizers, schedules, surfaces
from workbench.descent import trace
from workbench.proof import Row, missing
from workbench.proof.schedule_references import REFERENCES

SUMMARY = "every schedule's factors, read off a descent, against NumPy"
_STEPS = 90
_RATE = 0.01


def rows() -> Iterator[Row]:
    """The largest difference of two factors, each p → p - rate · factor · g solved for its own."""
    bowl = surfaces.catalog.get("bowl").make()
    plain = optimizers.catalog.get("sgd").make({"learning_rate": _RATE})
    for entry in schedules.catalog:
        if entry.name not in REFERENCES:
            yield missing(entry.name, "schedule_references.REFERENCES")
            continue
        reference = REFERENCES[entry.name]
        item = entry.make(reference.hypers)
        path = trace(bowl, plain, item, (1.0, -0.7), _STEPS)
        moved, slope = -np.diff(path[:, :2], axis=0), path[:-1, 3:]
        taken = (moved * slope).sum(1) / (_RATE * (slope**2).sum(1))
        wanted = reference.factors(item, path[:-1, 2])
        error = float(np.abs(taken - wanted).max())
        yield Row(entry.name, "its formula in NumPy", error, 1e-12)
        changes = float(np.ptp(wanted)) if entry.name != "constant" else 1.0
        yield Row(f"{entry.name} on trial", "a factor that changes", float(changes < 0.1), 0.0)
