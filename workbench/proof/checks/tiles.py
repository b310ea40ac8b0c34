"""Many descents at once in SIMD lanes against one at a time, whatever the width and the threads."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import numpy as np

from kernels import optimizers, schedules, surfaces
from workbench.descent import trace
from workbench.descents import Descents
from workbench.proof import Row

SUMMARY = "descents in tiles of different width, on 1, 2 and more threads, and alone"
_STEPS = 120
_WIDTHS = (4, 8, 16, 32)


def rows() -> Iterator[Row]:
    """Bytes that differ between tiles; distances between tiles and single descents."""
    surface = surfaces.catalog.get("himmelblau").make()
    low, high = surfaces.catalog.get("himmelblau").facts["domain"][:2]
    starts = np.random.default_rng(4).uniform(low, high, (101, 2))
    for name, rate in (("adam", 0.05), ("momentum", 0.002)):
        item = optimizers.catalog.get(name).make({"learning_rate": rate})
        for dtype in ("float32", "float64"):
            yield from _compare(name, item, dtype, surface, starts)


def _compare(name: str, item: Any, dtype: str, surface: Any, starts: np.ndarray) -> Iterator[Row]:
    subject = f"{len(starts)} descents of {name}, {dtype}"
    usual = Descents(surface, item, _STEPS, dtype=dtype).run(starts, threads=1)
    for width in _WIDTHS:
        lanes = (None,) * width
        found = Descents(surface, item, _STEPS, dtype=dtype, width=lanes).run(starts, threads=1)
        yield Row(f"{subject}: {width} lanes", "the usual width", _differing(usual, found), 0.0)
    for threads in dict.fromkeys((1, 2, max(os.cpu_count() or 1, 3))):
        work = Descents(surface, item, _STEPS, dtype=dtype)
        pieces = [starts[k : k + 10] for k in range(0, len(starts), 10)]
        ends = [end.points for _, end in work.blocks(pieces, threads)]
        differing = float(_bytes(np.concatenate(ends), usual.points))
        yield Row(f"{subject}: blocks on {threads} threads", "in one piece", differing, 0.0)
    constant = schedules.catalog.get("constant").make()
    alone = np.array([trace(surface, item, constant, s, _STEPS)[-1, :2] for s in starts])
    apart = float(np.abs(alone - usual.points).max())
    bound = 1e-10 if dtype == "float64" else 2e-3
    yield Row(f"{subject}: ends", "one at a time in float64", apart, bound)
    moved = float(np.linalg.norm(usual.points - starts, axis=1).min())
    yield Row(f"{subject} on trial", "starts that were left", float(moved == 0.0), 0.0)


def _differing(one: Any, other: Any) -> float:
    return float(sum(_bytes(a, b) for a, b in zip(one, other, strict=True)))


def _bytes(one: np.ndarray, other: np.ndarray) -> int:
    sides = (np.ascontiguousarray(a).view(np.uint8) for a in (one, other))
    return int(np.not_equal(*sides).sum())
