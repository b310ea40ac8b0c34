"""A start of a comparison, trained alone once more: the same bits, or said not to be."""

from __future__ import annotations

import numpy as np

from workbench.comparison.parts import read_part, write_part
from workbench.comparison.replay import replay
from workbench.comparison.training import about


def test_a_start_alone_ends_as_it_did_among_others(made, make_plan):
    comparison = made(make_plan())
    for case in comparison.cases:
        loss = comparison.ends(case, ["loss"])["loss"]
        for start in (0, 33, 63):
            found = replay(comparison, case, start)
            assert found.same
            assert (found.loss, found.steps) == (loss[start], 12)


def test_an_end_that_differs_by_one_bit_is_found(made, make_plan):
    comparison = made(make_plan(parameters=False))
    case, path = comparison.cases[0], comparison.paths(0)[0]
    columns = read_part(path)
    loss = columns["loss"].copy()
    loss[5] = np.nextafter(loss[5], 1.0)
    columns["loss"] = loss
    write_part(path, columns, about(comparison.plan, case, comparison.plan.part_range(0)))
    assert not replay(comparison, case, 5).same
    assert replay(comparison, case, 6).same


def test_what_is_not_there_yet_is_not_the_same(made, make_plan):
    comparison = made(make_plan())
    comparison.paths(1)[1].unlink()
    found = replay(comparison, comparison.cases[1], 40)
    assert (found.steps, found.same) == (-1, False)
