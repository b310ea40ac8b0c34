"""Descents on all cores: blocks, threads, bounds and errors."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from kernels import optimizers, surfaces
from workbench.descents.many import Descents
from workbench.errors import BadValue


def made(optimizer="adam", steps=40, **values):
    return Descents(
        surfaces.catalog.get("himmelblau").make(),
        optimizers.catalog.get(optimizer).make({"learning_rate": 0.02}),
        steps,
        **values,
    )


def starts(n):
    return np.random.default_rng(0).uniform(-4, 4, (n, 2))


@pytest.mark.parametrize("optimizer", ["adam", "sgd_clipped"])
def test_ends_do_not_depend_on_threads_or_blocks(optimizer):
    descents, points = made(optimizer, tolerance=1e-3), starts(500)
    wanted = descents.run(points, threads=1)
    again = descents.run(points, threads=3)
    cuts = (0, 7, 8, 200, 500)
    pieces = [points[a:b] for a, b in pairwise(cuts)]
    found = list(descents.blocks(iter(pieces), threads=2))
    assert all(np.array_equal(a, b) for (a, _), b in zip(found, pieces, strict=True))
    for name in wanted._fields:
        assert np.array_equal(getattr(again, name), getattr(wanted, name))
        parts = [getattr(ends, name) for _, ends in found]
        assert np.array_equal(np.concatenate(parts), getattr(wanted, name))


def test_ends_have_shapes_and_types():
    ends = made(dtype="float32").run(starts(11).tolist())
    assert ends.points.shape == (11, 2)
    assert {ends.points.dtype, ends.values.dtype, ends.gradient_norms.dtype} == {
        np.dtype(np.float32)
    }
    assert ends.steps.tolist() == [40] * 11
    assert ends.diverged.dtype == bool
    assert len(made().run(np.empty((0, 2))).values) == 0


def test_blocks_are_taken_as_they_are_needed():
    taken = []

    def pieces():
        for k in range(1000):
            taken.append(k)
            yield starts(3)

    blocks = made(steps=3).blocks(pieces(), threads=2)
    next(blocks)
    blocks.close()
    assert len(taken) < 10


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"steps": -1}, "steps"),
        ({"steps": 1.5}, "steps"),
        ({"dtype": "float16"}, "dtype"),
        ({"tolerance": -1.0}, "tolerance"),
        ({"tolerance": float("nan")}, "tolerance"),
    ],
)
def test_bad_values_are_named(values, field):
    with pytest.raises(BadValue, match=field):
        made(**values)


@pytest.mark.parametrize("points", ["here", [1.0, 2.0], np.zeros((3, 3))])
def test_bad_starts_are_named(points):
    with pytest.raises(BadValue, match="starts"):
        made().run(points)
