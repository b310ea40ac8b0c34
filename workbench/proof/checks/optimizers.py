"""Optimizers: their paths over a surface against references in plain NumPy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from kernels import optimizers, schedules, surfaces
from kernels.catalog import Item
from workbench.descent import trace
from workbench.proof import Row, missing, published, references, twins, whole_vector

SUMMARY = "every optimizer's path against a reference in plain NumPy"
_STEPS = 60
_START = (1.6, 1.1)


def rows() -> Iterator[Row]:
    """The largest distance between two paths of 60 steps, each with its own gradients."""
    for entry in optimizers.catalog:
        if entry.name in references.REFERENCES:
            yield _path(entry)
        elif entry.name in whole_vector.DIRECTIONS:
            surface = surfaces.catalog.get(whole_vector.SURFACE).make()
            item, steps = entry.make(), whole_vector.STEPS
            constant = schedules.catalog.get("constant").make()
            path = trace(surface, item, constant, whole_vector.START, steps)
            yield from whole_vector.rows(entry.name, item, path[:, :2])
        else:
            yield missing(entry.name, "references.REFERENCES or whole_vector.DIRECTIONS")


def unusual(entry: Item) -> Any:
    """The item with other hyper-parameters than its defaults, so that each of them counts."""
    changed = {
        # What keeps a division finite should count, but not so that a path becomes unstable.
        h.name: h.default**0.75 if 0 < h.default < 0.01 else h.range.nearest(0.9 * h.default + 0.01)
        for h in entry.hypers
    }
    # Some count their rates in whole steps; others would diverge with such a rate.
    if changed["learning_rate"] < 0.9:
        changed["learning_rate"] = 0.02
    return entry.make(changed)


def _path(entry: Item) -> Row:
    item = unusual(entry)
    surface = surfaces.catalog.get("two_valleys").make()
    constant = schedules.catalog.get("constant").make()
    got = trace(surface, item, constant, _START, _STEPS)[:, :2]
    formula = published.SURFACES["two_valleys"].formula
    reference = references.REFERENCES[entry.name](item)
    point = np.array(_START)
    wanted = [point]
    for _ in range(_STEPS):
        slope = twins.complex_gradient(lambda p: formula(p[0], p[1]), point)
        point = reference.advance(point, slope, item.learning_rate)
        wanted.append(point)
    if len(got) <= _STEPS:
        return Row(entry.name, f"stopped after {len(got) - 1} steps", float("inf"), 0.0)
    return Row(entry.name, "its paper, in NumPy", float(np.abs(got - wanted).max()), 1e-11)
