"""Folders of descents and races: plain files that any tool reads."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from workbench.descent import Descent
from workbench.race import Race
from workbench.store import fill_folder

_COLUMNS = ("step", "x", "y", "value", "df/dx", "df/dy")


def save_descent(descent: Descent, folder: Path, pictures: bool = True) -> dict[str, Any]:
    """Write descent.toml, descent.json, path.csv, descent.png and .svg, all or none of them.

    ``folder`` must not exist or be empty. Returns the summary with ``folder``; raises
    WorkbenchError.
    """
    folder = folder.absolute()
    result = descent.summary() | {"folder": str(folder)}

    def write(made: Path) -> None:
        descent.experiment.save(made / "descent.toml")
        _write_json(made / "descent.json", result)
        with (made / "path.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(_COLUMNS)
            writer.writerows([k, *row] for k, row in enumerate(descent.path.tolist()))
        if pictures:
            from workbench.descent_report import descents_figure, write_pictures

            label = f"{descent.experiment.optimizer.name}, {descent.steps} steps"
            figure = descents_figure([descent], [label], title(descent))
            write_pictures(figure, made, "descent")

    fill_folder(folder, write)
    return result


def save_race(race: Race, folder: Path, pictures: bool = True) -> dict[str, Any]:
    """Write race.json, race.csv (the table), paths.csv, race.png and .svg, all or none of them.

    ``folder`` must not exist or be empty. Returns the summary with ``folder``; raises
    WorkbenchError.
    """
    folder = folder.absolute()
    result = race.summary() | {"folder": str(folder)}

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
        if pictures:
            from workbench.descent_report import descents_figure, write_pictures

            figure = descents_figure(race.descents, race.labels, title(race.descents[0]))
            write_pictures(figure, made, "race")

    fill_folder(folder, write)
    return result


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
    return "\n".join(
        [*lines, *([f"folder         {result['folder']}"] if "folder" in result else [])]
    )
