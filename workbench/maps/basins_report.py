"""What a basin map leaves on disk: its labels and steps, the table of its minima, its picture."""

from __future__ import annotations

import csv
import json
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.colors import hsv_to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from workbench.maps.basin_map import (
    AT_REST,
    DIVERGED,
    LABELS,
    NOT_CONVERGED,
    OTHER,
    PENDING,
    BasinMap,
)
from workbench.maps.pixels import filled

# Okabe & Ito's colours keep apart for every common colour blindness; then as many hues as needed.
_FIRST = ("#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7")
_OTHER = {
    NOT_CONVERGED: "#9a9a9a",
    DIVERGED: "#262626",
    AT_REST: "#ffffff",
    PENDING: "#e4e4e4",
    OTHER: "#c8b8a6",
}
Colour = tuple[float, float, float]
_IN_LEGEND = 12
_DARKEST = 0.45  # brightness of the start that took the most steps


def colours(made: BasinMap) -> dict[int, Colour]:
    """The colour (red, green, blue in [0, 1]) of every label, by share: the largest first."""
    order = [row["label"] for row in made.table()]
    found: dict[int, Colour] = {}
    for rank, label in enumerate(order):
        if rank < len(_FIRST):
            found[label] = _rgb(_FIRST[rank])
        else:
            turn = rank - len(_FIRST)
            hue = 0.07 + turn * 0.6180339887498949
            tone = (hue % 1.0, (0.75, 0.5, 0.9)[turn % 3], (0.9, 0.75, 1.0)[turn // 3 % 3])
            red, green, blue = (float(v) for v in hsv_to_rgb(tone))
            found[label] = red, green, blue
    return found | {label: _rgb(text) for label, text in _OTHER.items()}


def _rgb(text: str) -> Colour:
    red, green, blue = (int(text[k : k + 2], 16) / 255 for k in (1, 3, 5))
    return red, green, blue


def image(made: BasinMap, shaded: bool = True) -> np.ndarray:
    """The picture, uint8 (n_y, n_x, 3), row 0 at the lowest y.

    Brightness says how many steps a start made, on a logarithmic scale from few to many;
    of a map that is not finished, every pixel is that of its block.
    """
    stride = max(made.stride, 1)
    label, steps = filled(made.label, stride), filled(made.steps, stride)
    palette = colours(made)
    lowest = min(palette)
    table = np.array([palette.get(k, (0.0, 0.0, 0.0)) for k in range(lowest, max(palette) + 1)])
    out = table[label - lowest]
    reached = label >= 0
    if shaded and reached.any():
        logs = np.log1p(steps[reached])
        low, high = np.quantile(logs, (0.01, 0.99))
        if high > low:
            bright = 1.0 - (1.0 - _DARKEST) * np.clip((logs - low) / (high - low), 0.0, 1.0)
            out[reached] *= bright[:, None]
    return np.round(255 * out).astype(np.uint8)


def figure_of(made: BasinMap) -> Figure:
    """The map with its minima marked and a legend of the largest basins."""
    figure = Figure(figsize=(9.2, 6.4), layout="constrained")
    axes = figure.add_subplot()
    w = made.window
    axes.imshow(image(made), extent=w.sides, origin="lower", aspect="auto", interpolation="nearest")
    palette = colours(made)
    rows = made.table()
    # On a plane, ends lie beside it: where they project to says little.
    rows_shown = [] if made.about.get("kind") == "plane" else rows
    inside = [
        r for r in rows_shown if w.x_low <= r["x"] <= w.x_high and w.y_low <= r["y"] <= w.y_high
    ]
    for row in inside[:200]:
        marker = "*" if row["global"] else "o"
        axes.plot(
            row["x"], row["y"], marker, color=palette[row["label"]], markeredgecolor="black",
            markersize=12 if row["global"] else 6,
        )  # fmt: skip
    axes.set(xlim=w.sides[:2], ylim=w.sides[2:])
    axes.set(xlabel=made.about.get("x_label", "x"), ylabel=made.about.get("y_label", "y"))
    axes.set_title(_title(made), fontsize=10)
    axes.legend(
        handles=_legend(made, rows, palette), loc="upper left", bbox_to_anchor=(1.01, 1.0),
        fontsize=8, frameon=False, title="reached, share of area",
    )  # fmt: skip
    return figure


def _legend(made: BasinMap, rows: list[dict[str, Any]], palette: dict[int, Colour]) -> list[Patch]:
    reached = [row for row in rows if row["share"] > 0]
    listed = any(row["known"] for row in rows)
    handles = []
    for row in reached[:_IN_LEGEND]:
        where = made.about.get("named", "({x:.4g}, {y:.4g})").format(**row)
        new = ", not in the list" if listed and not row["known"] else ""
        text = f"{where}: {row['value']:.4g}, {row['share']:.1%}{new}"
        handles.append(Patch(facecolor=palette[row["label"]], edgecolor="black", label=text))
    rest = reached[_IN_LEGEND:]
    if rest:
        share = sum(row["share"] for row in rest)
        handles.append(Patch(facecolor="none", label=f"{len(rest)} others, {share:.1%}"))
    shares = made.shares()
    for label, name in LABELS.items():
        if shares.get(label):
            text = f"{name}, {shares[label]:.1%}"
            handles.append(Patch(facecolor=palette[label], edgecolor="black", label=text))
    return handles


def _title(made: BasinMap) -> str:
    about = made.about
    rule = about["optimizer"]
    rate = rule.get("learning_rate")
    how = f"{rule['name']}, learning rate {rate:.3g}" if rate is not None else rule["name"]
    return (
        f"Basins of {textwrap.shorten(about['surface'], 60, placeholder=' …')}\n"
        f"{how}, at most {about['steps']} steps; brighter: fewer steps"
    )


def save(made: BasinMap, folder: Path) -> dict[str, Any]:
    """Write basins.npz, minima.csv, result.json, basins.png and basins.svg; returns the result."""
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    result = made.summary() | {"folder": str(folder)}
    x, y = made.window.axes((made.label.shape[0], made.label.shape[1]))
    points = np.array([[m.x, m.y, m.value] for m in made.minima]).reshape(-1, 3)
    np.savez_compressed(
        folder / "basins.npz", label=made.label, steps=made.steps, x=x, y=y, minima=points
    )
    rows = made.table()
    with (folder / "minima.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(
            file, ("label", "x", "y", "value", "known", "global", "share"), lineterminator="\n"
        )
        writer.writeheader()
        writer.writerows(rows)
    (folder / "result.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    figure = figure_of(made)
    for suffix in ("png", "svg"):
        figure.savefig(folder / f"basins.{suffix}", dpi=150)
    return result


def describe(made: BasinMap) -> str:
    """The result in a few lines for the terminal."""
    rule = made.about["optimizer"]
    hypers = ", ".join(f"{k} = {v:.6g}" for k, v in rule.items() if k != "name")
    lines = [f"{rule['name']}: {hypers}; at most {made.about['steps']} steps"]
    rows = [row for row in made.table() if row["share"] > 0]
    for row in rows[:_IN_LEGEND]:
        mark = "global" if row["global"] else "known" if row["known"] else "found"
        named = f"({row['x']:.6g}, {row['y']:.6g})"
        lines.append(f"{row['share']:7.2%}  {mark:7}{named:26} value {row['value']:.6g}")
    if len(rows) > _IN_LEGEND:
        share = sum(row["share"] for row in rows[_IN_LEGEND:])
        lines.append(f"{share:7.2%}  {len(rows) - _IN_LEGEND} other basins")
    shares = made.shares()
    lines += [f"{shares[k]:7.2%}  {name}" for k, name in LABELS.items() if shares.get(k)]
    if made.stride != 1:
        lines.append(f"not finished: {float((made.label != PENDING).mean()):.0%} of the pixels")
    return "\n".join(lines)
