"""Single values: what counts as a whole number, a number in an interval, a named item."""

from __future__ import annotations

import copy
import math
import pickle

import numpy as np
import pytest

from kernels import optimizers
from workbench import BadValue
from workbench.fields import choose, integer, plain, within


def test_plain_leaves_no_numpy_behind():
    given = {"a": np.float32(0.5), "b": [np.arange(2), (np.bool_(True),)], "c": np.dtype("f4")}
    made = plain(given)
    assert made == {"a": 0.5, "b": [[0, 1], [True]], "c": "float32"}
    assert type(made["a"]) is float
    assert type(made["b"][1][0]) is bool


def test_integer_takes_whole_floats_and_names_the_nearest():
    assert integer("x", 3.0, 0, 10) == 3
    for value, nearest in ((-1, 0), (11, 10), (2.6, 3), (math.inf, 10), (math.nan, 0), (False, 0)):
        with pytest.raises(BadValue, match=f"x: .*; nearest valid: {nearest}$"):
            integer("x", value, 0, 10)


@pytest.mark.parametrize("interval", ["[0, 1)", "(0, 1]", "(0, inf)", "[-2, inf]"])
def test_what_within_calls_nearest_is_valid(interval):
    for value in (-1e300, -2, 0, 0.0, 0.5, 1, 1e300, 10**400, math.inf, -math.inf, math.nan, "x"):
        try:
            accepted = within("x", value, interval)
        except BadValue as error:
            within("x", float(str(error.nearest)), interval)
        else:
            low, high = (float(end) for end in interval.strip("[]()").split(","))
            assert low <= accepted <= high
            assert (
                accepted not in {low: "(", high: ")"} or interval[0] == "["[:1] or accepted != low
            )


def test_a_choice_reads_like_its_item_and_can_be_copied():
    choice = choose("optimizer", optimizers.catalog, {"name": "adam", "beta1": 0})
    assert (choice.name, choice.beta1, choice.learning_rate) == ("adam", 0.0, 0.001)
    assert choice.to_dict()["beta1"] == 0
    with pytest.raises(AttributeError):
        _ = choice.beta3
    assert pickle.loads(pickle.dumps(choice)) == copy.deepcopy(choice) == choice


def test_an_alias_becomes_the_name():
    assert choose("optimizer", optimizers.catalog, "gd").name == "sgd"
