"""What to look at first when something does not work, or is slow; and what to send with a bug."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from kernels import cache
from workbench import __version__, machine, startup
from workbench.display import why_no_window

_PACKAGES = ("numpy", "numba", "llvmlite", "PyQt6", "pyqtgraph", "matplotlib", "scipy")


class Examination:
    """``sections``: by title, what was found, by name; ``problems``: what the workbench needs and
    does not have, each in one line."""

    def __init__(self) -> None:
        self.sections: dict[str, dict[str, Any]] = {}
        self.problems: list[str] = []

    def examine(self, timing: bool = True, say: Callable[[str], None] = lambda _: None) -> None:
        """Fill both. ``timing`` also starts the workbench, cold and warm; ``say`` hears of it."""
        self.sections = {
            "versions": self._versions(),
            "processor": self._processor(),
            "threads": self._threads(),
            "linear algebra": {
                "numpy": machine.blas("numpy"),
                "scipy": machine.blas("scipy"),
                "threads": machine.blas_threads(),
            },
            "cache": self._cache(),
            "gpu": self._gpu(),
            "window": self._window(),
            "self-test": self._self_test(),
        }
        if timing:
            self.sections["start-up"] = self._startup(say)

    def _versions(self) -> dict[str, Any]:
        found = {"workbench": __version__, "python": platform.python_version()}
        found |= {name: machine.version(name) or "not installed" for name in _PACKAGES}
        return found | {"system": platform.platform(), "executable": sys.executable}

    def _processor(self) -> dict[str, Any]:
        count, usable = machine.cores()
        memory = machine.memory_gib()
        return {
            "name": machine.cpu_name(),
            "compiled for": machine.cpu_target(),
            "vector width": f"{machine.vector_bits()} bits",
            "vector maths": machine.vector_maths(),
            "features": " ".join(machine.cpu_features()),
            "cores": f"{usable} of {count} usable" if usable < count else count,
            "memory": f"{memory:.1f} GiB" if memory else "unknown",
        }

    def _threads(self) -> dict[str, Any]:
        switches = {k: v for k, v in os.environ.items() if k.startswith("NUMBA_")}
        return {
            "used": "Python threads over kernels without the GIL; no Numba threading layer",
            "numba's layers": ", ".join(machine.threading_layers()) or "none",
            "settings": ", ".join(f"{k}={v}" for k, v in sorted(switches.items())) or "none",
        }

    def _cache(self) -> dict[str, Any]:
        files = cache.kept()
        size = sum(path.stat().st_size for path in files)
        chosen = Path(cache.FOLDER).parent == cache.root()
        if not os.access(cache.FOLDER, os.W_OK):
            self.problems.append(f"cache: {cache.FOLDER} cannot be written; every start compiles")
        warm = "warm" if any(path.name.startswith("train_chunk-") for path in files) else "cold"
        return {
            "folder": str(cache.FOLDER) if chosen else f"{cache.FOLDER} (the usual one is blocked)",
            "digest": cache.FOLDER.name,
            "size": f"{size / 2**20:.1f} MiB in {len(files)} files",
            "state": f"{warm}{'' if warm == 'warm' else ': `workbench warmup` fills it'}",
        }

    def _gpu(self) -> dict[str, Any]:
        return {
            "devices": "; ".join(machine.gpus()) or "none",
            "numba-cuda": machine.version("numba-cuda") or "not installed, and not needed",
        }

    def _window(self) -> dict[str, Any]:
        problem = why_no_window()
        return {
            "usable": "yes" if problem is None else f"no: {problem}",
            "platform": os.environ.get("QT_QPA_PLATFORM") or "chosen by Qt",
            "display": os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY") or "none",
        }

    def _self_test(self) -> dict[str, Any]:
        """The parts that everything else stands on; all of it is in `workbench verify`."""
        from kernels.random import philox4x32
        from workbench.experiment import Experiment
        from workbench.model import Model

        found: dict[str, Any] = {}

        def test(name: str, work: Callable[[], bool]) -> None:
            try:
                found[name] = "good" if work() else "wrong result"
            except Exception as error:  # whatever it is, it goes into the report
                found[name] = f"{type(error).__name__}: {error}".partition("\n")[0]
            if found[name] != "good":
                self.problems.append(f"{name}: {found[name]}")

        def random_numbers() -> bool:
            zeros = [np.uint64(0)] * 6
            known = (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)  # Random123's kat_vectors
            return tuple(int(word) for word in philox4x32(*zeros)) == known

        def one_gradient() -> bool:
            model = Model(Experiment.preset("tutorial"))
            loss, gradient = model.loss_and_gradient(model.initial_parameters())
            return bool(np.isfinite(loss) and np.isfinite(gradient).all() and gradient.any())

        test("random numbers", random_numbers)
        test("bundled data and one gradient", one_gradient)
        return found

    def _startup(self, say: Callable[[str], None]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for where in ("terminal", "window"):
            if where == "window" and not machine.version("PyQt6"):
                continue
            try:
                say(f"timing a cold start, {where}: all is compiled anew")
                found |= _figures(f"{where} cold", startup.cold(where))
                say(f"timing a warm start, {where}")
                start = startup.terminal if where == "terminal" else startup.window
                start()  # fills the cache where it was empty
                found |= _figures(f"{where} warm", min(start() for _ in range(3)))
            except startup.StartupFailed as error:
                found[f"{where}"] = f"failed: {error}"
                if where == "terminal":
                    self.problems.append(f"start-up, {where}: {error}")
        found["measured"] = (
            "seconds from the command to the first training step, or until shown; warm: best of 3"
        )
        return found


def _figures(name: str, start: startup.Start) -> dict[str, float]:
    found = {name: round(start.first_step, 2)}
    if name.startswith("window"):
        found[f"{name}, shown"] = round(start.shown, 2)
    return found
