"""Spirals wound into each other, one class an arm.

Lang & Witbrock 1988, "Learning to tell two spirals apart", Proceedings of the 1988 Connectionist
Models Summer School: point i = 0 … 96 of an arm has the angle φ = iπ/16 and the radius
r = 6.5 (104 - i)/104, and lies at (r sin φ, r cos φ); the other arm is the first one turned by half
a turn. Here with any number of arms, points and turns; the radius always falls from 6.5 to 0.5.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from workbench.datasets import COMMON, SEED, Table, catalog, labelled, normals


class Spirals(NamedTuple):
    """``arms``, each with ``samples`` points and ``turns`` turns; ``noise``: standard deviation of
    each coordinate; ``seed`` of the noise."""

    arms: float = 2
    samples: float = 97
    turns: float = 3.0
    noise: float = 0.0
    seed: float = 0
    test_fraction: float = 0.25
    split_seed: float = 0
    scaling: str = "none"


def _table(item: Any) -> Table:
    arms, n = int(item.arms), int(item.samples)
    along = np.arange(n) / (n - 1)
    labels = np.repeat(np.arange(arms), n)
    angle = np.tile(2 * np.pi * item.turns * along, arms) + 2 * np.pi * labels / arms
    radius = np.tile(6.5 - 6.0 * along, arms)
    points = np.column_stack([radius * np.sin(angle), radius * np.cos(angle)])
    inputs = points + item.noise * normals(item.seed, 0, arms * n, 2)
    return labelled(inputs, labels, tuple(f"arm {k + 1}" for k in range(arms)))


catalog.register(
    Spirals,
    "spirals",
    "spirals wound into each other, one class an arm",
    hypers={
        "arms": ("integer [2, 20]", "number of spirals, each a class"),
        "samples": ("integer [2, 50000]", "samples of each arm"),
        "turns": ("(0, 100]", "turns of each arm"),
        "noise": ("[0, inf)", "standard deviation of the noise on each coordinate"),
        "seed": SEED,
    }
    | COMMON,
    shape=lambda item: (2, item.arms),
    table=_table,
)
