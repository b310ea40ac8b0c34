"""Descents: textbook cases, what they end at, and what they show at each step."""

from __future__ import annotations

import numpy as np
import pytest

import workbench as wb
from kernels import surfaces
from workbench.descent import carry_out
from workbench.descent_experiment import DescentExperiment
from workbench.surface import DOMAIN, Surface

BOWLS = ("bowl", "x^2 + y^2")


def sgd(rate):
    return {"name": "sgd", "learning_rate": rate}


@pytest.mark.parametrize("surface", BOWLS)
def test_a_rate_of_a_half_lands_in_one_step(surface):
    descent = wb.descend(surface, optimizer=sgd(0.5), start=(1.0, 1.5), steps=3)
    assert np.array_equal(descent.points, [(1.0, 1.5), (0, 0), (0, 0), (0, 0)])
    assert (descent.kind, descent.value, descent.gradient_norm) == ("minimum", 0.0, 0.0)
    assert descent.verdict.eigenvalues == (2.0, 2.0)


@pytest.mark.parametrize("surface", BOWLS)
def test_a_rate_of_one_stays_at_the_same_value_for_ever(surface):
    descent = wb.descend(surface, optimizer=sgd(1.0), start=(0.1, 0.7), steps=1000)
    assert (descent.values == descent.values[0]).all()
    assert np.array_equal(np.abs(descent.points), np.full((1001, 2), (0.1, 0.7)))
    assert descent.kind == "not_converged"
    assert descent.known_minimum is None


@pytest.mark.parametrize("surface", BOWLS)
@pytest.mark.parametrize(("rate", "steps"), [(1.1, 20), (1.01, 300), (1.5, 5000)])
def test_rates_above_one_diverge(surface, rate, steps):
    descent = wb.descend(surface, optimizer=sgd(rate), start=(1.0, 1.5), steps=steps)
    assert descent.diverged
    assert descent.reason
    assert np.isfinite(descent.path).all()
    assert not descent.path.flags.writeable
    assert (descent.steps < steps) == (steps == 5000)


def test_a_rate_below_a_half_comes_closer_by_the_same_factor():
    descent = wb.descend("bowl", optimizer=sgd(0.25), start=(1.0, -1.0), steps=40)
    assert np.array_equal(descent.points[:, 0], 0.5 ** np.arange(41))


@pytest.mark.parametrize(
    ("surface", "options", "kind", "degenerate"),
    [
        ("x^2 - y^2", {"start": (1, 0)}, "saddle", False),
        ("-x^2 - y^2", {"start": (0, 0)}, "maximum", False),
        ("x^3 - 3*x*y^2", {"start": (0, 0)}, "saddle", True),
        ("x^4 + y^4 + 7", {"start": (0, 0)}, "minimum", True),
        ("-x^4 - y^4", {"start": (0, 0)}, "maximum", True),
        ("y^2", {"start": (1, 0)}, "minimum", True),
        ("3 + 0*x", {}, "plateau", True),
        ("exp(-x^2 - y^2)", {"start": (40, 0)}, "plateau", True),
        ("abs(x) + abs(y)", {"start": (0, 0)}, "minimum", True),
        ("abs(x) + y^2", {"start": (1, 1)}, "kink", False),
        ("max(x, -2*x) + y^2", {"start": (1, 1)}, "kink", False),
        ("1e-9*(x^2 + y^2)", {"start": (1, 1)}, "not_converged", False),
        ("1e-9*(x^2 + y^2)", {"start": (0, 0)}, "minimum", False),
        ("1e9*(x^2 + y^2)", {"start": (0, 0)}, "minimum", False),
        ("x", {"start": (0, 0), "steps": 5}, "not_converged", False),
        ("x", {"start": (0, 0), "steps": 40_000}, "diverged", False),
    ],
)
def test_what_it_ends_at_is_told(surface, options, kind, degenerate):
    descent = wb.descend(surface, optimizer=sgd(0.03), **{"steps": 500} | options)
    assert (descent.kind, descent.verdict.degenerate) == (kind, degenerate)


def test_kinds_do_not_depend_on_units():
    for scale in (1e-6, 1.0, 1e6):
        box = [-4 * scale, 4 * scale] * 2
        text = f"1e5*abs(x/{scale}) + 1e5*(y/{scale})^2"
        rate = sgd(1e-7 * scale**2)
        descent = wb.descend(text, domain=box, optimizer=rate, start=(scale, scale), steps=2000)
        assert descent.kind == "kink"


@pytest.mark.parametrize("number", range(4))
def test_the_known_minimum_is_named(number):
    minimum = surfaces.catalog.get("himmelblau").facts["minima"][number]
    start = (minimum[0] + 0.3, minimum[1] - 0.2)
    descent = wb.descend("himmelblau", optimizer=sgd(0.01), start=start, steps=400)
    known = descent.known_minimum
    assert descent.kind == "minimum"
    assert (known.number, known.minimum) == (number, minimum)
    assert known.distance < 1e-6
    found = descent.summary()["known_minimum"]
    assert (found["index"], found["x"], found["global"]) == (number, minimum[0], True)


def test_the_hessian_at_the_end_is_exact():
    descent = wb.descend("rosenbrock", optimizer="newton", start=(-1.2, 1.0), steps=60)
    # At (1, 1): fxx = 802, fxy = -400, fyy = 200.
    wanted = np.linalg.eigvalsh([[802.0, -400.0], [-400.0, 200.0]])
    assert descent.verdict.eigenvalues == pytest.approx(tuple(wanted), rel=1e-9)
    assert descent.reason == "the optimizer found no way down"


def test_the_tangent_plane_touches_the_surface():
    descent = wb.descend("himmelblau", optimizer=sgd(0.005), start=(-1.0, 2.0), steps=5)
    for k in (0, 3, -1):
        plane = descent.tangent_plane(k)
        assert plane(*plane.point) == plane.value == descent.values[k]
        h = 1e-6
        for dx, dy in ((h, 0), (0, h)):
            there = (plane.point[0] + dx, plane.point[1] + dy)
            height = descent.experiment.surface.look([there])[0, 0]
            assert plane(*there) == pytest.approx(height, abs=1e-9)
    assert descent.tangent_plane(0)(np.zeros((2, 3)), 0.0).shape == (2, 3)


def test_a_step_is_the_one_taken():
    descent = wb.descend("himmelblau", optimizer=sgd(0.005), start=(-1.0, 2.0), steps=5)
    for k in range(5):
        step = descent.step(k)
        assert step.start == tuple(descent.points[k])
        assert step.end == tuple(descent.points[k + 1])
        assert step.change == pytest.approx(tuple(-0.005 * descent.gradients[k]), rel=1e-9)
        assert step.promised == pytest.approx(-0.005 * np.sum(descent.gradients[k] ** 2))
        assert step.gained == descent.values[k + 1] - descent.values[k]
    for k in (-1, 5):
        with pytest.raises(IndexError):
            descent.step(k)


def test_noise_is_the_same_at_every_step_whatever_the_optimizer():
    given = {"start": (1.0, 2.0), "steps": 2000, "noise": 0.5, "seed": 3}
    descents = [wb.descend("himmelblau", optimizer=o, **given) for o in (sgd(0.001), "adam")]
    drawn = []
    for descent in descents:
        steps = [descent.step(k) for k in range(descent.steps)]
        drawn.append(np.array([step.gradient for step in steps]) - descent.gradients[:-1])
    np.testing.assert_allclose(drawn[0], drawn[1], atol=1e-12)
    assert drawn[0].mean(0) == pytest.approx((0, 0), abs=0.05)
    assert drawn[0].std(0) == pytest.approx((0.5, 0.5), rel=0.1)
    assert abs(np.corrcoef(drawn[0].T)[0, 1]) < 0.1
    # What the optimizer was given is what step() tells.
    step = descents[0].step(7)
    assert step.change == pytest.approx(tuple(-0.001 * np.array(step.gradient)), rel=1e-6)
    again = wb.descend("himmelblau", optimizer="adam", **given)
    assert np.array_equal(again.path, descents[1].path)
    other = wb.descend("himmelblau", optimizer="adam", **{**given, "seed": 4})
    assert not np.array_equal(other.path, descents[1].path)


def test_it_ends_early_within_the_tolerance():
    descent = wb.descend("bowl", optimizer=sgd(0.25), start=(1, 0), steps=100, tolerance=1e-3)
    # The gradient's norm is 2 · 2⁻ᵏ.
    assert descent.steps == 11
    assert "0.001" in descent.reason
    assert wb.descend("bowl", start=(0, 0), tolerance=0.0).steps == 0


def test_without_a_start_the_bowls_is_the_tutorials_point():
    descent = wb.descend(steps=0)
    assert descent.end == (1.0, 1.5)
    assert tuple(descent.gradients[0]) == (2.0, 3.0)
    assert wb.descend("x + y", steps=0).end == (2.5, 3.75)
    assert wb.descend("x", domain=(0, 4, 0, 8), steps=0).end == (3.0, 7.0)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"surface": "rosenbrok"}, "surface.name"),
        ({"surface": "x + "}, "surface.formula"),
        ({"surface": "x" + "+x" * 300}, "surface.formula"),
        ({"surface": 7}, "surface"),
        ({"surface": {"formula": "x", "name": "bowl"}}, "surface.name"),
        ({"surface": {"formula": 3}}, "surface.formula"),
        ({"surface": "bowl", "domain": [1, 1, 0, 2]}, "surface.domain"),
        ({"surface": "bowl", "domain": [1, 2]}, "surface.domain"),
        ({"surface": "bowl", "domain": [0, np.nan, 0, 1]}, "surface.domain"),
        ({"start": (1.0,)}, "descent.start"),
        ({"start": (np.inf, 0.0)}, "descent.start"),
        ({"start": "here"}, "descent.start"),
        ({"surface": "log(x)", "start": (-1, 0)}, "descent.start"),
        ({"steps": -1}, "descent.steps"),
        ({"steps": 10**7}, "descent.steps"),
        ({"noise": -0.1}, "descent.noise"),
        ({"noise": 0.1, "optimizer": "lbfgs"}, "descent.noise"),
        ({"tolerance": -1.0}, "descent.tolerance"),
        ({"seed": -1}, "seed"),
        ({"optimizer": "adm"}, "optimizer"),
        ({"optimizer": {"name": "sgd", "rate": 1}}, "optimizer.rate"),
        ({"schedule": "cosin"}, "schedule"),
    ],
)
def test_bad_input_is_named(given, field):
    with pytest.raises(wb.BadValue) as caught:
        wb.descend(**given)
    assert caught.value.field == field
    assert len(str(caught.value).splitlines()) == 1


def test_a_formulas_mistake_is_placed():
    with pytest.raises(wb.BadValue, match="at character 10"):
        wb.descend("x^2 + y**")  # the end, where something is missing
    with pytest.raises(wb.BadValue, match=r"at character 7, .*nearest valid: exp"):
        wb.descend("x^2 + exq(y)")


def test_an_experiment_is_written_and_read_again(tmp_path):
    made = DescentExperiment.of(
        {
            "title": "one",
            "seed": 5,
            "surface": {"formula": "x^2 + 3*y^2", "domain": [-1, 1, -2, 2.5]},
            "optimizer": {"name": "adam", "learning_rate": 0.02},
            "schedule": {"name": "cosine", "steps": 50},
            "descent": {"start": [0.5, -0.25], "steps": 50, "noise": 0.1, "tolerance": 1e-9},
        }
    )
    made.save(tmp_path / "one.toml")
    again = DescentExperiment.load(tmp_path / "one.toml")
    assert again == made
    assert (again.hash, again.title) == (made.hash, "one")
    assert np.array_equal(carry_out(again).path, carry_out(made).path)
    other = made.replace({"optimizer.learning_rate": 0.03, "descent.steps": 7})
    assert (other.optimizer.learning_rate, other.steps, other.surface) == (0.03, 7, made.surface)
    assert other.hash != made.hash
    fresh = made.replace({"optimizer": "momentum", "surface": "bowl", "surface.domain": DOMAIN})
    assert fresh.optimizer.name == "momentum"
    assert (fresh.surface.name, fresh.surface.domain) == ("bowl", DOMAIN)


@pytest.mark.parametrize("text", ["x = ", "[network]\nsizes = [1, 2]", "[surface]\nname = 'x y'"])
def test_bad_files_are_named(tmp_path, text):
    path = tmp_path / "bad.toml"
    path.write_text(text)
    with pytest.raises(wb.WorkbenchError, match=r"bad\.toml"):
        DescentExperiment.load(path)
    with pytest.raises(wb.WorkbenchError, match=r"none\.toml"):
        DescentExperiment.load(tmp_path / "none.toml")


def test_hyper_parameters_of_a_surface_choose_its_minima():
    first, third = (Surface.of({"name": "bbob_01_sphere", "instance": k}) for k in (1, 3))
    assert first == Surface.of("bbob_01_sphere")
    assert first.minima != third.minima
    assert Surface.of(third.to_dict()) == third
    made = DescentExperiment.of({"surface": third, "descent": {"steps": 0}})
    assert made.replace({"surface.instance": 1}).surface.minima == first.minima


def test_a_surface_is_what_names_it():
    surface = Surface.of({"formula": "x^2 + sin(y)"})
    assert surface == Surface.of(surface) == Surface.of("x^2 + sin(y)")
    assert surface.gradient == ("2*x", "cos(y)")
    assert Surface.of(surface, (0, 1, 0, 1)).domain == (0.0, 1.0, 0.0, 1.0)
    assert Surface.of(Surface.of("himmelblau").to_dict()) == Surface.of("himmelblau")
    assert Surface.of("himmelblau").nearest_minimum((3.1, 2.0)) == (0, pytest.approx(0.1))
    assert surface.nearest_minimum((0, 0)) is None
    heights = surface.heights([0.0, 1.0], [0.0, 0.5, 1.0])
    assert heights == pytest.approx(np.add.outer(np.sin([0, 0.5, 1.0]), [0.0, 1.0]))
