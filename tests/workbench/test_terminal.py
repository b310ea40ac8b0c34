"""Progress as people and logs see it, and the listings."""

from __future__ import annotations

import os
import re
import sys
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest

from workbench import terminal
from workbench.terminal import Progress, summary


class Shown(SimpleNamespace):
    """As much of a snapshot as progress needs."""

    def __getitem__(self, column):
        return {"loss": 0.25, "accuracy_train": 0.5}[column]


def shown(step):
    return Shown(step=step, steps_per_second=1234.0)


@pytest.fixture
def clock(monkeypatch):
    now = SimpleNamespace(seconds=100.0)
    monkeypatch.setattr(terminal.time, "monotonic", lambda: now.seconds)
    return now


def test_lines_say_all_and_become_rarer(capsys, clock):
    with Progress("name", 10_000) as progress:
        for step in range(1, 10_001):
            progress(shown(step))
            clock.seconds += 0.1
    first, *lines = capsys.readouterr().err.splitlines()
    assert first == "name: starting, 10000 steps"
    pattern = r"name: step (\d+) of 10000, loss 0\.25, accuracy 0\.5000, 1234 steps/s"
    steps = [int(re.fullmatch(pattern, line)[1]) for line in lines]
    gaps = [b - a for a, b in pairwise(steps[:-1])]
    assert 11 <= steps[0] <= 12
    assert steps[-1] == 10_000
    assert all(later > 0.99 * gap for gap, later in pairwise(gaps))
    assert 280 < max(gaps) < 320
    assert 30 < len(lines) < 60


def test_a_quick_run_prints_two_lines(capsys, clock):
    with Progress("name", 2) as progress:
        progress(shown(1))
        progress(shown(2))
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_lines_end_with_the_last_figures(capsys, clock):
    with Progress("name", 9) as progress:
        progress(shown(4))
    assert "step 4 of 9" in capsys.readouterr().err


def on_a_terminal(*arguments, cwd, root):
    """What a command shows in a terminal 100 columns wide: the raw bytes, decoded."""
    import fcntl
    import pty
    import struct
    import subprocess
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    environment = {**os.environ, "PYTHONPATH": str(root), "TERM": "xterm"}
    with subprocess.Popen(
        [sys.executable, *arguments],
        cwd=cwd,
        stdin=theirs,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env=environment,
    ) as process:
        os.close(theirs)
        seen = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # how Linux says that the other end was closed
                break
            if not piece:
                break
            seen += piece
    os.close(ours)
    return process.returncode, seen.decode("utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("diverges", [False, True])
def test_the_bar_is_live_and_never_goes_back(tmp_path, diverges):
    settings = ["--steps", "20000"]
    if diverges:
        for text in ("network.output=identity", "optimizer.learning_rate=5.0"):
            settings += ["--set", text]
    code, text = on_a_terminal(
        *("-m", "workbench", "run", "tutorial", "--no-pictures", *settings),
        cwd=tmp_path,
        root=Path(__file__).parents[2],
    )
    assert code == (3 if diverges else 0)
    assert "tutorial: starting" in text
    steps = [int(n) for n in re.findall(r"(\d+)/20000", text)]
    assert steps == sorted(steps)
    assert ("diverged at step" in text) == diverges
    if not diverges:
        assert len(set(steps)) > 4
        assert steps[-1] == 20000
        assert re.search(r"steps/s, loss 0\.\d+, accuracy 1\.0000", text)
        rates = [float(r) for r in re.findall(r"([\d.]+) ?steps/s", text)]
        assert rates[-1] > 100


def test_summary_says_what_is_unknown():
    result = {
        "parameters": 5,
        "steps": 0,
        "seconds": 0.0,
        "loss_initial": None,
        "loss_final": 0.5,
        "accuracy_train": 1.0,
        "accuracy_test": None,
        "gradient_norm": 2.0,
        "folder": "there",
    }
    text = summary(result)
    assert "none → 0.5" in text
    assert "1.0000 training, none test" in text
    assert text.splitlines()[-1].split() == ["run", "folder", "there"]
