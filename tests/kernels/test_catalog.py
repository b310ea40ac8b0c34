"""Catalogues: discovery, ranges, and errors that name the nearest."""

from __future__ import annotations

import math
from pathlib import Path
from typing import NamedTuple

import pytest

import kernels
from kernels import (
    activations,
    batchings,
    initializers,
    losses,
    optimizers,
    outputs,
    penalties,
    schedules,
    surfaces,
)
from kernels.catalog import BadHyper, Catalog, Range, UnknownItem, nearest_names
from kernels.domains import FilePath, Text, Words

PACKAGES = [
    activations, batchings, initializers, losses, optimizers, outputs, penalties,
    schedules, surfaces,
]  # fmt: skip


@pytest.mark.parametrize("package", PACKAGES, ids=lambda p: p.__name__)
def test_every_file_of_a_package_is_one_item(package):
    files = {p.stem for p in Path(package.__file__).parent.glob("*.py")} - {"__init__"}
    catalog = package.catalog
    modules = {item.cls.__module__.rpartition(".")[2] for item in catalog}
    assert modules >= files
    fixed = {item.name for item in catalog if not item.cls.__module__.startswith("kernels.")}
    assert len(catalog) == len(files | fixed)
    for item in catalog:
        assert item.summary
        assert item.cls.__doc__
        assert catalog.get(item.name) is item
        assert type(item.make()) is item.cls
        assert item.build is not item.cls or item.make() == item.cls()
        assert catalog.of(item.make()) is item
        for alias in item.aliases:
            assert catalog.get(alias) is item
        for hyper in item.hypers:
            assert hyper.domain.take(hyper.name, hyper.default, None) == hyper.default
            assert hyper.meaning


def test_unknown_names_get_the_nearest():
    with pytest.raises(UnknownItem, match="adam"):
        optimizers.catalog.get("adma")
    with pytest.raises(UnknownItem, match="glorot_uniform"):
        initializers.catalog.get("Glorot-Uniform-ish")
    with pytest.raises(UnknownItem):
        optimizers.catalog.get(None)
    assert nearest_names("tahn", ["relu", "tanh"]) == ["tanh"]


@pytest.mark.parametrize("value", [0.0, -1, math.nan, math.inf, "fast", None, True, [1], 10**400])
def test_bad_hyper_parameters_are_refused(value):
    item = optimizers.catalog.get("sgd")
    with pytest.raises(BadHyper) as caught:
        item.make({"learning_rate": value})
    assert caught.value.field == "learning_rate"
    nearest = float(caught.value.nearest)
    assert item.make({"learning_rate": nearest}).learning_rate == nearest


def test_unknown_hyper_parameters_are_refused():
    with pytest.raises(BadHyper) as caught:
        optimizers.catalog.get("adam").make({"beta": 0.5})
    assert caught.value.nearest in ("beta1", "beta2")


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("(0, inf)", [1e-300, 1e300], [0.0, -1.0, math.inf, math.nan]),
        ("[0, 1)", [0.0, 0.999999], [1.0, -1e-9]),
        ("(0, 1]", [1.0, 1e-9], [0.0, 1.5]),
        ("integer [1, inf)", [1, 2.0, 1e15], [0, 1.5, -3]),
        ("(-inf, inf)", [-1e300, 0.0], [math.inf, -math.inf]),
    ],
)
def test_ranges(text, inside, outside):
    interval = Range(text)
    assert all(interval.holds(v) for v in inside)
    assert not any(interval.holds(v) for v in outside)
    assert all(interval.holds(interval.nearest(v)) for v in outside)


def test_registering_twice_or_without_a_declaration_is_an_error():
    catalog = Catalog("thing", kernels.__name__)

    class Thing(NamedTuple):
        size: float = 1.0

    hypers = {"size": ("(0, inf)", "how large")}
    catalog.register(Thing, "thing", "a thing", hypers=hypers)
    with pytest.raises(ValueError, match="twice"):
        catalog.register(Thing, "thing", "again", hypers=hypers)
    with pytest.raises(ValueError, match="declaration"):
        catalog.register(Thing, "other", "undeclared")


class Squared(NamedTuple):
    size: float
    square: float


def squared(size=3):
    return Squared(size, size * size)


def test_items_may_hold_what_is_worked_out_of_their_hyper_parameters():
    catalog = Catalog("thing", kernels.__name__, colour="grey")
    hypers = {"size": ("(0, inf)", "how large")}
    catalog.register(Squared, "squared", "a thing", hypers=hypers, build=squared)
    item = catalog.get("squared")
    assert item.make() == (3.0, 9.0)
    assert item.make({"size": 2}) == (2.0, 4.0)
    assert catalog.of(item.make()) is item
    assert item.facts == {"colour": "grey"}
    with pytest.raises(BadHyper):
        item.make({"square": 4.0})
    with pytest.raises(ValueError, match="declaration"):
        catalog.register(Squared, "other", "undeclared", build=squared)
    with pytest.raises(ValueError, match="default"):
        catalog.register(Squared, "other", "", hypers=hypers, build=lambda size: squared(size))


class Wordy(NamedTuple):
    size: float = 1
    kind: str = "soft"
    note: str = "NONE"
    path: str = ""


def upper_case(name, value):
    if value != value.upper():
        raise BadHyper(name, "must be in capitals", value, value.upper())
    return value.strip()


def wordy(**rules):
    catalog = Catalog("thing", kernels.__name__)
    hypers = {
        "size": ("(0, inf)", "how large"),
        "kind": (Words(lambda: ("soft", "hard")), "how it feels"),
        "note": (Text("a note", upper_case), "what to say"),
        "path": (FilePath(), "where it lies"),
    }
    catalog.register(Wordy, "wordy", "a thing with words", hypers=hypers, **rules)
    return catalog.get("wordy")


def test_words_and_texts_are_kept_as_they_are():
    made = wordy().make({"size": 3, "kind": "hard", "note": "A NOTE ", "path": "a/b"})
    assert made == (3.0, "hard", "A NOTE", "a/b")
    assert type(made.size) is float


@pytest.mark.parametrize(
    ("values", "nearest"),
    [
        ({"kind": "sofd"}, "soft"),
        ({"kind": 3}, "soft"),
        ({"kind": None}, "soft"),
        ({"kind": ["soft"]}, "soft"),
        ({"note": "loud"}, "LOUD"),
        ({"note": 3}, "NONE"),
        ({"note": "A\nB"}, "NONE"),
        ({"note": "A" * 5000}, "NONE"),
        ({"path": 3}, "the path of a file in quotes"),
        ({"path": "a\0b"}, "the path of a file in quotes"),
        ({"size": "3"}, 1.0),
    ],
    ids=repr,
)
def test_bad_words_and_texts_are_refused(values, nearest):
    with pytest.raises(BadHyper) as caught:
        wordy().make(values)
    assert caught.value.field == next(iter(values))
    assert caught.value.nearest == nearest


def test_what_kernels_take_holds_numbers_only():
    def rule():
        """Not called."""

    rule.implement = lambda cls, body: None
    with pytest.raises(ValueError, match="kernels take numbers only"):
        wordy(rules={rule: None})
    for package in PACKAGES:
        for item in package.catalog:
            if item.cls.__module__.startswith("kernels."):
                assert all(isinstance(hyper.domain, Range) for hyper in item.hypers)
