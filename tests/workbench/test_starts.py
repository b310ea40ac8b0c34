"""Bundled starting points are labelled as constructed and say where they came from."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import workbench as wb
from kernels import initializers
from workbench import starts


def test_the_constructed_start_says_so():
    item = initializers.catalog.get("constructed_tutorial")
    assert "constructed" in item.summary
    file = Path(starts.__file__).parent / "constructed_tutorial.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    assert "constructed" in content["title"]
    assert content["sizes"] == [16, 6, 6, 2]


def test_it_lies_near_the_drawn_start_that_it_names(tutorial):
    file = Path(starts.__file__).parent / "constructed_tutorial.json"
    origin = json.loads(file.read_text(encoding="utf-8"))["moved_from"]
    tutorial = tutorial.replace(dtype="float64")
    constructed = wb.initial_parameters(tutorial)
    distances = []
    for start in range(30):
        drawn = wb.initial_parameters(tutorial.replace(origin | {"start": start}))
        distances.append(np.linalg.norm(constructed - drawn))
    assert np.argmin(distances) == origin["start"]
    assert min(distances) < 0.5 * np.median(distances)


def test_seed_and_start_change_nothing_of_it(tutorial):
    fixed = wb.initial_parameters(tutorial)
    np.testing.assert_array_equal(wb.initial_parameters(tutorial.replace(seed=9, start=3)), fixed)
    np.testing.assert_allclose(wb.initial_parameters(tutorial.replace(dtype="float64")), fixed)


def test_it_is_for_its_own_sizes_only(tutorial):
    with pytest.raises(wb.BadValue, match=r"network\.sizes: must be \[16, 6, 6, 2\]"):
        tutorial.replace(network={"sizes": [16, 5, 6, 2]})
