"""Conserved quantities of training: measured against plain NumPy, and seen to be missed."""

from __future__ import annotations

import numpy as np
import pytest

import workbench as wb
from workbench.model import Model
from workbench.reproductions import _hidden_units, symmetric_starts


@pytest.fixture
def model():
    return Model(wb.Experiment.preset("symmetric_start").replace(initializer="he_normal"))


def test_differences_are_those_between_columns_and_rows(model, plain_network):
    plain, p = plain_network([16, 6, 6, 2]), model.initial_parameters()
    (w1, b1), (w2, b2), (w3, _) = plain.unpack(p)
    gaps = []
    for into, bias, away in ((w1, b1, w2), (w2, b2, w3)):
        for j in range(6):
            for k in range(j):
                parts = into[:, j] - into[:, k], bias[j] - bias[k], away[j] - away[k]
                gaps.append(max(np.abs(part).max() for part in parts))
    assert _hidden_units.apart(model, p) == pytest.approx((min(gaps), max(gaps)), rel=1e-14)
    balance = [(w1**2).sum(0) + b1**2 - (w2**2).sum(1), (w2**2).sum(0) + b2**2 - (w3**2).sum(1)]
    np.testing.assert_allclose(_hidden_units.balance(model, p), np.concatenate(balance))


def test_alike_units_collapse_into_one_with_the_same_answers(model, plain_network):
    rng, plain = np.random.default_rng(0), plain_network([16, 6, 6, 2])
    w1, w2, w3 = rng.normal(size=(16, 1)), rng.normal(), rng.normal(size=(1, 2))
    p = np.concatenate(
        [
            np.tile(w1, 6).ravel(), np.full(6, 0.2), np.full(36, abs(w2)), np.full(6, 0.1),
            np.tile(w3, (6, 1)).ravel(), [0.3, -0.3],
        ]
    )  # fmt: skip
    assert _hidden_units.apart(model, p) == (0.0, 0.0)
    sizes, one = _hidden_units.collapsed(model, p)
    assert sizes == [16, 1, 1, 2]
    inputs = rng.random((5, 16))
    np.testing.assert_allclose(
        plain_network(sizes).answer(one, inputs), plain.answer(p, inputs), rtol=1e-12
    )
    sizes, one = _hidden_units.collapsed(model, model.initial_parameters())
    answers = plain.answer(model.initial_parameters(), inputs)
    assert not np.allclose(plain_network(sizes).answer(one, inputs), answers, rtol=1e-2)


def test_drift_is_that_of_plain_gradient_descent(model, plain_network):
    plain, p, samples = plain_network([16, 6, 6, 2]), model.initial_parameters(), model.train
    before = _hidden_units.balance(model, p)
    for _ in range(30):
        p = p - 0.3 * plain.gradient(p, samples.inputs, samples.targets)
    found = _hidden_units.drift(model.experiment, 0.3, 30)
    change = _hidden_units.balance(model, p) - before
    np.testing.assert_allclose(found.change, change, rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(found.predicted, change, rtol=1e-6, atol=1e-12)
    assert np.abs(change).max() > 1e-4


def test_units_that_start_alike_stay_alike():
    made = wb.reproduce("symmetric-starts", width=4, steps=60, weight=0.2)
    assert made.agrees
    assert made.facts["slope"] == pytest.approx(1.0, abs=0.1)
    rows = made.outcome.tables["units"].rows
    assert {row[0] for row in rows} == {"zeros", "constant", "random"}
    assert max(row[2] for row in rows) == 60
    losses = [row[-1] for row in rows if row[:2] == ("constant", "sgd, full batch")]
    assert losses[-1] < losses[0]  # it does learn, as one unit a layer would
    assert len(made.outcome.figures["conserved"]().axes) == 2


def test_wide_layers_stay_alike_to_rounding():
    base = wb.Experiment.preset("symmetric_start")
    e = base.replace(network={"sizes": [16, 33, 33, 2]}, stop={"steps": 200})
    gaps = [_hidden_units.apart(Model(e), p)[1] for _, p in _hidden_units.along(e, 40)]
    assert len(gaps) == 6
    assert max(gaps) < 1e-12


def test_units_that_do_not_start_alike_are_found_out(monkeypatch):
    along = _hidden_units.along

    def disturbed(experiment, every):
        for step, parameters in along(experiment, every):
            moved = parameters.copy()
            if experiment.initializer.name == "constant":
                moved[:96:6] += 1e-6
            yield step, moved

    monkeypatch.setattr(_hidden_units, "along", disturbed)
    made = wb.reproduce("symmetric-starts", steps=20)
    differing = [f.subject for f in made.findings if not f.agrees]
    assert len(differing) == 2 * len(symmetric_starts._RULES)
    assert all(subject.startswith("constant start") for subject in differing)
