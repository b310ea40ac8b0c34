"""A landscape as a folder of plain files that any tool reads."""

from __future__ import annotations

import csv
import json
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from workbench.errors import WorkbenchError
from workbench.experiment import Experiment
from workbench.landscape.survey import Landscape

_WRITING = ".writing-"


def save_landscape(
    landscape: Landscape, experiment: Experiment, folder: Path, pictures: bool = True
) -> dict[str, Any]:
    """Write ``folder``, all files or none; returns the summary with ``folder`` and ``files``.

    plane.csv (x, y, height), path.csv, profiles.csv where there are any, plane.npz (all arrays, no
    pickle), plane.png and plane.svg, result.json, experiment.toml. Raises WorkbenchError where it
    cannot be written.
    """
    folder = folder.absolute()
    made = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=_WRITING, dir=folder))
        _write(landscape, experiment, made, pictures)
        files = sorted([*(path.name for path in made.iterdir()), "result.json"])
        result = landscape.summary() | {
            "experiment_hash": experiment.hash,
            "folder": str(folder),
            "files": files,
        }
        text = json.dumps(result, indent=1, ensure_ascii=False, allow_nan=False)
        (made / "result.json").write_text(text + "\n", encoding="utf-8")
        for path in sorted(made.iterdir()):
            path.replace(folder / path.name)
    except OSError as error:
        raise WorkbenchError(f"--out: cannot write to {folder} ({error.strerror})") from None
    finally:
        if made:
            shutil.rmtree(made, ignore_errors=True)
    return result


def _write(landscape: Landscape, experiment: Experiment, folder: Path, pictures: bool) -> None:
    experiment.save(folder / "experiment.toml")
    x, y = np.meshgrid(landscape.along, landscape.across)
    columns = (x.reshape(-1), y.reshape(-1), landscape.values.reshape(-1))
    _table(folder / "plane.csv", ("x", "y", landscape.height), zip(*columns, strict=True))
    fit = landscape.fit
    path = fit.columns
    _table(folder / "path.csv", list(path), zip(*path.values(), strict=True))
    arrays = {
        "origin": landscape.plane.origin,
        "directions": landscape.plane.directions,
        "along": landscape.along,
        "across": landscape.across,
        "values": landscape.values,
        "path_points": fit.path.points,
        **{f"path_{name}": column for name, column in path.items()},
    }
    names = ("t", "loss", "loss_test", "accuracy", "accuracy_test")
    rows: list[tuple[Any, ...]] = []
    for profile in landscape.profiles:
        held = [getattr(profile, name) for name in names]
        arrays |= {f"{profile.name}_{n}": a for n, a in zip(names, held, strict=True)}
        rows += [(profile.name, *row) for row in zip(*held, strict=True)]
    if rows:
        _table(folder / "profiles.csv", ("along", *names), rows)
    np.savez(folder / "plane.npz", allow_pickle=False, **arrays)
    if pictures:
        from workbench.landscape.picture import landscape_figure

        figure = landscape_figure(landscape)
        figure.savefig(folder / "plane.png", dpi=120)
        figure.savefig(folder / "plane.svg")


def _table(path: Path, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        for row in rows:
            writer.writerow([v if isinstance(v, str) else _number(v) for v in row])


def _number(value: Any) -> int | float:
    return int(value) if isinstance(value, int | np.integer) else float(value)
