"""Losses of one sample: value, gradient and Hessian in z; far out; ties; what counts as right."""

from __future__ import annotations

import numpy as np
import pytest

from kernels import losses, outputs
from kernels.jit import kernel
from tests import naive

DTYPES = [np.float64, np.float32]
PAIRS = [
    (loss.name, output)
    for loss in losses.catalog
    for output in outputs.catalog.names()
    if output in loss.facts.get("accepts", (output,))
]
pairs = pytest.mark.parametrize(("loss", "output"), PAIRS)
dtypes = pytest.mark.parametrize("dtype", DTYPES)


@kernel
def measure(loss, output, z, t, p, deltas, matrix):
    """The loss by both entries; deltas (2, n_out) gets both gradients, matrix the Hessian."""
    outputs.respond(output, z, p)
    first = losses.compare(loss, output, z, p, t, deltas[0])
    return first, losses.bend_loss(loss, output, z, p, t, deltas[1], matrix)


@kernel
def is_right(loss, answer, targets):
    return losses.is_right(loss, answer, targets)


def ask(loss, output, z, t, dtype=np.float64):
    """Loss, gradient and Hessian; both entries must agree but for rounding."""
    z, t = np.array(z, dtype), np.array(t, dtype)
    deltas = np.full((2, z.size), 7.0, dtype)
    matrix = np.full((z.size, z.size), 7.0, dtype)
    made = outputs.catalog.get(output).make()
    first, second = measure(loss, made, z, t, np.empty_like(z), deltas, matrix)
    near = 8 * np.finfo(dtype).eps
    np.testing.assert_allclose(second, first, rtol=near, atol=near)
    np.testing.assert_allclose(deltas[1], deltas[0], rtol=near, atol=near)
    assert np.array_equal(matrix, matrix.T, equal_nan=True)
    return first, deltas[0], matrix


def make(name, other=False):
    item = losses.catalog.get(name)
    others = {h.name: h.default * 1.5 + 0.0625 for h in item.hypers}
    return item.make(others if other else None)


def naive_loss(loss, output, t):
    """The naive loss as a function of z (n_out,)."""
    name = losses.catalog.of(loss).name

    def call(z):
        rows = z[None], naive.OUTPUTS[output](z[None])
        return naive.loss(name, loss._asdict(), output, *rows, np.asarray(t)[None])

    return call


def samples(name, loss, output):
    """Pre-activations and targets clear of the loss's kinks, for one, three and four outputs."""
    least = losses.catalog.get(name).facts.get("least_outputs", 1)
    rng = np.random.default_rng(5)
    for n in (n for n in (1, 3, 3, 4, 4) if n >= least):
        while True:
            z, t = rng.normal(0, 1.5, n), np.eye(n)[rng.integers(n)] * (n > 1 or rng.integers(2))
            gaps = naive.LOSS_GAPS.get(name, lambda z, p, t, **hypers: np.ones(1))
            if gaps(z, naive.OUTPUTS[output](z), t, **loss._asdict()).min() > 0.02:
                break
        yield z, t


@pytest.mark.parametrize("other", [False, True], ids=["defaults", "others"])
@pairs
def test_value_gradient_and_hessian(loss, output, other):
    made = make(loss, other)
    for z, t in samples(loss, made, output):
        function = naive_loss(made, output, t)
        value, delta, matrix = ask(made, output, z, t)
        assert value == pytest.approx(function(z), rel=1e-12, abs=1e-15)
        assert np.allclose(delta, naive.slope(function, z), rtol=1e-8, atol=1e-10)
        for k in range(z.size):
            # Row k is the gradient of what the gradient has at k, itself tested above.
            row = naive.slope(lambda x, k=k: ask(made, output, x, t)[1][k], z)  # noqa: B023
            assert np.allclose(matrix[k], row, rtol=1e-8, atol=1e-10)


@pairs
def test_soft_targets(loss, output):
    """Targets need not be one-hot: probabilities count as such where the loss knows them."""
    made = make(loss)
    z, t = np.array([0.3, -1.2, 0.8]), np.array([0.2, 0.7, 0.1])
    function = naive_loss(made, output, t)
    value, delta, _ = ask(made, output, z, t)
    assert value == pytest.approx(function(z), rel=1e-12)
    assert np.allclose(delta, naive.slope(function, z), rtol=1e-8, atol=1e-10)


@pairs
def test_float32_differs_by_rounding_only(loss, output):
    made = make(loss)
    for z, t in samples(loss, made, output):
        z = z.astype(np.float32)
        narrow, wide = (ask(made, output, z, t, dtype) for dtype in (np.float32, np.float64))
        assert np.asarray(narrow[0]).dtype == np.float32 or isinstance(narrow[0], float)
        for found, wanted in zip(narrow, wide, strict=True):
            np.testing.assert_allclose(found, wanted, rtol=2e-5, atol=2e-6)


@dtypes
@pairs
def test_nothing_overflows_for_extreme_scores(loss, output, dtype):
    # The square of an error must be a float too.
    size = 1e30 if dtype == np.float64 else 1e15
    for z in ([size, -size, 0.0], [-size, 1.0, 30.0], [size, size, size], [1e3, 900.0, -1e3]):
        for t in np.eye(3):
            value, delta, matrix = ask(make(loss), output, z, t, dtype)
            assert np.isfinite(value)
            assert np.isfinite(delta).all()
            assert np.isfinite(matrix).all()


@dtypes
@pairs
def test_a_lost_answer_has_no_finite_loss(loss, output, dtype):
    for k in range(3):
        z = np.array([0.5, -0.5, 0.1])
        z[k] = np.nan
        assert np.isnan(ask(make(loss), output, z, [0, 1, 0], dtype)[0])


@dtypes
@pytest.mark.parametrize("n", [2, 3])
def test_infinite_scores_have_no_softmax(n, dtype):
    for k in range(n):
        z = np.zeros(n)
        z[k] = np.inf
        assert np.isnan(ask(make("mean_squared_error"), "softmax", z, np.eye(n)[0], dtype)[0])


@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 3.5])
def test_focal_loss_for_any_power_even_of_saturated_answers(gamma):
    made = losses.catalog.get("focal").make({"gamma": gamma, "alpha": 0.4})
    for output in ("sigmoid", "softmax"):
        for z in ([0.4, -1.0, 0.2], [9.0, -8.0, -9.0], [-5.0, 6.0, 1.0]):
            z, t = np.array(z), np.array([1.0, 0.0, 0.0])
            value, delta, matrix = ask(made, output, z, t)
            function = naive_loss(made, output, t)
            assert value == pytest.approx(function(z), rel=1e-9)
            assert np.allclose(delta, naive.slope(function, z), rtol=1e-6, atol=1e-9)
            for k in range(3):
                row = naive.slope(lambda x, k=k: ask(made, output, x, t)[1][k], z)  # noqa: B023
                assert np.allclose(matrix[k], row, rtol=1e-6, atol=1e-10)
        for z in ([80.0, -80.0, -80.0], [800.0, -700.0, -800.0]):
            value, delta, matrix = ask(made, output, z, t)
            assert value == pytest.approx(0, abs=1e-30)
            assert np.abs(delta).max() < 1e-15
            assert np.abs(matrix).max() < 1e-15


def test_focal_loss_without_focus_is_weighted_cross_entropy():
    made = losses.catalog.get("focal").make({"gamma": 0.0, "alpha": 0.5})
    z, t = np.array([0.3, -1.1, 2.0]), np.array([0.0, 1.0, 0.0])
    for output in ("sigmoid", "softmax"):
        halves, whole = ask(made, output, z, t), ask(make("cross_entropy"), output, z, t)
        for half, full in zip(halves, whole, strict=True):
            assert np.allclose(2 * half, full, rtol=1e-13, atol=1e-15)


def test_binary_cross_entropy_is_cross_entropy_of_sigmoid_outputs():
    z, t = np.array([0.3, -40.0, 2.0]), np.array([0.0, 1.0, 1.0])
    for one, two in zip(
        ask(make("binary_cross_entropy"), "sigmoid", z, t),
        ask(make("cross_entropy"), "sigmoid", z, t),
        strict=True,
    ):
        assert np.array_equal(one, two)


def test_hinge_losses_are_those_of_scikit_learn():
    from sklearn.metrics import hinge_loss

    rng = np.random.default_rng(3)
    for _ in range(20):
        scores, wanted = rng.normal(0, 2, 4), rng.integers(4)
        found, _, _ = ask(make("multiclass_hinge"), "identity", scores, np.eye(4)[wanted])
        known = hinge_loss([wanted], scores[None], labels=range(4))
        assert found == pytest.approx(known, rel=1e-12)
    scores, signs = rng.normal(0, 2, 40), rng.choice([-1.0, 1.0], 40)
    found = [
        ask(make("hinge"), "identity", [z], [t])[0] for z, t in zip(scores, signs, strict=True)
    ]
    assert np.mean(found) == pytest.approx(hinge_loss(signs, scores), rel=1e-12)


@pytest.mark.parametrize("name", ["hinge", "multiclass_hinge"])
def test_hinge_targets_may_be_one_hot_or_signs(name):
    z = np.array([0.3, -1.1, 2.0])
    one_hot, signs = (ask(make(name), "identity", z, t) for t in ([0, 1, 0], [-1, 1, -1]))
    assert np.array_equal(one_hot[1], signs[1])
    assert one_hot[0] == signs[0]
    assert one_hot[0] > 0


def test_of_equal_rivals_the_first_is_pushed_down():
    _, delta, _ = ask(make("multiclass_hinge"), "identity", [0.5, 0.5, 0.5, 0.1], [0, 1, 0, 0])
    assert delta.tolist() == [1, -1, 0, 0]
    value, delta, _ = ask(make("multiclass_hinge"), "identity", [0.0, 2.0, 0.5], [0, 1, 0])
    assert value == 0
    assert delta.tolist() == [0, 0, 0]


@pytest.mark.parametrize("name", losses.catalog.names())
def test_the_largest_output_is_the_answer(name):
    made = make(name)
    for wanted in (0.0, -1.0):
        for answer in ([0.1, 0.7, 0.2], [-5.0, -3.0, -4.0], [8.0, 40.0, 3.0]):
            answer = np.array(answer)
            for k in range(3):
                targets = np.full(3, wanted)
                targets[k] = 1.0
                assert is_right(made, answer, targets) == (k == 1)


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("hinge", [(7.0, 1.0), (0.1, 1.0), (-7.0, -1.0), (-0.1, 0.0)], [(-0.1, 1.0), (7.0, 0.0)]),
        ("cross_entropy", [(0.7, 1.0), (0.2, 0.0)], [(0.4, 1.0), (0.6, 0.0)]),
        ("mean_squared_error", [(0.7, 1.0), (3.4, 3.0)], [(0.4, 1.0), (7.0, 1.0)]),
    ],
)
def test_a_single_output_is_right_near_its_target_or_on_its_side(name, right, wrong):
    made = make(name)
    for cases, wanted in ((right, True), (wrong, False)):
        for answer, target in cases:
            assert is_right(made, np.array([answer]), np.array([target])) == wanted
