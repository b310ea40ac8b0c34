"""How long it takes from the command to the first training step, in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from workbench import moments

_TERMINAL = ("-m", "workbench", "run", "tutorial", "--steps", "1", "--no-pictures", "--out")
_WINDOW = ("-m", "workbench", "window", "tutorial")
_LONGEST = 300  # seconds
_ROOT = Path(__file__).parents[1]


class StartupFailed(RuntimeError):
    """The process that was to be timed ended badly; the message is its last line."""


class Start(NamedTuple):
    """Seconds from the command until the first steps of training were made, and were shown."""

    first_step: float
    shown: float


def terminal(cache: str | None = None) -> Start:
    """Times ``workbench run tutorial --steps 1``. ``cache``: another cache folder."""
    with tempfile.TemporaryDirectory() as folder:
        return _timed([*_TERMINAL, str(Path(folder, "run"))], cache)


def window(cache: str | None = None) -> Start:
    """Times ``workbench window tutorial``, which then closes by itself.

    Where there is no display, the window is drawn into memory.
    """
    return _timed(list(_WINDOW), cache)


def cold(measure: str) -> Start:
    """``terminal`` or ``window`` with an empty cache folder."""
    with tempfile.TemporaryDirectory() as folder:
        return {"terminal": terminal, "window": window}[measure](folder)


def _timed(arguments: list[str], cache: str | None) -> Start:
    environment = dict(os.environ)
    environment["PYTHONPATH"] = os.pathsep.join(
        [str(_ROOT), *filter(None, [environment.get("PYTHONPATH")])]
    )
    if cache is not None:
        environment["NUMBA_CACHE_DIR"] = cache
    from workbench.display import why_no_window

    if "window" in arguments and why_no_window():
        environment["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder, "moments")
        environment[moments.VARIABLE] = str(written)
        begun = time.time()
        try:
            done = subprocess.run(
                [sys.executable, *arguments],
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                timeout=_LONGEST,
            )
        except subprocess.TimeoutExpired:
            raise StartupFailed(f"not done after {_LONGEST} s") from None
        found = moments.read(written)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        raise StartupFailed(last)
    missing = [moment for moment in (moments.FIRST_STEP, moments.SHOWN) if moment not in found]
    if missing:
        raise StartupFailed(f"ended without: {', '.join(missing)}")
    return Start(found[moments.FIRST_STEP] - begun, found[moments.SHOWN] - begun)
