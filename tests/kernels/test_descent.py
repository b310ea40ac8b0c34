"""Descents on surfaces, against the update rules carried out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from kernels import optimizers, schedules, surfaces, training
from kernels.descent import descend
from kernels.optimizers import new_memory
from tests.kernels.test_optimizers import NAMES
from tests.kernels.test_optimizers import path as path_by_steps
from tests.kernels.test_whole_vector import NAMES as WHOLE

NO_NOISE = (0.0, 0)


def walk(surface, optimizer, start, steps, cut=()):
    item = surfaces.catalog.get(surface).make()
    schedule = schedules.catalog.get("constant").make()
    position, memory = np.array(start, float), new_memory(optimizer, 2, np.float64)
    seen = schedules.new_schedule_memory(schedule)
    found, first = [], 0
    for n in (*cut, steps - sum(cut)):
        path = np.empty((n + 1, 5))
        filled, _ = descend(
            item, optimizer, schedule, position, memory, seen, first, NO_NOISE, path
        )
        found.append(path[:filled] if not found else path[1:filled])
        first += n
    return np.concatenate(found)


@pytest.mark.parametrize("name", NAMES)
def test_path_is_that_of_the_rule(name):
    optimizer = optimizers.catalog.get(name).make({"learning_rate": 0.01})
    found = walk("himmelblau", optimizer, (-1.0, 2.0), 80)

    def slope(p):
        a, b = p[0] ** 2 + p[1] - 11, p[0] + p[1] ** 2 - 7
        return np.array([4 * p[0] * a + 2 * b, 2 * a + 4 * p[1] * b])

    wanted = path_by_steps(optimizer, np.array([-1.0, 2.0]), slope, steps=80)
    assert np.allclose(found[1:, :2], wanted, rtol=1e-9)
    assert np.allclose(found[:, 3:], [slope(p) for p in found[:, :2]], rtol=1e-9)
    cut = walk("himmelblau", optimizer, (-1.0, 2.0), 80, cut=(1, 30))
    assert np.array_equal(cut, found)


@pytest.mark.parametrize("name", WHOLE)
def test_whole_vectors_go_to_a_minimum_however_they_are_cut(name):
    optimizer = optimizers.catalog.get(name).make()
    found = walk("himmelblau", optimizer, (-1.0, 2.0), 40)
    minima = surfaces.catalog.get("himmelblau").facts["minima"]
    bound = 0.1 if name == "heavy_ball_exact" else 1e-7
    assert min(np.hypot(*(found[-1, :2] - m[:2])) for m in minima) < bound
    assert (np.diff(found[:, 2]) < 1e-12).all()
    cut = walk("himmelblau", optimizer, (-1.0, 2.0), 40, cut=(1, 3))
    assert np.array_equal(cut, found)


def test_a_path_ends_where_there_is_no_way_down():
    item = surfaces.catalog.get("himmelblau").make()
    optimizer = optimizers.catalog.get("newton").make()
    memory, path = new_memory(optimizer, 2, np.float64), np.empty((500, 5))
    schedule = schedules.catalog.get("constant").make()
    seen = schedules.new_schedule_memory(schedule)
    position = np.array([3.5, 2.5])
    filled, code = descend(item, optimizer, schedule, position, memory, seen, 0, NO_NOISE, path)
    assert code == training.NO_DESCENT
    assert 1 < filled < 500
    assert np.allclose(path[filled - 1, :2], (3.0, 2.0), atol=1e-9)
    assert np.array_equal(path[filled - 1, :2], position)


@pytest.mark.parametrize(("rate", "factor"), [(0.5, 0.0), (1.0, -1.0), (0.25, 0.5), (1.1, -1.2)])
def test_learning_rates_on_the_bowl(rate, factor):
    # x ← x - rate · 2x: in one step, to and fro for ever, halving, and away.
    optimizer = optimizers.catalog.get("sgd").make({"learning_rate": rate})
    found = walk("bowl", optimizer, (1.0, 1.5), 10)
    wanted = np.array([1.0, 1.5]) * np.power(factor, np.arange(11))[:, None]
    assert np.allclose(found[:, :2], wanted, rtol=1e-12)


def test_path_ends_before_it_is_not_finite():
    optimizer = optimizers.catalog.get("sgd").make({"learning_rate": 10.0})
    found = walk("rosenbrock", optimizer, (-1.0, 1.0), 100)
    assert len(found) < 100
    assert np.isfinite(found).all()
