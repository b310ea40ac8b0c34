"""Small comparisons: few parts of few starts, of types that other tests have compiled too."""

from __future__ import annotations

import pytest

from workbench.comparison.comparison import Comparison
from workbench.comparison.folder import claim
from workbench.comparison.plan import Plan
from workbench.comparison.runner import carry_out

INITIALIZERS = {"initializer": ["he_normal", "glorot_normal"]}


@pytest.fixture
def make_plan(full_batch):
    """A plan for 64 starts, two initializers and 12 steps, with some of it changed."""

    def make(vary=INITIALIZERS, starts=64, changes=(), **options):
        experiment = full_batch.replace({"stop.steps": 12, **dict(changes)})
        given = {"tolerances": [0.25, 0.2], "part": 32} | options
        return Plan.of(experiment, vary, starts, **given)

    return make


@pytest.fixture
def made(tmp_path):
    """Carry out a plan in a folder of its own."""

    def make(plan, name="made", polish=0, **options):
        folder = claim(tmp_path / name, plan)
        states = list(carry_out(folder, polish, **options))
        comparison = Comparison(folder)
        comparison.states = states
        return comparison

    return make


def contents(folder):
    """Every file of a comparison but the times, by its path, as bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "timing.json"
    }


@pytest.fixture
def bytes_of():
    return contents
