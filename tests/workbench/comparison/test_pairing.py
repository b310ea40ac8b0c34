"""Cases share their random numbers where their initializers ask for the same kind."""

from __future__ import annotations

from workbench.comparison.pairing import shared, unvaried


def test_kin_share_their_numbers(make_plan):
    names = ["he_normal", "he_uniform", "glorot_normal", "glorot_uniform", "lecun_normal"]
    groups = shared(make_plan({"initializer": names}).cases)
    assert groups == [
        ["he_normal", "glorot_normal", "lecun_normal"],
        ["he_uniform", "glorot_uniform"],
    ]


def test_sizes_and_seeds_part_them(make_plan):
    assert len(shared(make_plan({"width": [3, 4]}).cases)) == 2
    assert len(shared(make_plan({"seed": [0, 1]}).cases)) == 2
    assert len(shared(make_plan({"optimizer": ["sgd", "adam"]}).cases)) == 1


def test_initializers_with_a_single_start_are_told(make_plan):
    assert unvaried(make_plan({"initializer": ["zeros", "he_normal"]}).cases) == ["zeros"]
