"""Linear networks by their modes: against SciPy's solvers, brute force and plain NumPy."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import workbench as wb
from workbench.model import Model
from workbench.reproductions import _modes, deep_linear


@pytest.fixture(scope="module")
def base():
    return wb.Experiment.preset("deep_linear")


@pytest.fixture(scope="module")
def shallow(base):
    return Model(base.replace(network={"sizes": [4, 3, 4]}))


def product(model, parameters):
    return np.linalg.multi_dot([parameters[p.weights].reshape(p.shape) for p in model.layers])


def test_modes_are_the_strengths_of_the_data_set(base):
    modes = _modes.modes_of(Model(base))
    np.testing.assert_allclose(modes.strengths, [4.0, 2.0, 1.0, 0.5], rtol=1e-13)
    data = wb.load_data(base).train
    rebuilt = data.inputs @ (modes.left * modes.strengths) @ modes.right.T
    np.testing.assert_allclose(rebuilt, data.targets, atol=1e-13)


CHOICES = [c for size in range(4) for c in combinations(range(4), size)]


@pytest.mark.parametrize("chosen", CHOICES, ids=str)
def test_planted_points_are_critical_with_their_loss_and_index(shallow, chosen):
    modes, samples = _modes.modes_of(shallow), shallow.train
    point = _modes.critical(shallow, modes, chosen, 1)

    def loss(p):
        w1, b1, w2, b2 = np.split(p, np.cumsum([12, 3, 12]))
        answers = (samples.inputs @ w1.reshape(4, 3) + b1) @ w2.reshape(3, 4) + b2
        return np.mean((answers - samples.targets) ** 2)

    assert loss(point) == pytest.approx(_modes.loss_of(modes, chosen), rel=1e-12)
    step, n = 1e-3, len(point)
    moves = step * np.eye(n)
    slopes = [(loss(point + m) - loss(point - m)) / (2 * step) for m in moves]
    np.testing.assert_allclose(slopes, 0.0, atol=1e-4)
    hessian = np.array(
        [
            [
                loss(point + a + b) - loss(point + a - b)
                - loss(point - a + b) + loss(point - a - b)
                for a in moves
            ]
            for b in moves
        ]
    ) / (4 * step**2)  # fmt: skip
    negative = int((np.linalg.eigvalsh(hessian) < -1e-3).sum())
    assert negative == _modes.index_of(modes, chosen, 3)


@pytest.mark.parametrize("layers", [2, 3, 4])
def test_aligned_starts_have_as_much_of_every_mode(base, layers):
    model = Model(base.replace(network={"sizes": [4] * (layers + 1)}))
    modes = _modes.modes_of(model)
    point = _modes.aligned(model, modes, 0.01, 2)
    np.testing.assert_allclose(product(model, point), 0.01 * modes.left @ modes.right.T, atol=1e-15)
    for place in model.layers:
        sizes = np.linalg.svd(point[place.weights].reshape(place.shape))[1]
        np.testing.assert_allclose(sizes, 0.01 ** (1 / layers), rtol=1e-12)


@pytest.mark.parametrize("layers", [2, 3])
@pytest.mark.parametrize("strength", [4.0, 0.5])
def test_times_are_those_of_the_gradient_flow_of_single_weights(layers, strength):
    """Each layer a weight: the loss is (s - product)² / n_out."""

    def flow(t, weights):
        whole = weights.prod()
        return 2.0 / 4 * (strength - whole) * whole / weights

    def half(t, weights):
        return weights.prod() - strength / 2

    start = np.full(layers, 0.001 ** (1 / layers))
    span = (0.0, 100.0)
    solved = solve_ivp(flow, span, start, events=half, rtol=1e-10, atol=1e-12, max_step=0.5)
    found = _modes.half_time(strength, 0.001, layers, 4)
    assert found == pytest.approx(solved.t_events[0][0], rel=1e-6)
    if layers == 2:
        learnt = _modes.exact(solved.t, strength, 0.001, 4)
        np.testing.assert_allclose(learnt, solved.y.prod(0), rtol=1e-6)


@pytest.mark.parametrize("layers", [2, 3])
def test_the_lag_is_that_of_eulers_method_to_first_order(layers):
    a, rate, steps, strength = 0.001 ** (1 / layers), 1e-3, 0, 2.0
    while a**layers < strength / 2:
        a, before = a + rate * float(_modes.speed(a, strength, layers, 4)), a
        steps += 1
    steps -= (a - (strength / 2) ** (1 / layers)) / (a - before)
    flow = _modes.half_time(strength, 0.001, layers, 4) / rate
    wanted = _modes.lag(strength, 0.001, layers, 4, strength / 2)
    assert wanted > 1.0
    assert steps - flow == pytest.approx(wanted, abs=0.02)


def test_paths_are_those_of_plain_gradient_descent(base):
    experiment = base.replace(optimizer={"learning_rate": 0.02})
    model = Model(experiment)
    modes, samples = _modes.modes_of(model), model.train
    start = _modes.aligned(model, modes, 0.01, 0)
    path = _modes.follow(experiment, modes, start, 60, 20)
    w1, w2 = (start[p.weights].reshape(4, 4).copy() for p in model.layers)
    for k in range(4):
        map_of = modes.left.T @ w1 @ w2 @ modes.right
        np.testing.assert_allclose(path.learnt[k], np.diag(map_of), rtol=1e-10)
        for _ in range(20):
            error = samples.inputs.T @ (samples.inputs @ w1 @ w2 - samples.targets)
            error *= 2.0 * 0.02 / samples.targets.size
            w1, w2 = w1 - error @ w2.T, w2 - w1.T @ error
    assert path.steps.tolist() == [0, 20, 40, 60]
    assert path.mixed < 1e-12


def test_all_agrees_from_few_starts_and_steps():
    made = wb.reproduce("deep-linear", starts=20, rate=0.05, first=0.01)
    assert made.agrees
    assert len(made.findings) == 17
    rows = made.outcome.tables["saddles"].rows
    assert [row[1] for row in rows].count("strict minimum") == 1
    assert len(rows) == len(CHOICES)
    learnt = np.array([row[1:] for row in made.outcome.tables["learnt"].rows if row[0] == 2])
    # One mode after the other.
    halves = [
        np.interp(s / 2, m, learnt[:, 0]) for s, m in zip((4, 2, 1), learnt.T[1:4], strict=True)
    ]
    assert halves == sorted(halves)
    assert len(made.outcome.figures["learnt"]().axes) == 2


def test_wrong_times_and_starts_that_are_not_aligned_are_found_out(monkeypatch):
    half_time, aligned = _modes.half_time, _modes.aligned

    def askew(model, *of):
        point = aligned(model, *of)
        point[0] += 1e-4
        return point

    monkeypatch.setattr(_modes, "half_time", lambda *of: 1.05 * half_time(*of))
    monkeypatch.setattr(_modes, "aligned", askew)
    made = wb.reproduce("deep-linear", starts=1, rate=0.01, first=0.001)
    differing = [f.subject for f in made.findings if not f.agrees]
    assert sum("steps to half" in subject for subject in differing) == 8
    assert sum("share of one mode in another" in subject for subject in differing) == 2


def test_bad_values_are_told_in_one_line():
    for name, value in (("rate", 1.0), ("first", 0.5), ("starts", 0)):
        with pytest.raises(wb.BadValue, match=f"^{name}: must be"):
            wb.reproduce("deep-linear", **{name: value})
    assert {s.name for s in deep_linear.SETTINGS} == {"starts", "rate", "first", "seed"}
