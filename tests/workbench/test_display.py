"""Whether a window can be opened, without asking Qt, which would end the process."""

from __future__ import annotations

import socket
import sys
import types

import pytest

from workbench import ahead, display

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="X11 and Wayland")


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def window(monkeypatch):
    """A stand-in for the window's module."""
    module = types.ModuleType("stand_in")
    module.main = lambda experiment, made: made.result().wait() and experiment.stop.steps
    monkeypatch.setitem(sys.modules, "stand_in", module)
    monkeypatch.setattr(display, "_WINDOW", "stand_in")
    monkeypatch.setattr(display, "_missing_library", lambda: None)
    return module


@pytest.mark.usefixtures("window")
def test_no_display_is_said_so():
    assert display.why_no_window() == "there is no display"


@pytest.mark.usefixtures("window")
@pytest.mark.parametrize(
    "value", [":987", ":", "x", ":abc", ":²", "localhost:99999", "a..b:0", "localhost:98.1"]
)
def test_displays_that_do_not_answer_are_named(monkeypatch, value):
    monkeypatch.setenv("DISPLAY", value)
    assert display.why_no_window() == f"the display {value} does not answer"


@pytest.mark.usefixtures("window")
def test_a_display_that_answers_will_do(monkeypatch):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("\0/tmp/.X11-unix/X986")
        server.listen()
        monkeypatch.setenv("DISPLAY", ":986.0")
        assert display.why_no_window() is None


@pytest.mark.usefixtures("window")
def test_a_wayland_compositor_must_answer_too(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-9")
    (tmp_path / "wayland-9").touch()
    assert display.why_no_window() == "there is no display"
    (tmp_path / "wayland-9").unlink()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "wayland-9"))
        server.listen()
        assert display.why_no_window() is None


@pytest.mark.usefixtures("window")
def test_a_platform_chosen_for_qt_is_believed(monkeypatch):
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert display.why_no_window() is None


def test_a_window_that_cannot_be_loaded_is_a_reason(monkeypatch):
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setattr(display, "_WINDOW", "no_such_module")
    assert "no_such_module" in display.why_no_window()


def test_a_run_that_was_begun_for_no_window_pauses(monkeypatch, tutorial):
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setattr(display, "_WINDOW", "no_such_module")
    begun = []
    begin = ahead.begin
    monkeypatch.setattr(ahead, "begin", lambda it: begun.append(begin(it)) or begun[0])
    with pytest.raises(display.NoWindow, match="no_such_module"):
        display.open_window(tutorial.replace(stop={"steps": 10**9}))
    assert begun[0].result(timeout=120).wait(timeout=120)  # for what it compiles


@pytest.mark.usefixtures("window")
def test_the_window_opens_with_the_experiment_and_its_run_begun(monkeypatch, tutorial):
    with pytest.raises(display.NoWindow, match="there is no display"):
        display.open_window(tutorial)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert display.open_window(tutorial.replace(stop={"steps": 7})) == 7
