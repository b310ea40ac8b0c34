"""What can be compared, how cases are named, and what a plan's hash stands for."""

from __future__ import annotations

import dataclasses

import pytest

import workbench as wb
from workbench.comparison.axes import Axis
from workbench.comparison.folder import claim
from workbench.comparison.plan import Plan, load_plan


def labels(plan):
    return [case.label for case in plan.cases]


def test_two_things_make_a_grid(make_plan):
    vary = {"optimizer.name": ["adam", "sgd"], "optimizer.learning_rate": [0.01, 0.1]}
    plan = make_plan(vary)
    assert labels(plan) == [
        "adam, learning_rate=0.01",
        "adam, learning_rate=0.1",
        "sgd, learning_rate=0.01",
        "sgd, learning_rate=0.1",
    ]
    chosen = [
        (c.experiment.optimizer.name, c.experiment.optimizer.learning_rate) for c in plan.cases
    ]
    assert chosen == [("adam", 0.01), ("adam", 0.1), ("sgd", 0.01), ("sgd", 0.1)]
    assert len({case.folder for case in plan.cases}) == 4


def test_short_forms_set_what_they_stand_for(make_plan):
    widths = make_plan({"width": [3, 5]})
    assert [c.experiment.network.sizes for c in widths.cases] == [(16, 3, 3, 2), (16, 5, 5, 2)]
    assert labels(widths) == ["width=3", "width=5"]
    batches = make_plan({"batch_size": [4, "full"]})
    assert [c.experiment.batching.name for c in batches.cases] == ["mini_batch", "full_batch"]
    assert batches.cases[0].experiment.batching.size == 4


def test_items_keep_or_take_hyper_parameters(make_plan):
    tables = [{"name": "normal", "deviation": d} for d in (0.1, 1)]
    plan = make_plan({"initializer": ["he_normal", *tables]})
    assert labels(plan) == ["he_normal", "normal(deviation=0.1)", "normal(deviation=1)"]
    assert [c.experiment.initializer.deviation for c in plan.cases[1:]] == [0.1, 1.0]


def test_without_anything_varied_there_is_one_case(make_plan):
    plan = make_plan({})
    assert labels(plan) == ["he_normal"]


def test_a_plan_read_again_is_the_same(make_plan, tmp_path):
    plan = make_plan({"initializer": ["he_normal", {"name": "normal", "deviation": 0.3}]})
    folder = claim(tmp_path / "made", plan)
    assert load_plan(folder) == plan


def test_the_hash_is_of_what_determines_the_ends(make_plan):
    plan = make_plan()
    assert make_plan(part=16).hash == plan.hash
    # The first start is where an experiment's own run would begin: a comparison has them all.
    assert make_plan(changes={"start": 5}).hash == plan.hash
    others = [
        make_plan(starts=65),
        make_plan(tolerances=[0.25]),
        make_plan(every=2),
        make_plan(parameters=False),
        make_plan(changes={"seed": 1}),
        make_plan({"initializer": ["glorot_normal", "he_normal"]}),
    ]
    assert len({plan.hash, *(other.hash for other in others)}) == 7


def test_parts_hold_every_start_once(make_plan):
    plan = make_plan(starts=70, part=32)
    found = [k for number in range(plan.parts) for k in plan.part_range(number)]
    assert found == list(range(70))


def test_a_part_is_small_where_training_is_long(full_batch):
    quick, slow = (
        Plan.of(full_batch.replace(stop={"steps": steps}), {}, 10).part for steps in (1, 10**6)
    )
    assert quick == 4096
    assert 16 <= slow < 256


@pytest.mark.parametrize(
    ("vary", "options", "field", "near"),
    [
        ({"initializer": ["he_norml"]}, {}, "initializer.name", "he_normal"),
        ({"optimizer": ["adam", "adm"]}, {}, "optimizer.name", "adam"),
        ({"optimizer.learnin_rate": [0.1]}, {}, "optimizer.learnin_rate", "learning_rate"),
        ({"initializer": []}, {}, "vary.initializer", "2"),
        ({"initializer": ["zeros", "zeros"]}, {}, "vary", "another"),
        ({"seed": [1], "width": [3], "batch_size": [2]}, {}, "vary", "seed, width"),
        ({"width": [0]}, {}, "width", "1"),
        ({"width": [2.5]}, {}, "width", "2"),
        ({"batch_size": [0]}, {}, "batching.size", "1"),
        ({"sed": [1, 2]}, {}, "sed", "seed"),
        ({}, {"starts": 0}, "starts", "1"),
        ({}, {"starts": "many"}, "starts", "1"),
        ({}, {"tolerances": [-1.0]}, "tolerance", "0"),
        ({}, {"tolerances": [0.1, 0.1]}, "tolerance", "0.1"),
        ({}, {"tolerances": ["low"]}, "tolerance", ""),
        ({}, {"every": 0}, "every", "1"),
        ({}, {"every": 1, "changes": {"stop.steps": 10**6}}, "every", "100"),
    ],
)
def test_bad_plans_name_the_nearest(vary, options, field, near, make_plan):
    with pytest.raises(wb.BadValue) as caught:
        make_plan(vary, **options)
    assert field is None or caught.value.field == field
    assert near in str(caught.value).partition("nearest valid: ")[2]


def test_a_width_needs_a_hidden_layer(full_batch):
    flat = full_batch.replace(network={"sizes": [16, 2]})
    with pytest.raises(wb.BadValue, match="hidden layer"):
        Plan.of(flat, {"width": [3]}, 10)


def test_a_rate_is_varied_only_where_there_is_one():
    """Every optimizer that trains many at once has a learning rate, so any other field stands for
    one that an item lacks."""
    base = wb.Experiment.preset("xor")
    with pytest.raises(wb.BadValue) as caught:
        Plan.of(base, {"optimizer": ["sgd", "adam"], "optimizer.beta1": [0.5, 0.9]}, 10)
    assert caught.value.field == "optimizer.beta1"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("starts = 64", "starts = 65", "has changed"),
        ("starts = 64", "starts = -1", "starts"),
        ("format = 1", "format = 99", "another version"),
        ("[comparison]", "[comparision]", "comparison"),
        ("[[vary]]", "[vary", "TOML"),
        ('key = "initializer"', 'kex = "initializer"', "key"),
        ('name = "full_batch"', 'name = "ful_batch"', "full_batch"),
    ],
)
def test_a_damaged_plan_is_told_in_one_line(old, new, said, make_plan, tmp_path):
    folder = claim(tmp_path / "made", make_plan())
    path = folder / "comparison.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(wb.WorkbenchError, match=said) as caught:
        load_plan(folder)
    assert str(path) in str(caught.value)


def test_a_file_with_other_content_is_another_comparison(tmp_path, full_batch):
    path = tmp_path / "start.npy"
    import numpy as np

    np.save(path, np.zeros(158))
    e = full_batch.replace(initializer={"name": "file", "path": str(path)})
    plan = Plan.of(e, {"optimizer.learning_rate": [0.1, 0.2]}, 8)
    folder = claim(tmp_path / "made", plan)
    np.save(path, np.ones(158))
    with pytest.raises(wb.WorkbenchError, match="has changed since"):
        load_plan(folder)


def test_what_is_in_a_folder_stays(make_plan, tmp_path):
    plan = make_plan()
    folder = claim(tmp_path / "made", plan)
    assert claim(tmp_path / "made", plan) == folder
    before = (folder / "comparison.toml").read_bytes()
    with pytest.raises(wb.BadValue, match="another comparison"):
        claim(folder, make_plan(starts=65))
    assert (folder / "comparison.toml").read_bytes() == before
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "mine.txt").write_text("mine")
    with pytest.raises(wb.BadValue, match="empty folder"):
        claim(tmp_path / "used", plan)
    with pytest.raises(wb.BadValue, match="not a file"):
        claim(tmp_path / "used" / "mine.txt", plan)
    assert [p.name for p in (tmp_path / "used").iterdir()] == ["mine.txt"]


def test_what_does_not_fit_on_the_disk_is_refused_and_leaves_nothing(make_plan, tmp_path):
    huge = dataclasses.replace(make_plan(), starts=2**32)
    huge = dataclasses.replace(huge, cases=huge.cases * 50)
    with pytest.raises(wb.BadValue, match="are free"):
        claim(tmp_path / "deep" / "made", huge)
    assert not list(tmp_path.iterdir())


def test_labels_of_values():
    sizes = Axis.of("network.sizes", [[16, 4, 2], [16, 8, 2]])
    assert sizes.labels() == ["sizes=16-4-2", "sizes=16-8-2"]
    assert Axis.of("optimizer.learning_rate", [0.5, 1e-3, 2.0]).labels() == [
        "learning_rate=0.5",
        "learning_rate=0.001",
        "learning_rate=2",
    ]
