"""The scripting API: its names, its promises, and that nothing of it needs Qt."""

from __future__ import annotations

import inspect
from pathlib import Path

import numpy as np
import pytest

import workbench as wb

ROOT = Path(__file__).parents[2]
# Any import of Qt fails, as where it is not installed or its libraries are missing.
NO_QT = """
import sys
class Block:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("PyQt6", "pyqtgraph"):
            raise ImportError(f"libEGL.so.1: cannot open shared object file ({name})")
sys.meta_path.insert(0, Block())
"""


def test_the_names_of_the_issue_are_there_and_documented():
    wanted = {
        *("Experiment", "run", "Run", "loss_and_gradient", "predict", "initial_parameters"),
        "load_data",
    }
    assert wanted <= set(wb.__all__)
    for name in wb.__all__:
        thing = getattr(wb, name)
        assert inspect.getdoc(thing), name
        if inspect.isfunction(thing):
            signature = inspect.signature(thing)
            assert signature.return_annotation is not signature.empty
            assert all(p.annotation is not p.empty for p in signature.parameters.values())
    assert (ROOT / "workbench" / "py.typed").exists()


def test_the_api_end_to_end(tutorial, plain_tutorial):
    experiment = tutorial.replace(optimizer={"learning_rate": 0.2}, stop={"steps": 50})
    run = wb.run(experiment)
    assert isinstance(run, wb.Run)
    assert len(run.loss) == len(run.history["loss"]) == 51
    data = wb.load_data(experiment)
    loss, gradient = wb.loss_and_gradient(experiment, run.parameters)
    assert loss == pytest.approx(run.loss[-1], rel=1e-6)
    wanted = plain_tutorial.gradient(run.parameters, data.train.inputs, data.train.targets)
    np.testing.assert_allclose(gradient, wanted, atol=1e-6)
    answers = wb.predict(experiment, run.parameters, data.test.inputs)
    assert answers.shape == data.test.targets.shape
    np.testing.assert_allclose(
        answers, plain_tutorial.answer(run.parameters, data.test.inputs), atol=1e-6
    )
    assert wb.initial_parameters(experiment).shape == run.parameters.shape
    assert wb.run(experiment, steps=7).steps == 7


def test_importing_is_quick(python):
    code = "import time; t = time.perf_counter(); import workbench; print(time.perf_counter() - t)"
    outcome, out, err = python("-c", code)
    assert (outcome, err) == (0, "")
    assert float(out) < 5.0


@pytest.mark.parametrize("display", ["", ":0"])
def test_everything_headless_works_without_qt(python, tmp_path, display):
    code = NO_QT + "from workbench.cli import main; sys.exit(main(sys.argv[1:]))"
    arguments = ("run", "tutorial", "--steps", "3", "--out", "o")
    assert python("-c", code, *arguments, DISPLAY=display)[0] == 0
    assert (tmp_path / "o" / "surface.png").exists()
    assert python("-c", code, "list", DISPLAY=display)[0] == 0
    outcome, _, err = python("-c", code, "window", QT_QPA_PLATFORM="offscreen")
    assert outcome == 2
    assert len(err.splitlines()) == 1
    assert "libEGL.so.1" in err
