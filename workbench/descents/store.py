"""Folders of descents and races: plain files that any tool reads."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workbench.descents.descent import Descent
from workbench.descents.races import Race
from workbench.films import write_film
from workbench.store import fill_folder

_PLACES = ("folder", "film")
_COLUMNS = ("step", "x", "y", "value", "df/dx", "df/dy")


def save_descent(
    descent: Descent, folder: Path, pictures: bool = True, film: str | None = None
) -> dict[str, Any]:
    """Write descent.toml, descent.json, path.csv, descent.png and .svg, all or none of them.

    ``folder`` must not exist or be empty; ``film`` is the name of a film to write into it, as
    ``workbench.films.check_name`` has it. Returns the summary with ``folder``; raises
    WorkbenchError.
    """
    folder = folder.absolute()
    result = descent.summary() | _place(folder, film)

    def write(made: Path) -> None:
        descent.experiment.save(made / "descent.toml")
        _write_json(made / "descent.json", result)
        with (made / "path.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(_COLUMNS)
            writer.writerows([k, *row] for k, row in enumerate(descent.path.tolist()))
        label = f"{descent.experiment.optimizer.name}, {descent.steps} steps"
        _draw(made, "descent", [descent], [label], pictures, film)

    fill_folder(folder, write)
    return result


def save_race(
    race: Race, folder: Path, pictures: bool = True, film: str | None = None
) -> dict[str, Any]:
    """Write race.json, race.csv (the table), paths.csv, race.png and .svg, all or none of them.

    ``folder`` and ``film`` as for ``save_descent``. Returns the summary with ``folder``; raises
    WorkbenchError.
    """
    folder = folder.absolute()
    result = race.summary() | _place(folder, film)

    def write(made: Path) -> None:
        _write_json(made / "race.json", result)
        with (made / "race.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            steps = [f"steps to {t:g}" for t in race.tolerances]
            writer.writerow(["runner", *steps, "kind", "value", "gradient norm", "diverged"])
            for row in result["runners"]:
                figures = [row[key] for key in ("kind", "value", "gradient_norm", "diverged")]
                writer.writerow([row["label"], *row["steps_to"], *figures])
        with (made / "paths.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["runner", *_COLUMNS])
            for label, descent in zip(race.labels, race.descents, strict=True):
                writer.writerows([label, k, *row] for k, row in enumerate(descent.path.tolist()))
        _draw(made, "race", race.descents, race.labels, pictures, film)

    fill_folder(folder, write)
    return result


def _place(folder: Path, film: str | None) -> dict[str, str]:
    return {"folder": str(folder)} | ({} if film is None else {"film": str(folder / film)})


def _draw(
    folder: Path,
    name: str,
    descents: Sequence[Descent],
    labels: Sequence[str],
    pictures: bool,
    film: str | None,
) -> None:
    """Write NAME.png and NAME.svg where ``pictures``, and the ``film`` where there is to be one."""
    if not pictures and film is None:
        return
    from workbench.descents.report import descents_figure, descents_film, write_pictures

    drawn = descents, labels, title(descents[0])
    if pictures:
        write_pictures(descents_figure(*drawn), folder, name)
    if film is not None:
        write_film(folder / film, descents_film(*drawn))


def title(descent: Descent) -> str:
    """What a picture of it is headed with."""
    spec = descent.experiment
    if spec.title:
        return spec.title
    shown = spec.surface.formula
    shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
    return f"{spec.surface.name}: f = {shown}" if spec.surface.named else f"f = {shown}"


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def describe(result: dict[str, Any]) -> str:
    """A descent's summary in a few lines for the terminal."""

    def figures(values: Any) -> str:
        return ", ".join("none" if v is None else f"{v:.8g}" for v in values)

    known = result["known_minimum"]
    found = "none"
    if known:
        which = "global" if known["global"] else "local"
        found = f"number {known['index']}, {which}, at ({known['x']:.8g}, {known['y']:.8g})"
    lines = [
        f"start          ({figures(result['start'])})",
        f"end            ({figures(result['end'])})",
        f"value          {figures([result['value_initial']])} → {figures([result['value']])}",
        f"gradient norm  {figures([result['gradient_norm']])}",
        f"eigenvalues    {figures(result['eigenvalues'])}",
        f"steps          {result['steps']}",
        f"ended at       {result['kind'].replace('_', ' ')}",
        f"known minimum  {found}",
    ]
    return "\n".join([*lines, *(f"{key:<15}{result[key]}" for key in _PLACES if key in result)])
