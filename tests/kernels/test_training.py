"""The step loop: against descents in NumPy and JAX, and whatever way it is cut."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from kernels import batchings, network, optimizers, random, schedules, training
from tests import naive

NAN = float("nan")
NO_LIMITS = training.Limits(NAN, NAN, NAN, 1e12, 1)
BATCHINGS = {
    "full_batch": {},
    "mini_batch": {"size": 3},
    "single_sample": {},
}


class Trainer:
    """Owns the arrays of a run and calls ``train_chunk``."""

    def __init__(self, case, optimizer, batching, limits=NO_LIMITS, schedule="constant", **hypers):
        made = optimizers.catalog.get(optimizer).make(hypers)
        self.case, self.limits = case, limits
        self.rules = training.Rules(
            made,
            schedules.catalog.get(schedule).make(),
            batchings.catalog.get(batching).make(BATCHINGS[batching]),
        )
        self.state = training.new_state(self.rules, case.parameters.copy())
        n = len(case.samples.inputs)
        self.scratch = training.new_scratch(case.network, self.rules, n, case.parameters)
        self.test = network.Samples(case.samples.inputs[:2].copy(), case.samples.targets[:2].copy())

    def train(self, first, last, seed=11):
        rows = np.full(((last - first) // self.limits.every + 2, len(training.COLUMNS)), np.nan)
        c = self.case
        done, filled, code = training.train_chunk(
            c.network, self.rules, self.limits, c.samples, self.test, self.state, self.scratch,
            seed, (first, last), rows,
        )  # fmt: skip
        return done, rows[:filled], code


@pytest.fixture(scope="module")
def case(request):
    from tests.kernels.conftest import make_case

    return make_case(["tanh", "tanh"], "softmax", "mean_squared_error", n=7)


PIECES = ((0, 1), (1, 2), (2, 20), (20, 37), (37, 60))


def assert_cuts_change_nothing(case, *rules, pieces=PIECES, **hypers):
    """One call, and some that end at odd steps, make the same state and the same rows."""
    whole, cut = Trainer(case, *rules, **hypers), Trainer(case, *rules, **hypers)
    _, rows, _ = whole.train(0, pieces[-1][1])
    found = [cut.train(first, last)[1] for first, last in pieces]
    assert np.array_equal(np.concatenate(found), rows)
    for name in ("parameters", "slots", "shared", "schedule"):
        assert np.array_equal(getattr(cut.state, name), getattr(whole.state, name)), name
    return rows


@pytest.mark.parametrize("every", [1, 7])
@pytest.mark.parametrize("batching", BATCHINGS)
def test_cutting_into_chunks_changes_no_bit(case, batching, every):
    rows = assert_cuts_change_nothing(case, "adam", batching, NO_LIMITS._replace(every=every))
    assert np.array_equal(rows[:, 0], np.arange(0, 60, every))


@pytest.mark.parametrize("size", [1.0, 1e35])
def test_single_samples_take_the_steps_of_stored_gradients(case, size):
    """Watched or not, and with errors so large that each step is looked at closely."""
    samples = case.samples._replace(targets=size * case.samples.targets)
    scaled = SimpleNamespace(**vars(case) | {"samples": samples})
    ends = []
    for every in (1, 60):
        limits = NO_LIMITS._replace(every=every, diverged_above=np.inf)
        trainer = Trainer(scaled, "adam", "single_sample", limits)
        assert trainer.train(0, 60)[0] == 60
        ends.append(trainer.state.parameters)
    assert np.array_equal(*ends)

    item, work = trainer.rules.optimizer, network.new_work(case.network, np.float64)
    p, gradient = case.parameters.copy(), np.empty_like(case.parameters)
    slots = optimizers.new_slots(item, p.size, np.float64)
    for step in range(60):
        sample = np.array([random.below(11, random.STREAM_BATCH, 0, step, 7)])
        network.batch_gradient(case.network, p, samples, sample, 1, gradient, work)
        c = optimizers.prepare(item, item.learning_rate, step + 1, np.linalg.norm(gradient))
        optimizers.apply(item, c, gradient, p, slots)
    assert np.abs(p - case.parameters).max() > 1e-3
    assert np.allclose(ends[0], p, rtol=0, atol=1e-10)


@pytest.mark.parametrize("optimizer", optimizers.catalog.names())
def test_no_optimizer_minds_being_cut(case, optimizer):
    few = ((0, 1), (1, 2), (2, 6), (6, 10))  # steps of whole vectors, each of many evaluations
    pieces = few if optimizers.catalog.get(optimizer).facts.get("exact") else PIECES
    rows = assert_cuts_change_nothing(case, optimizer, "full_batch", pieces=pieces)
    assert rows[-1, 1] < rows[0, 1]


def test_no_schedule_minds_being_cut(case):
    for item in schedules.catalog:
        if item.facts.get("memory"):
            limits = NO_LIMITS._replace(every=3)
            rows = assert_cuts_change_nothing(case, "sgd", "mini_batch", limits, item.name)
            assert np.array_equal(rows[:, 6] > 0, np.full(20, True))


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam", "amsgrad", "sgd_clipped"])
def test_full_batch_training_is_that_of_jax_and_a_reference(case, optimizer):
    """One rule for each number of slots, and the one that asks for the gradient's norm."""
    import jax

    from tests.kernels.test_optimizers import reference

    hypers = {"max_norm": 0.05} if optimizer == "sgd_clipped" else {}
    trainer = Trainer(case, optimizer, "full_batch", learning_rate=0.03, **hypers)
    _, rows, _ = trainer.train(0, 100)

    with jax.enable_x64(True):
        inputs, targets = (jax.numpy.asarray(a) for a in case.samples)

        def loss(p):
            values = inputs
            for k, (weights, bias) in enumerate(naive.unpack(p, case.sizes)):
                z = values @ weights + bias
                values = jax.numpy.tanh(z) if k < 2 else jax.nn.softmax(z)
            return jax.numpy.mean((values - targets) ** 2)

        value_and_slope = jax.jit(jax.value_and_grad(loss))
        _, twin = reference(trainer.rules.optimizer)
        p, wanted = case.parameters, []
        for _ in range(100):
            value, slope = (np.asarray(found) for found in value_and_slope(p))
            wanted.append((float(value), np.linalg.norm(slope)))
            p = twin.advance(p, slope)
    columns = [training.COLUMNS.index(c) for c in ("loss", "gradient_norm")]
    assert np.allclose(rows[:, columns], wanted, rtol=1e-9)
    assert np.allclose(trainer.state.parameters, p, rtol=0, atol=1e-9)
    assert rows[-1, 1] < rows[0, 1]


@pytest.mark.parametrize("every", [1, 1000])
def test_training_ends_where_there_is_no_way_down(case, every):
    """The last row describes the parameters as they are, recorded or not, and they stay."""
    trainer = Trainer(case, "lbfgs", "full_batch", NO_LIMITS._replace(every=every))
    done, rows, code = trainer.train(0, 20000)
    assert code == training.NO_DESCENT
    assert 20 < done < 20000
    assert rows[-1, 0] == done
    assert len(rows) == (done + 1 if every == 1 else 2 + done // 1000)
    end = trainer.state.parameters.copy()
    assert rows[-1, 1] == pytest.approx(case.naive_loss(end), rel=1e-9, abs=1e-15)
    assert rows[-1, 5] < 1e-7
    assert trainer.train(done, done + 5)[0] == done
    assert np.array_equal(trainer.state.parameters, end)


def test_rows_describe_the_parameters_before_each_step(case):
    trainer = Trainer(case, "sgd", "single_sample", learning_rate=0.1)
    for step in range(5):
        held = trainer.state.parameters.copy()
        _, rows, _ = trainer.train(step, step + 1)
        row = dict(zip(training.COLUMNS, rows[0], strict=True))
        assert row["step"] == step
        assert row["loss"] == pytest.approx(case.naive_loss(held), rel=1e-12)
        slope = naive.slope(case.naive_loss, held)
        assert row["gradient_norm"] == pytest.approx(np.linalg.norm(slope), rel=1e-6)
        _, values = naive.forward(
            held, case.sizes, case.hypers, case.output, np.asarray(trainer.test.inputs)
        )
        assert row["loss_test"] == pytest.approx(
            np.mean((values[-1] - trainer.test.targets) ** 2), rel=1e-12
        )
        assert row["learning_rate"] == 0.1


def test_rates_of_rows_follow_the_losses(case):
    """Reduce on plateau sees every step's loss, and the next step has the lower rate."""
    trainer = Trainer(case, "sgd", "full_batch", schedule="reduce_on_plateau", learning_rate=1e-12)
    _, rows, _ = trainer.train(0, 300)
    # Nothing is learnt at that rate: eleven windows of twenty steps after the first are too many.
    assert np.allclose(rows[:240, 6], 1e-12)
    assert np.allclose(rows[240:, 6], 1e-13)


def test_schedule_scales_the_rate(case):
    trainer = Trainer(case, "sgd", "full_batch", schedule="exponential", learning_rate=0.1)
    _, rows, _ = trainer.train(0, 50)
    rate = rows[:, training.COLUMNS.index("learning_rate")]
    assert np.allclose(rate, 0.1 * 0.5 ** (np.arange(50) / 1000), rtol=1e-12)


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (training.Limits(0.2, NAN, NAN, 1e12, 1), training.LOSS_REACHED),
        (training.Limits(NAN, 0.05, NAN, 1e12, 1), training.GRADIENT_REACHED),
        (training.Limits(NAN, NAN, 1.0, 1e12, 1), training.ACCURACY_REACHED),
        (training.Limits(NAN, NAN, NAN, 0.01, 1), training.LOSS_TOO_LARGE),
    ],
)
def test_stops_at_the_first_row_that_fulfils_a_limit(case, limits, code):
    free = Trainer(case, "adam", "full_batch", learning_rate=0.02)
    _, rows, _ = free.train(0, 3000)
    column, holds = {
        training.LOSS_REACHED: (1, lambda v: v <= 0.2),
        training.GRADIENT_REACHED: (5, lambda v: v <= 0.05),
        training.ACCURACY_REACHED: (3, lambda v: v >= 1.0),
        training.LOSS_TOO_LARGE: (1, lambda v: v > 0.01),
    }[code]
    wanted = int(np.argmax(holds(rows[:, column])))
    assert holds(rows[wanted, column])
    bound = Trainer(case, "adam", "full_batch", limits, learning_rate=0.02)
    done, found, told = bound.train(0, 3000)
    assert (done, told) == (wanted, code)
    assert np.array_equal(found, rows[: wanted + 1])


def test_what_is_not_finite_ends_the_run(make_case):
    case = make_case(["relu"] * 2, "identity", "mean_squared_error", n=7)
    trainer = Trainer(case, "sgd", "full_batch", NO_LIMITS._replace(diverged_above=np.inf))
    trainer.rules = trainer.rules._replace(
        optimizer=trainer.rules.optimizer._replace(learning_rate=1e6)
    )
    done, rows, code = trainer.train(0, 1000)
    assert code == training.NOT_FINITE
    assert done < 1000
    assert not np.isfinite(rows[-1, [1, 5]]).all()
    assert np.isfinite(rows[:-1, [1, 5]]).all()


def test_accuracy_of_all_right_is_exactly_one(make_case):
    for n in (3, 7, 49, 98, 103):
        case = make_case([], "identity", "mean_squared_error", (2, 2), n=n)
        trainer = Trainer(case, "sgd", "full_batch")
        case.samples.targets[:] = np.eye(2)[case.values[-1].argmax(1)]
        _, rows, _ = trainer.train(0, 1)
        assert rows[0, 3] == 1.0
