"""What a trainability map leaves on disk: its numbers, its boundary's dimension, its pictures."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from workbench.maps.box_counting import Dimension
from workbench.maps.trainability_map import AXES, Map
from workbench.maps.trainability_zoom import Level, zoom_summary

_GAP = 0.25  # between the palest shades of the two sides, of a scale from -1 to 1


def shades(measure: np.ndarray) -> np.ndarray:
    """Shades in [-1, 1] of a map's measures, of equal area each, as the paper colours: from 1, the
    slowest to converge, to 0.25, the fastest, and from -0.25, the fastest to diverge, to -1, the
    slowest; NaN where there are none yet. For Matplotlib's colour map "Spectral"."""
    known = np.isfinite(measure)
    values, places = np.unique(measure[known], return_inverse=True)
    counts = np.bincount(places, minlength=len(values))
    ranks = np.cumsum(counts) - 0.5 * (counts + 1)  # the middle one of equals
    below = int(counts[values < 0.0].sum())
    scale = np.where(
        values < 0.0,
        -1.0 + (1.0 - _GAP) * ranks / max(below - 1, 1),
        _GAP + (1.0 - _GAP) * (ranks - below) / max(len(places) - below - 1, 1),
    )
    out = np.full(measure.shape, np.nan)
    out[known] = -scale[places]
    return out


def map_figure(made: Map) -> Figure:
    """The map, coloured by speed, with the axes' rates on logarithmic scales."""
    figure = Figure(figsize=(7.2, 6.2), layout="constrained")
    axes = figure.add_subplot()
    image = axes.imshow(
        shades(made.measure),
        extent=made.window.sides,
        origin="lower",
        cmap="Spectral",
        vmin=-1,
        vmax=1,
        aspect="auto",
        interpolation="nearest",
    )
    for axis, label in zip("xy", AXES[made.axes], strict=True):
        axes.set(**{f"{axis}label": f"log₁₀ {label}"})
    kind = f"{made.setting.summary}, {made.setting.steps} steps"
    axes.set_title(f"Trainability: {kind}\n{_dimension_text(made.dimension())}", fontsize=10)
    bar = figure.colorbar(image, ticks=(-1, -_GAP, _GAP, 1))
    bar.ax.set_yticklabels(
        ["diverges slowest", "diverges fastest", "converges fastest", "converges slowest"]
    )
    axes.ticklabel_format(useOffset=False)
    axes.tick_params(
        axis="x", labelrotation=20 if made.window.x_high - made.window.x_low < 1 else 0
    )
    return figure


def _dimension_text(d: Dimension) -> str:
    if d.value != d.value:
        return "too little boundary for a dimension"
    return (
        f"boundary's box-counting dimension {d.value:.3f} ± {d.standard_error:.3f} "
        f"(boxes of {d.sizes.min()}-{d.sizes.max()} pixels)"
    )


def dimension_figure(dimensions: list[Dimension]) -> Figure:
    """The counts of boxes over their size, with the line fitted to each window's."""
    figure = Figure(figsize=(6.4, 4.8), layout="constrained")
    axes = figure.add_subplot()
    for k, d in enumerate(dimensions):
        if not len(d.sizes):
            continue
        colour = f"C{k % 10}"
        axes.plot(d.sizes, d.counts, "o", color=colour, markersize=4)
        if d.value == d.value:
            line = np.exp(d.intercept) * d.sizes**-d.value
            label = f"window {k}: {d.value:.3f} ± {d.standard_error:.3f}"
            axes.plot(d.sizes, line, color=colour, linewidth=1, label=label if k < 12 else None)
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="side of a box in pixels",
        ylabel="boxes that hold boundary",
        title="Box-counting dimension of the boundary",
    )
    axes.grid(alpha=0.3, which="both")
    if axes.get_legend_handles_labels()[0]:
        axes.legend(fontsize=8)
    return figure


class MapFolder:
    """Writes maps into ``folder`` one by one, so that none has to be kept: map_K.npz, .png and
    .svg of a window, the whole first; at last boxes.csv, dimension.png and .svg, result.json."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.levels: list[Level] = []

    def add(self, made: Map) -> None:
        """Write the next map."""
        k = len(self.levels)
        self.levels.append(Level.of(made))
        window = np.array(made.window.sides)
        np.savez_compressed(self.folder / f"map_{k}.npz", measure=made.measure, window=window)
        figure = map_figure(made)
        for suffix in ("png", "svg"):
            figure.savefig(self.folder / f"map_{k}.{suffix}", dpi=150)

    def finish(self) -> dict[str, Any]:
        """Write what the maps have in common; returns the result."""
        result = zoom_summary(self.levels) | {"folder": str(self.folder)}
        with (self.folder / "boxes.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(("window", "size", "count", "local_slope"))
            for k, level in enumerate(self.levels):
                d = level.dimension
                for row in zip(d.sizes, d.counts, d.local, strict=True):
                    writer.writerow([k, int(row[0]), int(row[1]), float(row[2])])
        figure = dimension_figure([level.dimension for level in self.levels])
        for suffix in ("png", "svg"):
            figure.savefig(self.folder / f"dimension.{suffix}", dpi=150)
        text = json.dumps(result, indent=1) + "\n"
        (self.folder / "result.json").write_text(text, encoding="utf-8")
        return result

    def describe(self) -> str:
        """The result in a few lines for the terminal."""
        result, whole = zoom_summary(self.levels), self.levels[0].summary
        lines = [
            f"{whole['summary']}: {whole['steps']} steps, {whole['converged_share']:.1%} converged"
        ]
        for k, level in enumerate(self.levels):
            low, high, *_ = level.summary["window"]
            lines.append(f"window {k}, {high - low:.3g} wide: {_dimension_text(level.dimension)}")
        found, count = result["dimension_published_procedure"], len(self.levels)
        if found is not None:
            lines.append(f"median of local slopes, as published: {found:.3f} over {count}")
        if result["published_dimension"]:
            lines.append(
                f"published: {result['published_dimension']:.2f}, about a point of the boundary "
                "that is not told, over some 50 windows of 4096 × 4096 pixels"
            )
        if whole["computed_share"] < 1.0:
            lines.append(f"not finished: {whole['computed_share']:.0%} of the pixels")
        return "\n".join(lines)
