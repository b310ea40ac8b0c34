"""Run folders: what a run leaves on disk, as plain files that any tool reads.

``experiment.toml``, ``history.csv``, ``parameters.npz`` (no pickle: ``parameters`` and
``initial``), ``result.json`` and the pictures of ``workbench.report``.
"""

from __future__ import annotations

import contextlib
import csv
import json
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from kernels.training import COLUMNS
from workbench.errors import BadValue, WorkbenchError
from workbench.folders import claiming, make_empty, make_unused
from workbench.run import Run

_WRITING = ".writing-"


class Hashed(Protocol):
    """What a folder is made for: ``hash`` is part of its name."""

    @property
    def hash(self) -> str: ...


def choose_folder(out: str | None, experiment: Hashed, name: str) -> Path:
    """Make the folder that a run will be written to, before the run begins; an absolute path.

    Without ``out``: runs/NAME-HASH-TIME below the current folder. Raises WorkbenchError where it
    cannot be made or written to, or holds something: what is there stays as it is.
    """
    if out is None:
        stamp = time.strftime("%Y%m%d-%H%M%S")
        wanted = Path("runs") / f"{name}-{experiment.hash[:8]}-{stamp}"
    elif out.strip():
        wanted = Path(out)
    else:
        raise BadValue("--out", "must name a folder", out, "runs/first")
    near = Path(tempfile.gettempdir()) / f"run-{time.strftime('%Y%m%d-%H%M%S')}"
    with claiming(wanted, near):
        folder = wanted.resolve()
        return make_unused(folder) if out is None else make_empty(folder, "run")


def release_folder(folder: Path) -> None:
    """Remove what is half written to a claimed folder, and the folder if it then is empty."""
    for path in folder.glob(f"{_WRITING}*"):
        shutil.rmtree(path, ignore_errors=True)
    with contextlib.suppress(OSError):
        folder.rmdir()


def save_run(run: Run, folder: Path, pictures: bool = True) -> dict[str, Any]:
    """Write a run's folder, all files or none of them; returns its result with ``folder``.

    ``folder`` must not exist or be empty. Raises WorkbenchError where it cannot be written.
    """
    folder = folder.absolute()
    result = run.result() | {"folder": str(folder)}
    fill_folder(folder, lambda made: _write(run, made, result, pictures))
    return result


def fill_folder(folder: Path, write: Callable[[Path], None]) -> None:
    """Have ``write`` fill ``folder``, with all files or none: it is given a folder within.

    ``folder``, absolute, must not exist or be empty. Raises WorkbenchError where it cannot be
    written to.
    """
    made = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise BadValue("--out", "must be a new or an empty folder", str(folder), folder / "run")
        made = Path(tempfile.mkdtemp(prefix=_WRITING, dir=folder))
        write(made)
        for path in sorted(made.iterdir()):
            path.rename(folder / path.name)
    except OSError as error:
        raise WorkbenchError(f"--out: cannot write to {folder} ({error.strerror})") from None
    finally:
        if made:
            shutil.rmtree(made, ignore_errors=True)


def _write(run: Run, folder: Path, result: dict[str, Any], pictures: bool) -> None:
    run.experiment.save(folder / "experiment.toml")
    history = run.history
    with (folder / "history.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for row in zip(*(history[c].tolist() for c in COLUMNS), strict=True):
            writer.writerow([int(row[0]), *row[1:]])
    np.savez(
        folder / "parameters.npz",
        parameters=run.parameters,
        initial=run.model.initial_parameters(),
    )
    (folder / "result.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    if pictures:
        from workbench.report import write_pictures

        write_pictures(run, folder)


def load_parameters(folder: str | Path, name: str = "parameters") -> np.ndarray:
    """The final parameters of a run folder, or its ``"initial"`` ones; raises WorkbenchError."""
    try:
        with (
            (Path(folder) / "parameters.npz").open("rb") as file,
            np.load(file, allow_pickle=False) as held,
        ):
            return np.array(held[name])
    except (OSError, KeyError, TypeError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise WorkbenchError(f"{folder}: holds no parameters of a run ({error})") from None
