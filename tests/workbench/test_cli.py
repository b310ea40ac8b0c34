"""The command line as its user meets it: exit codes, what goes where, and bad input."""

from __future__ import annotations

import json
import signal
import sys
import time

import numpy as np
import pytest

import workbench as wb
from workbench import cli

KEYS = {
    "parameters",
    "loss_initial",
    "loss_final",
    "accuracy_train",
    "accuracy_test",
    "gradient_norm",
    "steps",
    "diverged",
    "seconds",
    "seed",
    "experiment_hash",
    "folder",
}
QUICK = ["--steps", "3", "--no-pictures"]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def workbench(capsys):
    """Call the command in this process; returns (exit code, standard output, standard error)."""

    def call(*arguments):
        code = cli.main(list(arguments))
        return code, *capsys.readouterr()

    return call


def test_run_writes_a_folder_and_a_summary(workbench, tmp_path):
    code, out, err = workbench("run", "tutorial", *QUICK, "--out", "here")
    assert code == 0
    assert "158" in out
    assert str(tmp_path / "here") in out
    assert "all 3 steps made" in err
    assert (tmp_path / "here" / "result.json").exists()


def test_json_is_the_last_line_and_only_it(workbench, tmp_path):
    code, out, err = workbench("run", "tutorial", *QUICK, "--json", "--seed", "7")
    assert code == 0
    assert out.endswith("}\n")
    assert len(out.splitlines()) == 1
    result = json.loads(out)
    assert set(result) == KEYS
    assert "all 3 steps made" in err
    wanted = wb.run(wb.Experiment.preset("tutorial").replace(seed=7), steps=3)
    same = {key: value for key, value in wanted.result().items() if key in KEYS - {"seconds"}}
    assert {key: result[key] for key in same} == same
    folder = tmp_path / "runs"
    assert [str(path) for path in folder.iterdir()] == [result["folder"]]
    saved = json.loads((next(folder.iterdir()) / "result.json").read_text(encoding="utf-8"))
    assert {key: saved[key] for key in KEYS} == result


def test_settings_reach_the_experiment(workbench):
    settings = {
        "optimizer": "adam",
        "optimizer.learning_rate": "0.01",
        "network.sizes": "16,6,6,2",
        "network.activations": "[ 'relu', 'relu' ]",
        "initializer": "he_normal",
        "title": "Hello, world",
        "stop.loss": "1e-3",
        "dtype": "float32",
    }
    arguments = [word for item in settings.items() for word in ("--set", "=".join(item))]
    code, _, _ = workbench("run", "tutorial", *QUICK, *arguments, "--out", "o")
    assert code == 0
    held = wb.Experiment.load("o/experiment.toml")
    assert held == wb.Experiment.preset("tutorial").replace(
        optimizer={"name": "adam", "learning_rate": 0.01},
        initializer="he_normal",
        stop={"loss": 1e-3, "steps": 3},
    )
    assert held.title == "Hello, world"


def test_a_saved_experiment_runs_to_the_same_bits(workbench):
    assert workbench("run", "tutorial", *QUICK, "--out", "a")[0] == 0
    assert workbench("run", "a/experiment.toml", "--no-pictures", "--out", "b")[0] == 0
    with np.load("a/parameters.npz") as a, np.load("b/parameters.npz") as b:
        np.testing.assert_array_equal(a["parameters"], b["parameters"])


def test_divergence_exits_with_3_and_keeps_the_run(workbench, tmp_path):
    settings = ("network.output=identity", "optimizer.learning_rate=1e6")
    arguments = [word for text in settings for word in ("--set", text)]
    code, out, err = workbench("run", "tutorial", *arguments, "--json", "--out", "d")
    assert code == 3
    assert err.splitlines()[-1].startswith("diverged at step 1: the loss is")
    result = json.loads(out)
    assert result["diverged"] is True
    assert result["steps"] == 0
    assert (tmp_path / "d" / "surface.png").exists()


def test_texts_reach_the_experiment_with_their_commas_and_numbers(workbench, tmp_path):
    (tmp_path / "1,2.csv").write_text("7,b\n1,2\n3,4\n5,7\n")
    settings = {
        "data": "csv",
        "data.path": "1,2.csv",
        "data.targets": "7",
        "data.header": "yes",
        "data.task": "regression",
        "network.sizes": "1,1",
        "network.output": "identity",
        "initializer": "perturbed",
        "initializer.of": "zeros",
    }
    arguments = [word for item in settings.items() for word in ("--set", "=".join(item))]
    assert workbench("run", "tutorial", *QUICK, *arguments, "--out", "o")[0] == 0
    held = wb.Experiment.load("o/experiment.toml")
    assert (held.data.path, held.data.targets) == (str(tmp_path / "1,2.csv"), "7")
    assert held.initializer.of == "zeros"
    data = ("--set", "data=formula", "--set", "data.formula=max(x1, 2)")
    rest = ("--set", "network.sizes=1,1", "--set", "initializer=zeros")
    assert workbench("run", "tutorial", *QUICK, *data, *rest, "--out", "f")[0] == 0
    assert wb.Experiment.load("f/experiment.toml").data.formula == "max(x1, 2)"


def test_a_regression_has_no_accuracy(workbench, tmp_path):
    data = ("--set", "data=formula", "--set", "network.sizes=2,3,1", "--set", "initializer=normal")
    arguments = ("run", "tutorial", *QUICK, *data, "--set", "network.output=identity")
    code, out, err = workbench(*arguments, "--json", "--out", "j")
    assert code == 0
    result = json.loads(out)
    assert result["accuracy_train"] is result["accuracy_test"] is None
    assert result["loss_final"] > 0
    code, out, err = workbench(*arguments, "--out", "t")
    assert code == 0
    assert [line.split() for line in out.splitlines() if "accuracy" in line] == [["accuracy", "–"]]
    assert "accuracy" not in err
    history = (tmp_path / "t" / "history.csv").read_text(encoding="utf-8").splitlines()
    columns = history[0].split(",")
    for line in history[1:]:
        row = dict(zip(columns, line.split(","), strict=True))
        assert row["accuracy_train"] == row["accuracy_test"] == "nan"
        assert float(row["loss_test"]) > 0


BAD = [
    (["rum"], "run"),
    (["tutorial"], "run tutorial"),
    (["--", "tutorial"], "run tutorial"),
    (["-"], "workbench --help"),
    (["--nonsense"], "--nonsense"),
    ([""], "command"),
    (["run", "tutoril"], "tutorial"),
    (["run", ""], "experiment"),
    (["run", "missing.toml"], "missing.toml"),
    (["run", "."], "cannot be read"),
    (["run", "x" * 300], "experiment"),
    (["run", "x" * 300 + ".toml"], "cannot be read"),
    (["run", "a/b"], "cannot be read"),
    (["run", "binary.toml"], "not UTF-8"),
    (["run", "broken.toml"], "no valid TOML"),
    (["run", "unknown.toml"], "optimizer"),
    (["run", "tutorial", "more"], "more"),
    (["run", "--nonsense"], "--nonsense"),
    (["run", "--seed"], "--seed"),
    (["run", "--st", "3"], "--st"),
    (["run", "--seed", "x"], "seed"),
    (["run", "--seed", "-1"], "seed"),
    (["run", "--seed", "1.5"], "seed"),
    (["run", "--seed", "9" * 5000], "seed"),
    (["run", "--seed", "0x" + "f" * 5000], "seed"),
    (["run", "--seed", ""], "seed"),
    (["run", "--seed", "nan"], "seed"),
    (["run", "--steps", "-1"], "stop.steps"),
    (["run", "--steps", "many"], "stop.steps"),
    (["run", "--steps", "1e400"], "stop.steps"),
    (["run", "--steps", "[3]"], "stop.steps"),
    (["run", "--set", ""], "--set"),
    (["run", "--set", "="], "--set"),
    (["run", "--set", "=3"], "--set"),
    (["run", "--set", "seed"], "--set"),
    (["run", "--set", "a=b"], "a"),
    (["run", "--set", ".=1"], "is no such key"),
    (["run", "--set", "seed.x=1"], "seed"),
    (["run", "--set", "seed=1\nstart=2"], "seed"),
    (["run", "--set", "optimizer.=1"], "optimizer"),
    (["run", "--set", "optimizer=1"], "optimizer"),
    (["run", "--set", "optimizer.name=adamm"], "adam"),
    (["run", "--set", "optimizer.learning_rate="], "optimizer.learning_rate"),
    (["run", "--set", "optimizer.learning_rate=fast"], "optimizer.learning_rate"),
    (["run", "--set", "optimizer.learning_rate=nan"], "optimizer.learning_rate"),
    (["run", "--set", "optimizer.learning_rate=inf"], "optimizer.learning_rate"),
    (["run", "--set", "optimizer.learning_rate=1e400"], "optimizer.learning_rate"),
    (["run", "--set", "optimizer.learning_rate=-1"], "optimizer.learning_rate"),
    (["run", "--set", "optimizer.learning_rate={a={b=1}}"], "optimizer.learning_rate"),
    (["run", "--set", "optimizer.learning_rate=1979-05-27"], "optimizer.learning_rate"),
    (["run", "--set", "optimizer.momentum=0.9"], "optimizer.momentum"),
    (["run", "--set", "data=csv"], "data.path"),
    (["run", "--set", "data=csv", "--set", "data.path=missing.csv"], "No such file"),
    (["run", "--set", "data=csv", "--set", "data.path=broken.toml"], "data."),
    (["run", "--set", "data=npz", "--set", "data.path=broken.toml"], "data.path"),
    (["run", "--set", "data=idx", "--set", "data.images=broken.toml"], "data.labels"),
    (["run", "--set", "data=formula", "--set", "data.formula=sin(x1"], "character 4"),
    (["run", "--set", "data=formula", "--set", "data.formula=9**9**9**9"], "must be finite"),
    (["run", "--set", "data=two_moons"], "network.sizes"),
    (["run", "--set", "data.scaling=unit"], "data.scaling"),
    (["run", "--set", "initializer=file"], "initializer.path"),
    (["run", "--set", "initializer=file", "--set", "initializer.path=full"], "no regular file"),
    (["run", "--set", "optimizer.learning_rate=" + "[" * 3000], "optimizer.learning_rate"),
    (["run", "--set", "network.sizes="], "network.sizes"),
    (["run", "--set", "network.sizes=16"], "network.sizes"),
    (["run", "--set", "network.sizes=16,x,2"], "network.sizes"),
    (["run", "--set", "network.sizes=16,65536,65536,2"], "network.sizes"),
    (["run", "--set", "network.activations=relu,relu,relu"], "network.activations"),
    (["run", "--set", "network.activations=[1979-05-27]"], "network.activations"),
    (["run", "--set", "network.loss=cross_entropy", "--set", "network.output=identity"], "softmax"),
    (["run", "--set", "title=\udcff"], "title"),
    (["run", "--set", "dtype=float16"], "float32"),
    (["run", "--out", ""], "--out"),
    (["run", "--out", "full"], "--out"),
    (["run", "--out", "broken.toml"], "--out"),
    (["run", "--out", "broken.toml/x"], "--out"),
    (["run", "--out", "/proc/no/such"], "--out"),
    (["run", "--out", "y" * 300], "--out"),
    (["list", "optimiser"], "optimizers"),
    (["list", "--what"], "--what"),
    (["window"], "workbench run tutorial"),
    (["window", "tutoril"], "tutorial"),
]


@pytest.mark.parametrize(("arguments", "names"), BAD, ids=lambda v: repr(v)[:60])
def test_bad_input_is_one_line_and_exit_code_2(workbench, tmp_path, arguments, names):
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "broken.toml").write_text("seed = [1")
    (tmp_path / "unknown.toml").write_text("[optimiser]\nname = 'sgd'")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "precious").write_text("kept")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    code, out, err = workbench(*arguments)
    assert code == 2
    assert out == ""
    assert len(err.splitlines()) == 1
    assert err.startswith("workbench: ")
    assert names in err
    assert len(err) < 800
    # What was there is there, and nothing new.
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before
    assert {p.name for p in tmp_path.iterdir() if p.is_dir()} == {"full"}


def test_list_names_every_item(workbench):
    code, out, _ = workbench("list")
    assert code == 0
    code, as_json, _ = workbench("list", "--json")
    catalogues = json.loads(as_json)
    assert code == 0
    assert {"gallery", "optimizers", "activations", "losses", "initializers", "surfaces"} <= set(
        catalogues
    )
    for kind, items in catalogues.items():
        assert items
        for item in items:
            assert any(
                line.startswith(f"  {item['name']} ") and item["summary"] in line
                for line in out.splitlines()
            )
        only = workbench("list", kind)[1]
        assert only.splitlines()[0] == kind
        assert only.strip() in out


def test_surfaces_are_listed_with_all_that_is_known(workbench):
    _, out, _ = workbench("list", "surfaces", "--json")
    listed = {entry["name"]: entry for entry in json.loads(out)["surfaces"]}
    assert len(listed) >= 64
    for entry in listed.values():
        assert {"formula", "source", "domain", "minima", "complete"} <= set(entry)
        low_x, high_x, low_y, high_y = entry["domain"]
        for minimum in entry["minima"]:
            assert list(minimum) == ["x", "y", "value", "kind"]
            assert low_x < minimum["x"] < high_x
            assert low_y < minimum["y"] < high_y
    kinds = [minimum["kind"] for minimum in listed["six_hump_camel"]["minima"]]
    assert kinds == ["global"] * 2 + ["local"] * 4


def test_help_and_version(workbench, capsys):
    for arguments, wanted in (
        (["--help"], ["run", "list", "window", "--version"]),
        (["run", "--help"], ["--set", "--seed", "--steps", "--out", "--json", "Exit codes"]),
        (["--version"], [wb.__version__]),
    ):
        with pytest.raises(SystemExit) as caught:
            cli.main(arguments)
        assert caught.value.code == 0
        out = capsys.readouterr().out
        assert all(word in out for word in wanted)


def test_without_a_display_the_tutorial_runs_here(starting, tmp_path):
    process = starting("-m", "workbench")
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0
    assert "there is no display" in err.splitlines()[0]
    folder = next((tmp_path / "runs").iterdir())
    assert str(folder) in out
    assert {"loss.png", "weights.png", "surface.png"} <= {path.name for path in folder.iterdir()}
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    assert result["accuracy_train"] >= 0.99
    assert "\r" not in err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")
def test_ctrl_c_keeps_the_run(starting, tmp_path):
    arguments = ("run", "tutorial", "--steps", "1000000000", "--out", "kept", "--json")
    process = starting("-m", "workbench", *arguments)
    for line in process.stderr:
        if "step " in line:
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    result = json.loads(out.splitlines()[-1])
    assert f"interrupted after step {result['steps']}; kept in" in err
    with np.load(tmp_path / "kept" / "parameters.npz") as held:
        loss, _ = wb.loss_and_gradient(wb.Experiment.preset("tutorial"), held["parameters"])
    assert loss == pytest.approx(result["loss_final"], rel=1e-6)
    assert 0 < result["steps"] < 10**9
    assert (tmp_path / "kept" / "surface.png").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")
def test_ctrl_c_before_the_first_step_leaves_no_folder(starting, tmp_path):
    arguments = ("run", "tutorial", "--out", "kept")
    process = starting("-m", "workbench", *arguments, NUMBA_CACHE_DIR=str(tmp_path / "cache"))
    assert any("compiling" in line for line in process.stderr)
    process.send_signal(signal.SIGINT)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.splitlines() == ["workbench: interrupted"]
    assert not (tmp_path / "kept").exists()


def test_a_reader_that_leaves_early_is_no_error(starting):
    process = starting("-c", "import sys; sys.exit(__import__('workbench.cli').cli.main(['list']))")
    process.stdout.close()
    process.stdout = None
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")


def test_a_legacy_encoding_is_no_error(python):
    arguments = ("run", "tutorial", *QUICK, "--out", "o")
    code, out, err = python("-m", "workbench", *arguments, PYTHONIOENCODING="ascii")
    assert code == 0
    assert "training loss" in out
    assert "Traceback" not in err
