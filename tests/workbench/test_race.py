"""Races: the table against descents one by one, and what takes part."""

from __future__ import annotations

import numpy as np
import pytest

import workbench as wb
from workbench.race import GRADIENT, HEIGHT, describe


def test_the_table_tells_the_first_step_within_each_tolerance():
    tolerances = (1.0, 1e-2, 1e-8)
    race = wb.race(
        "bowl", ["sgd"], rates=(0.25, 0.5, 1.0, 1.1), start=(1, 1.5), tolerances=tolerances,
        steps=40,
    )  # fmt: skip
    assert race.labels == ("sgd 0.25", "sgd 0.5", "sgd 1", "sgd 1.1")
    assert race.measure == HEIGHT
    # The height is 3.25 · 4⁻ᵏ, then 0, then 3.25 for ever, then ever more.
    assert race.arrivals.tolist() == [[1, 5, 15], [1, 1, 1], [-1, -1, -1], [-1, -1, -1]]
    assert [d.diverged for d in race.descents] == [False, False, False, True]
    rows = race.summary()["runners"]
    assert [row["steps_to"][2] for row in rows] == [15, 1, None, None]
    assert "sgd 0.5" in describe(race)


def test_without_a_known_minimum_the_gradient_counts():
    race = wb.race("x^2 + y^2", ["sgd"], rates=(0.25,), start=(1, 0), tolerances=(0.5,), steps=9)
    assert race.measure == GRADIENT
    assert race.arrivals.tolist() == [[2]]  # 2 · 2⁻ᵏ


def test_all_start_alike_and_see_the_same_noise():
    runners = ["adam", {"name": "sgd", "learning_rate": 0.001}, "adam"]
    race = wb.race("himmelblau", runners, start=(1, 2), steps=30, noise=0.3, seed=2)
    assert race.labels == ("adam 0.001", "sgd 0.001", "adam 0.001 (2)")
    for descent, optimizer in zip(race.descents, runners, strict=True):
        alone = wb.descend(
            "himmelblau", optimizer=optimizer, start=(1, 2), steps=30, noise=0.3, seed=2
        )
        assert np.array_equal(alone.path, descent.path)
    assert np.array_equal(race.descents[0].path, race.descents[2].path)


@pytest.mark.parametrize(
    ("optimizers", "options", "field"),
    [
        ([], {}, "optimizers"),
        (["sgdd"], {}, "optimizer"),
        (["sgd"], {"tolerances": ()}, "tolerances"),
        (["sgd"], {"tolerances": (0.1, -1)}, "tolerances"),
        (["sgd"], {"rates": (0.1, 0.0)}, "rates"),
        (["sgd"], {"rates": [0.1] * 100}, "optimizers"),
        (["sgd", "lbfgs"], {"noise": 1.0}, "descent.noise"),
    ],
)
def test_bad_input_is_named(optimizers, options, field):
    with pytest.raises(wb.BadValue) as caught:
        wb.race("bowl", optimizers, **options)
    assert caught.value.field == field
