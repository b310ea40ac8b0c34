"""Optimizers of whole vectors: against SciPy, closed forms, and what each method promises."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import minimize

from kernels import optimizers, surfaces
from kernels.jit import kernel
from kernels.objective import Height
from kernels.optimizers import is_scalar, new_memory, take_step
from tests import naive
from tests.kernels.test_objective import ask, training_loss

NAMES = [entry.name for entry in optimizers.catalog if not is_scalar(entry)]
FAST = [name for name in NAMES if name != "heavy_ball_exact"]


@kernel
def go(item, objective, parameters, gradient, memory, count):
    """``count`` steps, or fewer where there is no way down; returns how many."""
    for k in range(count):
        loss = ask(objective, parameters, gradient)
        norm = np.sqrt((gradient * gradient).sum())
        if not take_step(
            item, objective, item.learning_rate, k + 1, loss, norm, parameters, gradient, memory
        ):
            return k
    return count


def loss_of(case, name):
    """The training loss of ``case`` with what the optimizer of that name asks of it."""
    needs = optimizers.catalog.get(name).facts.get("second_derivatives", "")
    return training_loss(case, needs)


def walk(item, objective, start, steps):
    """(parameters, loss, gradient norm, steps made)."""
    p, gradient = start.copy(), np.empty_like(start)
    made = go(item, objective, p, gradient, new_memory(item, p.size, p.dtype), steps)
    loss = ask(objective, p, gradient)
    return p, loss, np.linalg.norm(gradient), made


@pytest.fixture(scope="module")
def fit():
    """A network whose targets are another one's answers and noise: its minima lie above zero."""
    from tests.kernels.conftest import make_case

    case = make_case(["tanh"], "identity", "mean_squared_error", (2, 3, 1), n=60)
    rng = np.random.default_rng(4)
    teacher = rng.normal(size=case.parameters.size)
    _, values = naive.forward(teacher, case.sizes, case.hypers, case.output, case.samples.inputs)
    case.samples.targets[:] = values[-1] + 0.02 * rng.normal(size=(60, 1))
    case.parameters[:] = teacher + 0.2 * rng.normal(size=teacher.size)

    def loss(p):
        _, values = naive.forward(p, case.sizes, case.hypers, case.output, case.samples.inputs)
        return float(np.mean((values[-1] - case.samples.targets) ** 2))

    case.naive_loss = loss
    return case


@pytest.mark.parametrize("name", NAMES)
def test_follows_the_valley_of_rosenbrock(name):
    """The start is that of the paper; the minimum is at (1, 1), and nothing is below it."""
    objective = Height(surfaces.catalog.get("rosenbrock").make())
    item = optimizers.catalog.get(name).make()
    steps = 5000 if name == "heavy_ball_exact" else 60
    p, loss, norm, _ = walk(item, objective, np.array([-1.2, 1.0]), steps)
    assert norm < 1e-8
    assert loss < 1e-15
    assert np.allclose(p, 1.0, rtol=0, atol=1e-7)
    bottom, _, _, made = walk(item, objective, np.ones(2), 5)
    assert (made, bottom.tolist()) == (0, [1.0, 1.0])


@pytest.mark.parametrize("name", FAST)
def test_finds_a_minimum_of_a_network_as_scipy_does(fit, name):
    item = optimizers.catalog.get(name).make()
    p, loss, norm, made = walk(item, loss_of(fit, name), fit.parameters, 1000)
    assert made < 1000  # and then there was no way down
    assert norm < 1e-8
    assert loss == pytest.approx(fit.naive_loss(p), rel=1e-12)
    wanted = minimize(fit.naive_loss, fit.parameters, method="BFGS", tol=1e-7)
    assert loss == pytest.approx(wanted.fun, rel=1e-9)
    assert np.allclose(p, wanted.x, atol=1e-3)


@pytest.mark.parametrize("name", NAMES)
def test_every_step_goes_down_until_none_does(fit, name):
    item = optimizers.catalog.get(name).make()
    objective, gradient = loss_of(fit, name), np.empty_like(fit.parameters)
    memory, p = new_memory(item, fit.parameters.size, np.float64), fit.parameters.copy()
    before = ask(objective, p, gradient)
    for _ in range(60):
        held = p.copy()
        if not go(item, objective, p, gradient, memory, 1):
            assert np.array_equal(p, held)
            break
        loss = ask(objective, p, gradient)
        assert loss < before + 1e-14
        before = loss


def least_squares(make_case, name="heavy_ball_exact"):
    """A linear network: an exact quadratic. Returns (objective, start, Hessian, minimum)."""
    case = make_case([], "identity", "mean_squared_error", (4, 1), n=30)
    ones = np.column_stack([case.samples.inputs, np.ones(30)])
    best = np.linalg.lstsq(ones, case.samples.targets, rcond=None)[0].ravel()
    return loss_of(case, name), case.parameters, 2.0 * ones.T @ ones / 30, best


@pytest.mark.parametrize(
    ("name", "hypers", "steps"),
    [
        ("conjugate_gradients", {"flatness": 0.0011, "learning_rate": 0.1}, 8),
        ("lbfgs", {"flatness": 0.0011}, 8),
    ],
)
def test_ends_on_a_quadratic_after_few_steps(make_case, name, hypers, steps):
    """Conjugate directions need one step for each parameter, five here, and some more since a line
    search leaves a thousandth of the slope."""
    objective, start, _, best = least_squares(make_case, name)
    p, *_ = walk(optimizers.catalog.get(name).make(hypers), objective, start, steps)
    assert np.abs(start - best).max() > 0.1
    assert np.allclose(p, best, atol=1e-6)


def test_steepest_descent_with_exact_search_is_cauchys(make_case):
    objective, start, hessian, best = least_squares(make_case)
    item = optimizers.catalog.get("heavy_ball_exact").make({"momentum": 0.0})
    wanted = start.copy()
    for _ in range(6):
        g = hessian @ (wanted - best)
        wanted = wanted - (g @ g) / (g @ hessian @ g) * g
    p, *_ = walk(item, objective, start, 6)
    assert np.abs(wanted - start).max() > 0.1
    assert np.allclose(p, wanted, atol=1e-5)


def test_heavy_ball_follows_its_direction_as_far_as_it_falls(make_case):
    objective, start, hessian, best = least_squares(make_case)
    item = optimizers.catalog.get("heavy_ball_exact").make({"momentum": 0.4})
    wanted, d = start.copy(), np.zeros(5)
    for _ in range(6):
        g = hessian @ (wanted - best)
        d = 0.4 * d - g
        wanted = wanted - (g @ d) / (d @ hessian @ d) * d
    p, *_ = walk(item, objective, start, 6)
    assert np.allclose(p, wanted, atol=1e-5)


def test_two_loop_recursion_is_bfgs_with_matrices():
    """Nocedal & Wright 2006, eq. 6.17, from a multiple of the unit matrix, for the pairs held."""
    from kernels.optimizers.lbfgs import quasi_newton, remember

    rng = np.random.default_rng(2)
    n, history = 6, 3
    root = rng.normal(size=(n, n))
    hessian = root @ root.T + np.eye(n)
    slots, shared = np.zeros((2 + 2 * history, n)), np.zeros(3 + 2 * history)
    points = rng.normal(size=(6, n))
    for before, now in pairwise(points):
        slots[0], slots[1] = before, hessian @ before
        remember(history, now, hessian @ now, slots, shared)
    s = np.diff(points, axis=0)[-history:]
    y = s @ hessian
    inverse = np.eye(n) * (s[-1] @ y[-1]) / (y[-1] @ y[-1])
    for a, b in zip(s, y, strict=True):
        left = np.eye(n) - np.outer(a, b) / (a @ b)
        inverse = left @ inverse @ left.T + np.outer(a, a) / (a @ b)
    gradient, direction = rng.normal(size=n), np.empty(n)
    quasi_newton(history, gradient, slots, shared, direction)
    assert np.allclose(direction, -inverse @ gradient, rtol=1e-9)


def test_a_pair_without_curvature_is_left_out():
    from kernels.optimizers.lbfgs import quasi_newton, remember

    slots, shared = np.zeros((6, 2)), np.zeros(7)
    steps = [([1.0, 0.0], [2.0, 0.0]), ([0.0, 1.0], [0.0, 3.0]), ([0.0, 1.0], [0.0, -3.0])]
    for s, y in steps:
        slots[:2] = 0.0
        remember(2, np.array(s), np.array(y), slots, shared)
    direction = np.empty(2)
    quasi_newton(2, np.array([1.0, 1.0]), slots, shared, direction)
    # The third pair would have replaced the first: only the second is left, H = 1/3 along y.
    assert np.allclose(direction, [-1.0 / 3.0, -1.0 / 3.0])


@pytest.mark.parametrize("name", ["newton", "trust_region"])
def test_leaves_a_saddle_by_its_negative_curvature(name):
    """Near the saddle of Himmelblau's function Newton's own step would lead into it."""
    item = optimizers.catalog.get(name).make()
    saddle = minimize(
        lambda p: sum(
            g**2
            for g in (
                4 * p[0] * (p[0] ** 2 + p[1] - 11) + 2 * (p[0] + p[1] ** 2 - 7),
                2 * (p[0] ** 2 + p[1] - 11) + 4 * p[1] * (p[0] + p[1] ** 2 - 7),
            )
        ),
        [0.1, 2.9],
        tol=1e-14,
    ).x
    entry = surfaces.catalog.get("himmelblau")
    p, loss, _, _ = walk(item, Height(entry.make()), saddle + 0.01, 60)
    assert loss < 1e-12
    assert np.linalg.norm(p - saddle) > 1.0


@pytest.mark.parametrize(
    ("name", "hypers"),
    [("newton", {}), ("trust_region", {"learning_rate": 100.0, "exactness": 1e-9})],
)
def test_newtons_step_on_a_quadratic_is_the_minimum(name, hypers):
    objective = Height(surfaces.catalog.get("bowl").make())
    item = optimizers.catalog.get(name).make(hypers)
    p, _, _, made = walk(item, objective, np.array([3.0, -4.0]), 1)
    assert made == 1
    assert np.allclose(p, 0.0, atol=1e-7)


@pytest.mark.parametrize("name", NAMES)
def test_float32_stays_float32(name):
    """Down to where the rounding of float32 hides what is left."""
    item = optimizers.catalog.get(name).make()
    memory = new_memory(item, 2, np.float32)
    assert memory.slots.dtype == memory.vectors.dtype == np.float32
    objective = Height(surfaces.catalog.get("rosenbrock").make())
    start = np.array([-1.2, 1.0], np.float32)
    p, loss, _, made = walk(item, objective, start, 300)
    assert p.dtype == np.float32
    assert made > 10
    assert loss < (0.5 if name == "heavy_ball_exact" else 1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_second_call_does_not_compile(fit, name):
    item = optimizers.catalog.get(name).make()
    walk(item, loss_of(fit, name), fit.parameters, 1)
    before = len(go.signatures) if hasattr(go, "signatures") else 0
    walk(item._replace(learning_rate=0.5), loss_of(fit, name), fit.parameters, 2)
    assert (len(go.signatures) if hasattr(go, "signatures") else 0) == before
