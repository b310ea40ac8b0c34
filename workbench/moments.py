"""When this process reached what another process times it for (see ``workbench.startup``)."""

from __future__ import annotations

import os
import time

VARIABLE = "DESCENT_WORKBENCH_MOMENTS"
FIRST_STEP, SHOWN = "first step", "shown"
_file = os.environ.get(VARIABLE)
_reached: set[str] = set()


def watched() -> bool:
    """Whether somebody times this process; its window then closes once it has shown a step."""
    return bool(_file)


def reached(moment: str) -> None:
    """Write the time of ``moment`` down when it comes for the first time, if anybody asked."""
    if _file and moment not in _reached:
        _reached.add(moment)
        with open(_file, "a", encoding="utf-8") as file:
            file.write(f"{moment}: {time.time()!r}\n")


def read(path: str | os.PathLike[str]) -> dict[str, float]:
    """What a process wrote down, seconds of ``time.time`` by moment; empty where nothing."""
    try:
        with open(path, encoding="utf-8") as file:
            pairs = [line.rpartition(": ") for line in file]
    except FileNotFoundError:
        return {}
    return {moment: float(seconds) for moment, _, seconds in pairs}
