"""Ends of many starts: in order, the same whoever settles them, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import workbench as wb
from workbench.census.ends import KINDS, MOST_PARAMETERS, confirm, settle
from workbench.errors import BadValue


@pytest.fixture(scope="module")
def xor():
    return wb.Experiment.preset("xor").replace(penalty={"name": "l2", "strength": 0.003})


@pytest.fixture(scope="module")
def points():
    """Twenty places, of 17 parameters each, the fourth no numbers."""
    made = np.random.default_rng(0).normal(size=(20, 17))
    made[3, 5] = np.nan
    return made


@pytest.fixture(scope="module")
def ends(xor, points):
    return [end for block in settle(xor, points, threads=1) for end in block]


def test_ends_are_in_order_and_lower_than_where_they_began(xor, points, ends):
    assert len(ends) == 20
    assert ends[3].kind == "diverged"
    np.testing.assert_array_equal(ends[3].parameters, points[3])
    for point, end in zip(points, ends, strict=True):
        assert end.kind in KINDS
        if end.kind != "diverged":
            loss, gradient = wb.loss_and_gradient(xor.replace(dtype="float64"), end.parameters)
            assert end.loss == pytest.approx(loss, rel=1e-12)
            assert end.gradient_norm == pytest.approx(np.linalg.norm(gradient), abs=1e-12)
            assert loss < wb.loss_and_gradient(xor.replace(dtype="float64"), point)[0]


def test_an_end_is_the_same_alone_among_others_and_on_any_thread(xor, points, ends):
    before = points.copy()
    threaded = [end for block in settle(xor, points, threads=3) for end in block]
    ((alone,),) = settle(xor, points[7:8], threads=1)
    np.testing.assert_array_equal(points, before)
    for one, other in [*zip(ends, threaded, strict=True), (ends[7], alone)]:
        assert (one.kind, one.reason, one.steps) == (other.kind, other.reason, other.steps)
        np.testing.assert_array_equal(one.parameters, other.parameters)
        np.testing.assert_array_equal(one.eigenvalues, other.eigenvalues)


def test_progress_is_told_and_what_is_done_once_cancelled_is_kept(xor, points, ends):
    many, told = np.tile(points, (3, 1)), []
    blocks = settle(xor, many, threads=1, progress=lambda *p: told.append(p),
                    cancelled=lambda: bool(told))  # fmt: skip
    found = [end for block in blocks for end in block]
    assert told[-1] == (len(found), 60)
    assert 0 < len(found) < 60
    assert [end.reason for end in found[:20]] == [end.reason for end in ends[: len(found)]]


@pytest.mark.parametrize(
    ("wrong", "shown"),
    [
        (np.zeros((2, 16)), r"shape \(m, 17\).*\(2, 16\)"),
        (np.zeros(17), r"shape \(m, 17\).*\(17,\)"),
        ([["a"] * 17], r"shape \(m, 17\)"),
    ],
)
def test_what_are_no_parameters_is_refused(xor, wrong, shown):
    with pytest.raises(BadValue, match=shown):
        settle(xor, wrong)


def test_networks_too_large_for_their_hessian_are_refused(xor):
    large = xor.replace(network={"sizes": [2, 1100, 1]})
    with pytest.raises(BadValue, match=f"at most {MOST_PARAMETERS}"):
        settle(large, np.zeros((1, 4401)))


def test_a_wrong_verdict_is_not_borne_out(xor, ends):
    minimum = next(end for end in ends if end.kind == "strict minimum")
    assert confirm(xor, minimum).holds
    told = confirm(xor, replace(minimum, kind="saddle"))
    assert (told.holds, told.lower, told.fall) == (False, 0, 0.0)
    beside = minimum.parameters + 0.01
    loss, _ = wb.loss_and_gradient(xor.replace(dtype="float64"), beside)
    told = confirm(xor, replace(minimum, parameters=beside, loss=loss))
    assert not told.holds
    assert told.lower > 0
    assert told.fall > 0.0
    with pytest.raises(BadValue, match=r"end\.kind.*diverged"):
        confirm(xor, ends[3])
