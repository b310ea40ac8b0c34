"""Run folders: what a run leaves on disk, as plain files that any tool reads.

``experiment.toml``, ``history.csv``, ``parameters.npz`` (no pickle: ``parameters`` and
``initial``), ``result.json`` and the pictures of ``workbench.report``.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from kernels.training import COLUMNS
from workbench.errors import BadValue, WorkbenchError
from workbench.experiment import Experiment
from workbench.run import Run


def choose_folder(out: str | None, experiment: Experiment, name: str) -> Path:
    """The folder a run will be written to, checked before the run begins.

    Without ``out``: runs/NAME-HASH-TIME below the current folder. Raises WorkbenchError where it
    is not empty or cannot be made: what is there stays as it is.
    """
    if out is None:
        stamp = time.strftime("%Y%m%d-%H%M%S")
        folder = _unused(Path("runs") / f"{name}-{experiment.hash[:8]}-{stamp}")
    else:
        folder = Path(out)
        if folder.is_dir() and any(folder.iterdir()):
            free = _unused(folder)
            raise BadValue("--out", "must be a new or an empty folder", str(folder), free)
        if folder.exists() and not folder.is_dir():
            raise BadValue("--out", "must be a folder", str(folder), _unused(folder))
    parent = folder.absolute().parent
    while not parent.exists():
        parent = parent.parent
    if not os.access(folder if folder.exists() else parent, os.W_OK) or not parent.is_dir():
        rule = "must be a folder that can be written to"
        raise BadValue("--out", rule, str(folder), Path(tempfile.gettempdir()) / folder.name)
    return folder


def _unused(folder: Path) -> Path:
    candidate, k = folder, 2
    while candidate.exists():
        candidate = folder.with_name(f"{folder.name}-{k}")
        k += 1
    return candidate


def save_run(run: Run, folder: Path, pictures: bool = True) -> dict[str, Any]:
    """Write a run's folder whole or not at all; returns its result with ``folder``.

    ``folder`` must not exist or be empty. Raises WorkbenchError where it cannot be written.
    """
    result = run.result() | {"folder": str(folder.absolute())}
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise WorkbenchError(f"--out: cannot write to {folder} ({error.strerror})") from None
    try:
        _write(run, made, result, pictures)
        made.chmod(0o755)
        if folder.exists():
            folder.rmdir()  # empty, or this fails and nothing is lost
        made.rename(folder)
    except OSError as error:
        raise WorkbenchError(f"--out: cannot write to {folder} ({error.strerror})") from None
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return result


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


def load_parameters(folder: str | Path) -> np.ndarray:
    """The final parameters of a run folder; raises WorkbenchError."""
    try:
        with np.load(Path(folder) / "parameters.npz", allow_pickle=False) as held:
            return np.array(held["parameters"])
    except (OSError, KeyError, ValueError) as error:
        raise WorkbenchError(f"{folder}: holds no parameters of a run ({error})") from None
