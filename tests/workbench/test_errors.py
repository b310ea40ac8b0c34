"""Bad input of every kind: one line that names field, rule, value and the nearest valid."""

from __future__ import annotations

import math
import pickle

import pytest

import workbench as wb


@pytest.mark.parametrize(
    ("changes", "field", "near"),
    [
        ({"sed": 1}, "sed", "seed"),
        ({"optimiser": {}}, "optimiser", "optimizer"),
        (
            {"data": {"name": "drawn01_4x4", "test_fractoin": 0.1}},
            "data.test_fractoin",
            "test_fraction",
        ),
        ({"network": {"size": [16, 2]}}, "network.size", "sizes"),
        ({"network": {"loss": "mean_square_error"}}, "network.loss", "mean_squared_error"),
        ({"network": {"output": "softmx"}}, "network.output", "softmax"),
        ({"network": {"activations": ["relu", "tan"]}}, "network.activations[1]", "tanh"),
        ({"network": {"activations": "mich"}}, "network.activations", "mish"),
        ({"penalty": "elastic"}, "penalty", "elastic_net"),
        ({"penalty": {"name": "l1", "strenght": 1}}, "penalty.strenght", "strength"),
        ({"initializer": "he_norm"}, "initializer", "he_normal"),
        ({"optimizer": "adagrd"}, "optimizer", "adagrad"),
        (
            {"optimizer": {"name": "adam", "learningrate": 1}},
            "optimizer.learningrate",
            "learning_rate",
        ),
        ({"optimizer": {"name": "sgd", "nam": "adam"}}, "optimizer.nam", "name"),
        ({"penalty": {"name": "none", "nmae": "l2"}}, "penalty.nmae", "name"),
        ({"schedule": {"name": "exponental"}}, "schedule.name", "exponential"),
        ({"batching": {"name": "mini_batch", "sise": 4}}, "batching.sise", "size"),
        ({"stop": {"step": 4}}, "stop.step", "steps"),
        ({"dtype": "float46"}, "dtype", "float64"),
        ({"data": "digits_8x9"}, "data", "digits_8x8"),
    ],
)
def test_misspellings_name_the_nearest(changes, field, near):
    with pytest.raises(wb.BadValue) as caught:
        wb.Experiment.of(changes)
    assert caught.value.field == field
    assert near in str(caught.value).partition("nearest valid: ")[2]


HUGE = 10**5000  # longer than Python is willing to write out
NESTED: list = []
for _ in range(100_000):
    NESTED = [NESTED]
MANY = [{"name": "leaky_relu", "negative_slope": k / 100} for k in range(39)]
HOSTILE = [
    {"seed": -1},
    {"seed": 2**63},
    {"seed": HUGE},
    {"seed": 1.5},
    {"seed": math.nan},
    {"seed": math.inf},
    {"seed": True},
    {"seed": "1"},
    {"seed": None},
    {"seed": []},
    {"start": 2**32},
    {"dtype": 32},
    {"dtype": ["float32"]},
    {"title": 3},
    {"title": "two\nlines"},
    {"title": "\udcff"},
    {"title": "\x1b[31m"},
    {"data": 3},
    {"data": {}},
    {"data": {"name": 3}},
    {"data": {"name": "drawn01_4x4", "test_fraction": 0.91}},
    {"data": {"name": "drawn01_4x4", "test_fraction": -0.0001}},
    {"data": {"name": "csv"}},
    {"data": {"name": "csv", "path": 3}},
    {"data": {"name": "csv", "path": ["a", "b"]}},
    {"data": {"name": "csv", "path": "a\0b"}},
    {"data": {"name": "csv", "path": "/" * 5000}},
    {"data": {"name": "csv", "path": "\udcff"}},
    {"data": {"name": "npz", "path": NESTED}},
    {"data": {"name": "two_moons", "coding": 1}},
    {"data": {"name": "two_moons", "scaling": ["none"]}},
    {"data": {"name": "formula", "formula": HUGE}},
    {"data": {"name": "formula", "formula": "x1 +\n x2"}},
    {"data": {"name": "formula", "formula": "(" * 4000}},
    {"data": {"name": "gaussian_teacher", "teacher": [5, 1]}},
    {"initializer": {"name": "file", "path": True}},
    {"initializer": {"name": "perturbed", "of": "perturbed"}},
    {"initializer": {"name": "between", "of": None}},
    {"network": []},
    {"network": {"sizes": []}},
    {"network": {"sizes": [16]}},
    {"network": {"sizes": 16}},
    {"network": {"sizes": "16,2"}},
    {"network": {"sizes": [16, 0, 2]}},
    {"network": {"sizes": [16, -6, 2]}},
    {"network": {"sizes": [16, 6.5, 2]}},
    {"network": {"sizes": [16, HUGE, 2]}},
    {"network": {"sizes": [16, True, 2]}},
    {"network": {"sizes": [16, [6], 2]}},
    {"network": {"sizes": [16, 65536, 65536, 2]}},
    {"network": {"sizes": [15, 6, 6, 2]}},
    {"network": {"sizes": [16] * 40 + [2], "activations": MANY}},
    {"network": {"sizes": [16, 6, 6, 3]}},
    {"network": {"activations": ["relu"]}},
    {"network": {"activations": [3, 4, math.nan]}},
    {"network": {"activations": 7}},
    {"network": {"activations": [None, None]}},
    {"network": {"sizes": [16, 2], "activations": "rleu"}},
    {"network": {"activations": [{"name": "leaky_relu", "slope": "x"}, "relu"]}},
    {"network": {"loss": "cross_entropy", "output": "identity"}},
    {"network": {"loss": "hinge", "output": "softmax"}},
    {"network": {"loss": "focal", "output": "identity"}},
    {"penalty": {"name": "l2", "strength": -1}},
    {"penalty": {"name": "elastic_net", "l1_share": 1.5}},
    {"initializer": "constructed_tutorial", "network": {"sizes": [16, 4, 2]}},
    {"optimizer": "x" * 10**6},
    {"optimizer": {"learning_rate": 0.1}},
    {"optimizer": {"name": "sgd", "learning_rate": 0}},
    {"optimizer": {"name": "sgd", "learning_rate": -1.0}},
    {"optimizer": {"name": "sgd", "learning_rate": math.nan}},
    {"optimizer": {"name": "sgd", "learning_rate": math.inf}},
    {"optimizer": {"name": "sgd", "learning_rate": HUGE}},
    {"optimizer": {"name": "sgd", "learning_rate": "0.1"}},
    {"optimizer": {"name": "sgd", "learning_rate": True}},
    {"optimizer": {"name": "sgd", "learning_rate": NESTED}},
    {"optimizer": {"name": "adam", "beta1": 1.0}},
    {"batching": {"name": "mini_batch", "size": 0}},
    {"batching": {"name": "mini_batch", "size": 2.5}},
    {"stop": 100},
    {"stop": {"steps": -1}},
    {"stop": {"steps": 10**12 + 1}},
    {"stop": {"steps": math.inf}},
    {"stop": {"loss": -0.1}},
    {"stop": {"loss": math.nan}},
    {"stop": {"accuracy": 1.01}},
    {"stop": {"diverged_above": 0}},
    {"stop": {"check_every": -1}},
    {"stop": {"accuracy": [0.9]}},
    {3: 4},
]


@pytest.mark.parametrize("values", HOSTILE, ids=lambda values: repr(next(iter(values))))
def test_bad_values_are_refused_in_one_short_line(values):
    field = str(next(iter(values)))
    with pytest.raises(wb.BadValue) as caught:
        wb.Experiment.of(values)
    message = str(caught.value)
    assert message.splitlines() == [message]
    assert len(message) < 700
    assert message.startswith((field, "network.sizes"))
    assert "nearest valid: " in message


@pytest.mark.parametrize(
    "changes",
    [
        {"": 1},
        {".seed": 1},
        {"seed.x": 1},
        {"optimizer.": 0.1},
        {"optimizer.learning_rate.x": 0.1},
        {"optimizer": 5},
        {"optimizer": None},
        {"optimizer.name": None},
        {"stop": "never"},
        {"nonsense.steps": 1},
        {7: 1},
    ],
    ids=repr,
)
def test_bad_changes_are_refused(tutorial, changes):
    with pytest.raises(wb.BadValue):
        tutorial.replace(changes)


@pytest.mark.parametrize("text", ["= 3", "[data", "seed = 1\nseed = 2", "x = " + "[" * 10**5, "\0"])
def test_bad_toml_names_the_file(text, tmp_path):
    path = tmp_path / "bad.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(wb.WorkbenchError, match=r"bad\.toml") as caught:
        wb.Experiment.load(path)
    assert len(str(caught.value).splitlines()) == 1


def test_unreadable_files_are_refused(tmp_path):
    (tmp_path / "latin.toml").write_bytes(b'title = "caf\xe9"')
    for path in ("missing.toml", ".", "latin.toml", "latin.toml/below", "a\0b", "x" * 300):
        with pytest.raises(wb.WorkbenchError, match="cannot be read"):
            wb.Experiment.load(tmp_path / path)
    with pytest.raises(wb.WorkbenchError, match="cannot be written"):
        wb.Experiment.of({}).save(tmp_path)


def test_an_error_is_the_same_in_another_process():
    error = wb.BadValue("optimizer.learning_rate", "must be above 0", -1.0, 0.1)
    twin = pickle.loads(pickle.dumps(error))
    assert str(twin) == str(error)
    assert (twin.field, twin.rule, twin.value, twin.nearest) == (
        "optimizer.learning_rate", "must be above 0", -1.0, 0.1,
    )  # fmt: skip
