"""The window, seen from the workbench: whether it can be opened here, and opening it.

Qt ends the whole process when it finds no display or no platform plugin, so this asks first. The
window imports the workbench and never the other way round, so it is found by its name.
"""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
import os
import socket
import sys
from pathlib import Path
from typing import Any

from kernels import activations, cache, losses, outputs, surfaces
from workbench import ahead
from workbench.experiment import CATALOGS, Experiment

_WINDOW = "ui.__main__"
_OTHERS = (activations.catalog, losses.catalog, outputs.catalog, surfaces.catalog)


def why_no_window() -> str | None:
    """None where a window can be opened, else the reason in a few words."""
    return _why_no_display() or _why_no_libraries()


class NoWindow(Exception):
    """No window can be opened here; the message says why, in a few words."""


def open_window(experiment: Experiment) -> int:
    """Open the window with ``experiment`` learning in it; returns when it is closed.

    Training begins before the window's libraries are loaded. Raises NoWindow.
    """
    problem = _why_no_display()
    if problem:
        raise NoWindow(problem)
    with cache.importing():
        made = ahead.begin(experiment)
        problem = _why_no_libraries()
        if problem is None:  # the form offers every item
            for catalog in (*CATALOGS.values(), *_OTHERS):
                catalog.discover()
    if problem:
        ahead.abandon(made)
        raise NoWindow(problem)
    return int(importlib.import_module(_WINDOW).main(experiment, made))


def _why_no_libraries() -> str | None:
    try:
        importlib.import_module(_WINDOW)
    except ImportError as error:
        return f"the window's libraries cannot be loaded ({error})"
    return None


def _why_no_display() -> str | None:
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return None
    if _wayland_answers():
        return None
    display = os.environ.get("DISPLAY")
    if not display:
        return "there is no display"
    if not _x_answers(display):
        return f"the display {display} does not answer"
    return _missing_library()


def _wayland_answers() -> bool:
    name = os.environ.get("WAYLAND_DISPLAY")
    folder = os.environ.get("XDG_RUNTIME_DIR", "/")
    return bool(name) and _answers(socket.AF_UNIX, str(Path(folder, name or "")))


def _x_answers(display: str) -> bool:
    host, _, rest = display.rpartition(":")
    number = rest.partition(".")[0]
    if not number.isdecimal():
        return False
    addresses: list[tuple[int, Any]]
    if host in ("", "unix") or host.startswith("/"):
        path = f"/tmp/.X11-unix/X{number}"
        addresses = [(socket.AF_UNIX, f"\0{path}"), (socket.AF_UNIX, path)]
    else:
        addresses = [(socket.AF_INET, (host, 6000 + int(number)))]
    return any(_answers(family, address) for family, address in addresses)


def _answers(family: int, address: Any) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(2.0)
        try:
            probe.connect(address)
        except (OSError, ValueError, OverflowError):  # a name or number that cannot be one
            return False
        return True


def _missing_library() -> str | None:
    spec = importlib.util.find_spec("PyQt6")
    for folder in spec.submodule_search_locations or [] if spec else []:
        plugin = Path(folder) / "Qt6" / "plugins" / "platforms" / "libqxcb.so"
        if plugin.exists():
            try:
                ctypes.CDLL(str(plugin))
            except OSError as error:
                return f"Qt's display plugin cannot be loaded ({error})"
    return None
