"""What lies around minima: held against single trainings, each polished by itself."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations, product

import numpy as np
import pytest

import workbench as wb
from workbench.census.ends import settle
from workbench.comparison.around import basins_through, others_of, surface_around
from workbench.maps.basin_map import OTHER
from workbench.multistart import train_starts

SIDE = 9
XOR = wb.Experiment.preset("xor").replace(
    {"penalty.name": "l2", "penalty.strength": 1e-3, "stop.steps": 2000}
)


@pytest.fixture(scope="module")
def census(tmp_path_factory):
    vary = {"initializer": ["he_normal", "glorot_normal"]}
    folder = tmp_path_factory.mktemp("around") / "xor"
    return wb.compare(XOR, vary, 16, folder, polish=16).census


def answers(p):
    """What the 2-4-1 network answers on the four samples, before its sigmoid."""
    hidden = np.tanh(wb.load_data(XOR).train.inputs @ p[:8].reshape(2, 4) + p[8:12])
    return hidden @ p[12:16] + p[16]


def apart(p, q):
    """The distance of two networks over all orders and signs of the four hidden units."""
    units, others = (np.vstack([v[:8].reshape(2, 4), v[8:12], v[12:16]]).T for v in (p, q))
    signed = np.array(list(product((1.0, -1.0), repeat=4)))[:, None, :, None]
    orders = others[np.array(list(permutations(range(4))))][None]
    gaps = ((signed * orders - units) ** 2).sum((2, 3))
    return np.sqrt(gaps.min() + (p[16] - q[16]) ** 2)


def is_one(end, minimum):
    """Whether an end is a minimum of the list: the same point, or of the same valley."""
    if minimum.kind == "strict minimum":
        return apart(end.parameters, minimum.parameters) < 1e-3
    near = np.abs(answers(end.parameters) - answers(minimum.parameters)).max() < 1e-3
    return near and end.kind == "degenerate minimum"


def test_basins_are_those_of_trainings_that_are_polished_one_by_one(census):
    *_, (made, places) = basins_through(XOR, census, [0, 1, 2], SIDE)
    assert made.label.shape == (SIDE, SIDE)
    a, b, c = (census.minima[k].parameters for k in (0, 1, 2))
    across = (b - a) / np.linalg.norm(b - a)
    up = c - a - ((c - a) @ across) * across
    up /= np.linalg.norm(up)
    wanted = [[(p - a) @ d for d in (across, up)] for p in (a, b, c)]
    assert places == pytest.approx(np.array(wanted))
    w = made.window
    x, y = np.meshgrid(np.linspace(w.x_low, w.x_high, SIDE), np.linspace(w.y_low, w.y_high, SIDE))
    points = a + x.reshape(-1, 1) * across + y.reshape(-1, 1) * up
    blocks = train_starts(XOR, SIDE * SIDE, points=points.astype(np.float32))
    trained = np.concatenate([block.parameters for block in blocks])
    ends = [end for found in settle(XOR, trained) for end in found]
    same = np.array([[is_one(end, m) for m in census.minima] for end in ends])
    label = made.label.ravel()
    known = label >= 0
    assert known.mean() > 0.5
    assert same[known, label[known]].mean() > 0.85
    assert same[~known].any(1).mean() < 0.2
    assert set(label[~known].tolist()) <= {OTHER}


def test_coarse_maps_come_first_and_no_more_once_cancelled(census):
    states = list(basins_through(XOR, census, [0, 1, 2], SIDE))
    strides = [basin.made.stride for basin in states]
    assert strides == sorted(strides, reverse=True)
    assert strides[-1] == 1
    seen = []
    for basin in basins_through(XOR, census, [0, 1, 2], SIDE, cancelled=lambda: bool(seen)):
        seen.append(basin)
    assert len(seen) == 1


@pytest.mark.parametrize("ids", [[0, 1], [0, 1, 1], [0, 1, 10**6], [-1, 0, 1]])
def test_three_different_minima_are_asked_for(census, ids):
    with pytest.raises(wb.BadValue, match="three different minima"):
        next(basins_through(XOR, census, ids, SIDE))


def test_minima_on_one_line_lay_no_plane(census):
    a, b, c = census.minima[:3]
    between = replace(c, parameters=(a.parameters + b.parameters) / 2)
    bent = replace(census, minima=(a, b, between))
    with pytest.raises(wb.WorkbenchError, match="one line"):
        next(basins_through(XOR, bent, [0, 1, 2], SIDE))


def test_the_surface_rises_from_the_minimum_as_the_hessian_says(census):
    minimum = census.minima[0]
    made = surface_around(XOR, minimum, 21)
    exact = XOR.replace(dtype="float64")
    values, vectors = np.linalg.eigh(wb.hessian(exact, minimum.parameters))
    assert made.plane.facts["eigenvalues"] == pytest.approx(values[::-1][:2])
    assert abs(made.plane.directions[0] @ vectors[:, -1]) == pytest.approx(1.0)
    assert made.values[10, 10] == pytest.approx(minimum.loss, rel=1e-9)
    for row, column in ((10, 20), (0, 3)):
        point = made.plane.origin + made.along[column] * made.plane.directions[0]
        point = point + made.across[row] * made.plane.directions[1]
        loss, _ = wb.loss_and_gradient(exact, point)
        assert made.values[row, column] == pytest.approx(loss, rel=1e-9)


def test_the_nearest_other_comes_first(census):
    minimum = census.minima[1]
    ids = others_of(census, minimum)
    assert sorted(ids) == [m.id for m in census.minima if m.id != 1]
    assert ids[0] == minimum.nearest.other
    assert ids[1:] == sorted(ids[1:])
    assert others_of(census, replace(minimum, nearest=None)) == sorted(ids)
