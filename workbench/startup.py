"""How long it takes from the command to the first training step, in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_ONE_STEP = (
    *("-m", "workbench", "run", "tutorial", "--steps", "1"),
    *("--no-pictures", "--json", "--out"),
)
_ROOT = Path(__file__).parents[1]


class StartupFailed(RuntimeError):
    """The process that was to be timed ended badly; the message is its last line."""


def terminal(cache: str | None = None) -> float:
    """Seconds that ``workbench run tutorial --steps 1`` takes, from its start to its end.

    That is the first training step, and a little more. ``cache``: another cache folder.
    """
    with tempfile.TemporaryDirectory() as folder:
        return _timed([*_ONE_STEP, str(Path(folder, "run"))], cache)


def window(cache: str | None = None) -> float:
    """Seconds from the start of ``python -m ui`` until it has shown its first training step.

    Where there is no display, the window is drawn into memory.
    """
    return _timed(["-m", "ui", "--until-first-step"], cache)


def cold(measure: str) -> float:
    """``terminal`` or ``window`` with an empty cache folder."""
    with tempfile.TemporaryDirectory() as folder:
        return {"terminal": terminal, "window": window}[measure](folder)


def _timed(arguments: list[str], cache: str | None) -> float:
    environment = dict(os.environ)
    environment["PYTHONPATH"] = os.pathsep.join(
        [str(_ROOT), *filter(None, [environment.get("PYTHONPATH")])]
    )
    if cache is not None:
        environment["NUMBA_CACHE_DIR"] = cache
    from workbench.display import why_no_window

    if "ui" in arguments and why_no_window():
        environment["QT_QPA_PLATFORM"] = "offscreen"
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        timeout=600,
    )
    spent = time.perf_counter() - begun
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        raise StartupFailed(last)
    return spent
