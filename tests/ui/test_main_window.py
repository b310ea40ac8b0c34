"""The window as a user meets it: what it shows is compared with runs made apart from it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

import workbench as wb
from kernels.jit import kernel


def alone(experiment, steps):
    """The same experiment carried out without a window, after ``steps`` steps."""
    run = wb.Run(experiment)
    run.step(steps)
    return run


def test_learns_by_itself_as_soon_as_it_opens(user):
    user.until(lambda: user.page._shown.step > 300)
    assert user.page.pause.isVisible()
    assert float(user.figure("loss")) < 0.4768
    assert int(user.figure("step").replace(",", "")) > 0


def test_figures_are_those_of_the_same_run_without_a_window(user):
    user.until(lambda: user.page._shown.step > 300)
    user.rest()
    steps = user.run.steps
    apart = alone(user.run.experiment, steps)
    loss, gradient = wb.loss_and_gradient(apart.experiment, apart.parameters)
    assert int(user.figure("step").replace(",", "")) == steps
    assert float(user.figure("loss")) == pytest.approx(loss, rel=1e-4)
    assert float(user.figure("gradient norm")) == pytest.approx(np.linalg.norm(gradient), rel=1e-3)
    answers = wb.predict(apart.experiment, apart.parameters, apart.model.data.train.inputs)
    right = answers.argmax(1) == apart.model.data.train.targets.argmax(1)
    assert float(user.figure("accuracy")) == pytest.approx(right.mean(), abs=1e-4)


def test_views_show_the_kernels_values(user):
    user.until(lambda: user.page._shown.step > 200)
    user.rest()
    apart = alone(user.run.experiment, user.run.steps)
    _, gradient = wb.loss_and_gradient(apart.experiment, apart.parameters)
    for kind, vector in (("weights", apart.parameters), ("gradient", gradient)):
        # The layout of the flat vector, written out once more.
        offset = 0
        for k, (n_in, n_out) in enumerate(((16, 6), (6, 6), (6, 2))):
            block = vector[offset : offset + (n_in + 1) * n_out].reshape(n_in + 1, n_out)
            assert np.array_equal(user.page.weights.maps.displayed(kind, k), block)
            offset += (n_in + 1) * n_out
    first = apart.model.data.train.inputs[0]
    diagram = user.page.network.diagram
    assert np.array_equal(diagram.image.ravel(), first)
    assert np.array_equal(diagram.units[:16], first)
    answer = wb.predict(apart.experiment, apart.parameters, first)
    assert np.array_equal(diagram.units[-2:], answer)


def test_loss_curve_is_the_history_of_the_same_run(user):
    user.until(lambda: user.page._shown.step > 200)
    user.rest()
    drawn = user.page.loss.displayed()
    history = alone(user.run.experiment, user.run.steps).history
    assert np.array_equal(drawn[:, 0], history["step"])
    assert np.array_equal(drawn[:, 1], history["loss"])
    assert np.array_equal(drawn[:, 2], history["loss_test"])
    x, _ = user.page.loss.train.getOriginalDataset()
    assert np.array_equal(x, history["step"])


def test_plane_shows_the_loss_where_the_path_ends(user):
    user.until(lambda: user.page._shown.step > 500)
    user.rest()
    landscape = user.page.landscape
    user.until(lambda: landscape.view is not None and landscape.view.step == user.run.steps)
    # All points computed, none interpolated.
    user.until(lambda: landscape.view.computed == 1.0)
    grid = landscape.view.grid
    j, i = (
        np.abs(a - p).argmin()
        for a, p in zip((grid.along, grid.across), grid.path[-1], strict=True)
    )
    point = (
        grid.plane.origin
        + grid.along[j] * grid.plane.directions[0]
        + grid.across[i] * grid.plane.directions[1]
    )
    loss, _ = wb.loss_and_gradient(user.run.experiment, point)
    assert grid.values[i, j] == pytest.approx(loss, rel=1e-4)
    x, y = landscape.map.path.getData()
    steps, trail = user.run.trail()
    assert len(x) >= len(steps)
    assert np.allclose([x[-1], y[-1]], grid.plane.project(trail[-1:])[0], atol=1e-5)


def test_stepping_to_and_fro_is_exact(make_user):
    user = make_user(play=False)
    user.settled()
    start = user.run.parameters.copy()
    assert user.page._shown["loss"] == pytest.approx(0.4768, abs=5e-5)
    for _ in range(3):
        before = user.run.steps
        user.press("step")
        user.until(lambda before=before: user.page._shown.step == before + 1)
    user.press("back")
    user.until(lambda: user.page._shown.step == 2)
    user.settled()
    assert np.array_equal(user.run.parameters, alone(user.run.experiment, 2).parameters)
    assert len(user.page.loss.displayed()) == 3
    user.press("reset")
    user.until(lambda: user.page._shown.step == 0)
    user.settled()
    assert np.array_equal(user.run.parameters, start)
    assert not user.page.back.isEnabled()


def test_space_plays_and_pauses(user):
    user.until(lambda: user.page._shown.step > 50)
    QTest.keyClick(user.window, Qt.Key.Key_Space)
    user.until(lambda: user.page._shown.status == "paused")
    held = user.run.steps
    QTest.keyClick(user.window, Qt.Key.Key_Space)
    user.until(lambda: user.page._shown.step > held)


def test_changing_the_form_while_running_keeps_the_former_run(user):
    user.until(lambda: user.page._shown.step > 200)
    former = user.run
    field = user.page.form.items["optimizer"].fields["learning_rate"]
    user.enter(field, "0.05")
    user.until(lambda: user.run is not former and user.page._shown is not None)
    user.until(lambda: user.page._shown.step > 50)
    assert user.run.experiment.optimizer.learning_rate == 0.05
    assert np.array_equal(user.run.model.initial_parameters(), former.model.initial_parameters())
    assert former.status == "paused"
    kept = former.steps
    assert np.array_equal(former.parameters, alone(former.experiment, kept).parameters)
    # The list brings it back, with all that it had.
    item = user.page.runs.visualItemRect(user.page.runs.item(0))
    user.click(user.page.runs.viewport(), item.center().x(), item.center().y())
    user.until(lambda: user.run is former and user.page._shown is not None)
    user.settled()
    assert user.page._shown.step == kept
    assert user.page.loss.displayed()[-1, 0] == kept
    assert field.value() == 0.1


def test_bad_input_says_why_and_changes_nothing(user):
    user.until(lambda: user.page._shown.step > 50)
    run = user.run
    field = user.page.form.items["optimizer"].fields["learning_rate"]
    user.enter(field, "-1")
    message = user.page.form.message.text()
    assert "optimizer.learning_rate" in message
    assert "\n" not in message
    assert user.run is run
    held = run.steps
    user.until(lambda: run.steps > held)
    user.enter(field, "0.2")
    user.until(lambda: user.run is not run)
    assert user.page.form.message.text() == ""


def test_divergence_is_told_in_the_window(make_user):
    experiment = wb.Experiment.preset("tutorial").replace(
        network={"output": "identity"}, optimizer={"learning_rate": 1e6}
    )
    user = make_user(experiment)
    user.until(lambda: user.page._shown.status == "diverged")
    # What is still being compiled for the views is told first.
    user.until(lambda: user.window.state.text().startswith("diverged at step"))
    user.settled()
    assert np.isfinite(user.run.parameters).all()


def test_pace_slows_the_steps(user):
    user.until(lambda: user.page._shown.step > 200)
    user.rest()
    user.page.pace.setCurrentText("100 steps/s")
    user.page.pace.textActivated.emit("100 steps/s")
    first, begun = user.run.steps, time.monotonic()
    user.press("play")
    user.until(lambda: user.run.steps >= first + 40)
    assert time.monotonic() - begun > 0.25


def test_closing_while_training_ends_all_threads(user):
    user.until(lambda: user.page._shown.step > 50)
    run = user.run
    user.window.close()
    assert run.status == "paused"
    names = {thread.name for thread in threading.enumerate()}
    assert not [n for n in names if n.startswith(("training", "analyst", "commands", "surface"))]


def test_another_sample_is_answered(user):
    user.rest()
    user.page.network.sample.setValue(5)
    user.settled()
    model = user.run.model
    wanted = wb.predict(user.run.experiment, user.run.parameters, model.data.train.inputs[5])
    assert np.array_equal(user.page.network.diagram.units[-2:], wanted)
    assert np.array_equal(user.page.network.diagram.targets, model.data.train.targets[5])


def test_themes_repaint_everything(user):
    user.rest()
    seen = {}
    for name in ("light", "dark"):
        user.window.use_theme(name)
        picture = user.window.grab().toImage()
        gray = [
            picture.pixelColor(x, y).lightness()
            for x in range(0, picture.width(), 16)
            for y in range(0, picture.height(), 16)
        ]
        seen[name] = np.median(gray)
    assert seen["light"] > 180
    assert seen["dark"] < 80


def test_says_what_is_being_compiled_and_then_the_state_again(make_user):
    @kernel
    def slow_to_compile(x):
        return np.sort(x)[::-1].copy()

    slow_to_compile._cache.disable()
    user = make_user(play=False)
    user.settled()
    label = user.window.state
    before, seen = label.text(), []
    user.page.bridge.compiles.connect(lambda _: seen.append(label.text()))
    compiler = threading.Thread(target=slow_to_compile, args=(np.ones(3),))
    compiler.start()
    user.until(lambda: not compiler.is_alive() and bool(seen) and label.text() == before)
    assert any("slow_to_compile" in text for text in seen)


LEAVES = """
import sys, threading, time
from pathlib import Path
import workbench as wb
from PyQt6.QtCore import QTimer
from kernels import compiling
from ui.__main__ import main
from ui.main_window import MainWindow

saves, shown = sys.argv[1] == "saves", MainWindow.show

def show(window):
    shown(window)
    begun, bridge = threading.Event(), window.run_page.bridge

    def save():
        begun.set()
        time.sleep(1.0)
        Path("kept").write_text("whole")

    def compile():
        begun.set()
        threading.Event().wait()

    def leave():
        if not begun.is_set():
            QTimer.singleShot(10, leave)
            return
        compiling.now = lambda: compiling.Compiling("kernel", "kernel", 1.0, 1)
        window.close()

    if saves:
        bridge.do(save, "saved")
    bridge.do(compile)
    leave()

MainWindow.show = show
sys.exit(main(wb.Experiment.preset("tutorial")))
"""


@pytest.mark.parametrize("saves", ["saves", "idle"])
def test_closing_does_not_wait_for_the_compiler_but_for_what_is_saved(saves, tmp_path):
    place = os.pathsep.join(sys.path)
    environment = os.environ | {"PYTHONPATH": place, "QT_QPA_PLATFORM": "offscreen"}
    environment["XDG_CONFIG_HOME"] = str(tmp_path)
    ended = subprocess.run(
        [sys.executable, "-c", LEAVES, saves], cwd=tmp_path, env=environment, timeout=120
    )
    assert ended.returncode == 0
    assert (tmp_path / "kept").exists() == (saves == "saves")
