"""The ends of a comparison: what train_starts gives, the same bytes however they were made."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import workbench as wb
from kernels import training
from workbench.comparison.folder import claim, ends_of, locked
from workbench.comparison.parts import path_of
from workbench.comparison.training import steps_to, train
from workbench.multistart import train_starts


@pytest.fixture(scope="module")
def plain(tmp_path_factory, full_batch):
    """An experiment of 12 steps, its 70 starts by two initializers, and the folder they are in."""
    from workbench.comparison.comparison import Comparison
    from workbench.comparison.plan import Plan

    e = full_batch.replace(stop={"steps": 12})
    vary = {"initializer": ["he_normal", "glorot_normal"]}
    plan = Plan.of(e, vary, 70, tolerances=[0.25, 0.2], every=5, part=32)
    folder = claim(tmp_path_factory.mktemp("plain") / "made", plan)
    states = list(train(plan, folder, threads=2))
    return Comparison(folder), states


def test_ends_are_those_of_the_starts(plain):
    comparison, _ = plain
    for case in comparison.cases:
        blocks = list(train_starts(case.experiment, 70, threads=1))
        found = comparison.ends(case, comparison.columns)
        assert np.array_equal(found["start"], np.arange(70))
        for name in ("loss", "gradient_norm", "accuracy", "steps", "code", "parameters"):
            wanted = np.concatenate([getattr(block, name) for block in blocks])
            assert np.array_equal(found[name], wanted), name
        assert found["parameters"].dtype == np.float32


def test_test_figures_are_those_of_the_network(plain, plain_network):
    comparison, _ = plain
    case = comparison.cases[1]
    network, data = plain_network(case.experiment.network.sizes), wb.load_data(case.experiment)
    found = comparison.ends(1, ["loss_test", "accuracy_test", "parameters"])
    for k in (0, 33, 69):
        at = found["parameters"][k], data.test.inputs, data.test.targets
        assert found["loss_test"][k] == pytest.approx(network.loss(*at), rel=1e-5)
        assert found["accuracy_test"][k] == pytest.approx(network.accuracy(*at))


def test_steps_to_a_tolerance_are_those_of_single_runs(plain):
    comparison, _ = plain
    found = comparison.ends("he_normal")
    case = comparison.case("he_normal")
    seen = 0
    for k in range(12):
        loss = wb.run(case.experiment.replace(start=k)).loss
        looked = [0, 5, 10, 12]
        for tolerance in (0.25, 0.2):
            # Rounding decides nothing here: no loss is that near to a tolerance.
            assert np.abs(loss[looked] - tolerance).min() > 1e-5
            reached = [s for s in looked if loss[s] <= tolerance]
            step = found[f"steps_to_{tolerance:g}"][k]
            assert (reached[0] if reached else None) == (None if step != step else step)
            seen += bool(reached)
    assert 2 < seen < 22


def test_optimizers_of_both_kinds_are_compared_from_the_same_starts(full_batch, tmp_path):
    e = full_batch.replace(initializer="he_normal", stop={"steps": 12})
    optimizers = ["sgd", "lbfgs"]
    comparison = wb.compare(e, {"optimizer": optimizers}, 9, tmp_path / "made", polish=0)
    for name in optimizers:
        found = comparison.ends(name)
        for k in (0, 8):
            run = wb.run(e.replace(optimizer=name, start=k))
            assert found["loss"][k] == pytest.approx(run.loss[-1], abs=1e-6)
            assert found["steps"][k] == run.steps
    assert (comparison.ends("lbfgs")["loss"] < comparison.ends("sgd")["loss"]).all()


def test_what_a_history_holds_after_a_start_ended_counts_for_nothing():
    history = np.array([[3.0, 2.0, 1.0, 0.1], [3.0, 2.0, 2.0, 2.0], [3.0, np.nan, np.nan, np.nan]])
    steps, loss = np.array([25, 30, 4]), np.array([1.0, 0.4, np.nan])
    assert steps_to(history, 10, steps, loss, 0.5).tolist() == [-1, 30, -1]
    assert steps_to(history, 10, steps, loss, 1.0).tolist() == [20, 30, -1]
    assert steps_to(history, 10, steps, loss, 5.0).tolist() == [0, 0, 0]


def test_states_count_up_to_the_whole(plain):
    _comparison, states = plain
    done = [state.done for state in states]
    assert done == sorted(done)
    assert (done[0], done[-1]) == (0, 140)
    assert {state.total for state in states} == {140}
    parts = [state.part for state in states if state.part]
    assert len(parts) == len(set(parts)) == 6
    # By turns, so that what there is of both can be compared before all is there.
    assert {path.parent.name for path in parts[:2]} == {"he_normal", "glorot_normal"}
    assert all(path.exists() for path in parts)


@pytest.mark.parametrize("options", [{"threads": 1}, {"threads": 3, "part": 7}])
def test_nothing_depends_on_threads_nor_cuts(options, plain, tmp_path, bytes_of):
    comparison, _ = plain
    threads = options.pop("threads")
    plan = dataclasses.replace(comparison.plan, **options)
    folder = claim(tmp_path / "again", plan)
    list(train(plan, folder, threads=threads))
    again = wb.load_comparison(folder)
    if not options:
        assert bytes_of(folder) == bytes_of(comparison.folder)
    for case in range(2):
        a, b = (c.ends(case, c.columns) for c in (comparison, again))
        for name in comparison.columns:
            assert np.array_equal(a[name], b[name], equal_nan=True), name


def test_only_what_is_missing_is_trained(plain, tmp_path, bytes_of, make_plan):
    comparison, _ = plain
    plan = comparison.plan
    folder = claim(tmp_path / "again", plan)
    list(train(plan, folder))
    whole = bytes_of(folder)
    places = [path_of(ends_of(folder, plan.cases[k]), n) for k, n in ((0, 1), (1, 0), (1, 2))]
    places[0].unlink()
    places[1].write_bytes(places[1].read_bytes()[:1000])  # cut short
    places[2].write_bytes(path_of(ends_of(folder, plan.cases[0]), 2).read_bytes())  # another's
    leftover = ends_of(folder, plan.cases[0]) / ".writing-17-part-000001.parquet"
    leftover.write_bytes(b"half")
    with locked(folder):
        states = list(train(plan, folder))
    assert states[0].done == states[0].found == 140 - 32 - 32 - 6
    assert {state.part for state in states if state.part} == set(places)
    assert bytes_of(folder) == whole


def test_a_cancelled_comparison_keeps_its_whole_parts(tmp_path, make_plan):
    plan = make_plan(starts=96, part=16)
    folder = claim(tmp_path / "made", plan)
    written = []

    def cancelled():
        return len(written) > 2

    for state in train(plan, folder, threads=1, cancelled=cancelled):
        written += [state.part] if state.part else []
    comparison = wb.load_comparison(folder)
    there = sum(len(comparison.ends(case)["start"]) for case in comparison.cases)
    assert 48 <= there < 192
    assert there == 16 * len(written)


def test_two_processes_do_not_write_to_one_folder(tmp_path, make_plan):
    folder = claim(tmp_path / "made", make_plan())
    with locked(folder), pytest.raises(wb.WorkbenchError, match="another process"), locked(folder):
        pass
    with locked(folder):
        pass


def test_starts_that_diverge_are_kept_as_such(tmp_path, make_plan, plain):
    first = [
        run.loss[0]
        for run in map(
            wb.run,
            (plain[0].cases[0].experiment.replace(start=k, stop={"steps": 0}) for k in range(9)),
        )
    ]
    bound = float(np.median(first))
    plan = make_plan({}, 9, changes={"stop.diverged_above": bound}, tolerances=[9.0])
    folder = claim(tmp_path / "made", plan)
    list(train(plan, folder))
    found = wb.load_comparison(folder).ends(0)
    wild = np.array(first) > bound
    assert (found["code"][wild] == training.LOSS_TOO_LARGE).all()
    assert (found["steps"][wild] == 0).all()
    assert (found["loss"][wild] > bound).all()
    assert (found["steps"][~wild][:1] >= 1).all()


def test_reading_is_by_case_column_and_start(plain):
    comparison, _ = plain
    assert comparison.case("he_normal") is comparison.case(0) is comparison.cases[0]
    for bad in ("he_norml", 2, -1, None):
        with pytest.raises(wb.BadValue, match="he_normal"):
            comparison.case(bad)
    with pytest.raises(wb.BadValue, match="gradient_norm"):
        comparison.ends(0, ["gradient_nrom"])
    some = comparison.parameters("glorot_normal", [69, 0, 40])
    whole = comparison.ends("glorot_normal", ["parameters"])["parameters"]
    assert np.array_equal(some, whole[[69, 0, 40]])
    with pytest.raises(wb.BadValue, match="from 0 to 69"):
        comparison.parameters(0, [70])
    one, all_of = comparison.end(1, 40), comparison.ends(1)
    assert one == {name: pytest.approx(v[40], nan_ok=True) for name, v in all_of.items()}
    later = list(comparison.parts(0, ["start"], since=1))
    assert [part["start"][0] for part in later] == [32, 64]


def test_parameters_that_were_not_kept_are_trained_again(plain, tmp_path, make_plan):
    comparison, _ = plain
    plan = dataclasses.replace(comparison.plan, parameters=False)
    folder = claim(tmp_path / "made", plan)
    list(train(plan, folder))
    bare = wb.load_comparison(folder)
    assert "parameters" not in bare.columns
    assert np.array_equal(bare.parameters(1, [69, 0, 40]), comparison.parameters(1, [69, 0, 40]))


def test_a_folder_without_ends_reads_as_empty(tmp_path, make_plan):
    comparison = wb.load_comparison(claim(tmp_path / "made", make_plan()))
    found = comparison.ends(0, comparison.columns)
    assert found["loss"].shape == (0,)
    assert found["parameters"].shape == (0, 158)
    assert comparison.end(0, 3) == {}
    assert not comparison.finished
    with pytest.raises(wb.WorkbenchError, match="not finished"):
        comparison.result  # noqa: B018
    with pytest.raises(wb.WorkbenchError, match="holds no comparison"):
        wb.load_comparison(tmp_path)
