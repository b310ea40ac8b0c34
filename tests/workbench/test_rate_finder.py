"""The learning-rate range test: against the same steps made one by one, and what it reads off."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

import workbench as wb
from workbench import rate_finder
from workbench.cli import main


@pytest.fixture(scope="module")
def scan(tutorial):
    return wb.find_learning_rate(tutorial.replace(dtype="float64"), 1e-3, 1e3, 120)


def test_losses_are_those_of_steps_with_growing_rates(scan, tutorial, plain_tutorial):
    p = wb.initial_parameters(tutorial.replace(dtype="float64"))
    train = wb.load_data(tutorial).train
    for k in range(60):
        wanted = plain_tutorial.loss(p, train.inputs, train.targets)
        assert scan.losses[k] == pytest.approx(wanted, rel=1e-6)
        rate = 1e-3 * (1e3 / 1e-3) ** (k / 119)
        assert scan.rates[k] == pytest.approx(rate, rel=1e-12)
        p = p - rate * plain_tutorial.gradient(p, train.inputs, train.targets)
    assert scan.losses[59] < 0.9 * scan.losses[0]


def test_running_mean_is_a_weighted_mean_of_all_losses_so_far(scan):
    for k in (0, 1, 30):
        weights = 0.9 ** np.arange(k, -1, -1)
        wanted = np.average(scan.losses[: k + 1], weights=weights)
        assert scan.smoothed[k] == pytest.approx(wanted, rel=1e-12)


def test_readings_are_those_of_the_curve(scan):
    assert scan.exploded
    assert len(scan.rates) < 120
    best = int(np.argmin(scan.smoothed))
    assert scan.tenth_of_lowest == pytest.approx(scan.rates[best] / 10)
    k = int(np.flatnonzero(scan.rates == scan.suggested)[0])
    assert 0 < k < best
    falls = -np.diff(scan.smoothed[: best + 1])
    # The fall around the suggestion, two steps wide, is the largest of its kind.
    assert falls[k - 1] + falls[k] == pytest.approx((falls[:-1] + falls[1:]).max())
    with pytest.raises(ValueError, match="read-only"):
        scan.losses[0] = 0.0


def test_the_suggested_rate_learns_sooner_than_ones_far_off(scan, tutorial):
    def end(rate):
        return wb.run(tutorial.replace(optimizer={"learning_rate": rate}), steps=200).loss[-1]

    assert end(scan.suggested) < 0.5 * min(end(scan.suggested / 100), end(scan.suggested * 100))


def test_single_samples_give_the_losses_of_the_batch_alone(tutorial):
    noisy = tutorial.replace(batching="single_sample", dtype="float64")
    found = wb.find_learning_rate(noisy, 1e-9, 1e-8, 10)
    train = wb.load_data(noisy).train
    model = wb.Model(noisy)
    answers = model.predict(model.initial_parameters(), train.inputs)
    each = ((answers - train.targets) ** 2).mean(axis=1)
    assert all(np.isclose(each, loss, rtol=1e-5).any() for loss in found.losses)
    assert len(set(found.losses)) > 1
    assert not found.exploded


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"low": 0.0}, "low"),
        ({"low": 1.0, "high": 1.0}, "high"),
        ({"high": float("inf")}, "high"),
        ({"steps": 3}, "steps"),
        ({"steps": "many"}, "steps"),
    ],
)
def test_bad_bounds_are_refused(tutorial, values, field):
    with pytest.raises(wb.BadValue, match=rf"^{field}: "):
        wb.find_learning_rate(tutorial, **values)


def test_optimizers_that_search_for_their_steps_are_refused(tutorial):
    with pytest.raises(wb.BadValue, match=r"^optimizer\.name: .*sgd"):
        wb.find_learning_rate(tutorial.replace(optimizer="lbfgs"))


def test_the_command_writes_a_folder_and_one_line_of_json(tmp_path, capsys):
    folder = tmp_path / "rates"
    arguments = ["find-rate", "tutorial", "--set", "dtype=float64", "--low", "1e-3"]
    arguments += ["--high", "1e3", "--points", "120", "--json", "--out", str(folder)]
    assert main(arguments) == 0
    shown = capsys.readouterr()
    result = json.loads(shown.out)
    assert f"{result['suggested']:.3g}" in shown.err
    assert result == json.loads((folder / "result.json").read_text())
    with (folder / "rates.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [*rows[0]] == ["rate", "loss", "smoothed"]
    assert len(rows) == result["steps"]
    assert wb.Experiment.load(folder / "experiment.toml").dtype == "float64"
    assert (folder / "rates.png").stat().st_size > 5000


def test_a_loss_that_never_falls_gets_no_suggestion(tutorial, tmp_path):
    tiny = wb.find_learning_rate(tutorial, 1e-30, 1e-20, 10)
    assert tiny.suggested is None
    assert "never fell" in rate_finder.describe(tiny)
    assert rate_finder.save_scan(tiny, tmp_path / "none")["suggested"] is None
    huge = wb.find_learning_rate(tutorial.replace(network={"output": "identity"}), 1e20, 1e30, 10)
    assert huge.exploded
    assert len(huge.losses) < 10
    json.dumps(rate_finder.save_scan(huge, tmp_path / "huge"), allow_nan=False)
