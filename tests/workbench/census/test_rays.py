"""Rays to infinity: told from the loss written out, beside activations that do reach their ends."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

import workbench as wb
from workbench.census.ends import settle
from workbench.census.rays import onward, scaled_units
from workbench.census.site import Point, Site

# Exclusive or: unit 1 is on for input 1 alone, unit 2 for either input, so that (0, 1) and (1, 1)
# are answered alike, by 1/2. All slopes of the units are zero but for rounding.
SATURATED = np.array([60.0, 60.0, -60.0, 60.0, -30.0, -30.0, 40.0, 40.0, -40.0])


def site_of(activation):
    return Site(wb.Experiment.preset("xor_2_2_1").replace(network={"activations": activation}))


def xor_loss(p, f):
    corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    hidden = f(corners @ p[:4].reshape(2, 2) + p[4:6])
    answers = 1.0 / (1.0 + np.exp(-(hidden @ p[6:8] + p[8])))
    return np.mean((answers - [0.0, 1.0, 1.0, 0.0]) ** 2)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
def test_only_what_comes_into_saturated_units_is_scaled(activation):
    site = site_of(activation)
    p = SATURATED.copy()
    p[[1, 3, 5]] = 0.4, -0.7, 0.2  # the second unit is not saturated
    ray = scaled_units(site, p, site.look(p))
    far = p.copy()
    f = np.tanh if activation == "tanh" else lambda z: 1.0 / (1.0 + np.exp(-z))
    with np.errstate(over="ignore"):
        losses = []
        for factor in (2.0, 4.0, 8.0, 16.0):
            far[[0, 2, 4]] = factor * p[[0, 2, 4]]
            losses.append(xor_loss(far, f))
    assert ray.falls == (np.diff([xor_loss(p, f), *losses]) <= 1e-15).all()
    assert ray.limit == pytest.approx(losses[-1], rel=1e-12)


def test_a_flat_that_saturated_units_make_is_no_minimum():
    site = site_of("sigmoid")
    point = site.look(SATURATED)
    assert point.size < 1e-10
    assert point.loss == pytest.approx(1 / 8)
    ray = scaled_units(site, SATURATED, point)
    assert ray.falls
    assert ray.rises_back
    ((end,),) = settle(site.model.experiment, SATURATED[None], threads=1)
    assert end.kind in ("escaping", "infimum at infinity")


@pytest.mark.parametrize("activation", ["hard_tanh", "relu"])
def test_units_that_reach_their_ends_or_have_none_are_left_alone(activation):
    site = site_of(activation)
    assert scaled_units(site, SATURATED, site.look(SATURATED)) is None


def test_units_that_are_not_saturated_are_left_alone():
    site = site_of("sigmoid")
    p = np.linspace(-1.0, 1.0, 9)
    assert scaled_units(site, p, site.look(p)) is None


def test_the_loss_must_not_rise_on_the_ray():
    site, met = site_of("sigmoid"), 0
    rng = np.random.default_rng(0)
    mine = np.isin(np.arange(9), [0, 2, 4])
    for _ in range(20):
        p = rng.normal(size=9)
        p[mine] = 20.0, 20.0, -0.5
        point = site.look(p)
        if site.loss(np.where(mine, 16.0 * p, p)) > point.loss + 1e-12:
            met += 1
            assert not scaled_units(site, p, point).falls
    assert met > 3


CASES = [(False, 1e-13, True), (True, 1e-13, False), (True, 1e-6, True)]


@pytest.mark.parametrize(("penalized", "slope", "falls"), CASES)
def test_under_a_penalty_a_gradient_that_is_left_is_no_way_to_infinity(penalized, slope, falls):
    """A loss that falls for ever, as steeply everywhere."""

    def look(p):
        return Point(0.005 - slope * float(p[0]), np.array([-slope, 0.0]), 0, slope)

    site = SimpleNamespace(penalized=penalized, look=look)
    at, way = np.array([1.0, 0.0]), np.array([1.0, 0.0])
    assert onward(site, at, look(at), way, True).falls == falls
