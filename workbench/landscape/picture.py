"""A landscape as a picture, drawn without a window."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure

from workbench.landscape.profile import Profile
from workbench.landscape.survey import Landscape

# Okabe & Ito's colours keep apart for every common colour blindness.
PATH, WARNING = "#D55E00", "#B03A00"
LINES = {"line": "#0072B2", "curve": "#D55E00"}
# Heights that span more than so many decades are coloured by their logarithm, over so many at most.
_DECADES, _MOST_DECADES = 2.0, 6.0
_MARKERS = {
    "global minimum": ("*", 150, "global minimum of this grid"),
    "minimum": ("v", 45, "minimum of this grid"),
    "saddle": ("X", 50, "saddle of this grid"),
    "lowest": ("D", 30, "lowest point shown"),
}
_TITLE = 78  # characters that fit above the axes
_MOST_MARKS = 40  # of a kind; where there are more the picture would show nothing else


def landscape_figure(landscape: Landscape) -> Figure:
    """Heights with contours, the path on them, and what the plane leaves out in the title."""
    profiles = landscape.profiles
    size = (13.2, 6.6) if profiles else (7.0, 6.6)
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.add_subplot(1, 2 if profiles else 1, 1)
    _heights(figure, axes, landscape)
    _path(axes, landscape)
    _features(axes, landscape)
    for name, (x, y) in landscape.marks:
        axes.annotate(
            name,
            (x, y),
            xytext=(6, 6),
            textcoords="offset points",
            fontsize=9,
            bbox={"boxstyle": "round,pad=0.2", "facecolor": "white", "alpha": 0.75, "lw": 0},
        )
    axes.set(
        xlabel=landscape.plane.axes[0],
        ylabel=landscape.plane.axes[1],
        xlim=(landscape.along[0], landscape.along[-1]),
        ylim=(landscape.across[0], landscape.across[-1]),
    )
    axes.set_title(_title(landscape), fontsize=10)
    if landscape.warning:
        axes.title.set_color(WARNING)
    axes.set_aspect("equal")
    handles, labels = axes.get_legend_handles_labels()
    if handles:
        figure.legend(handles, labels, loc="outside lower center", ncols=3, fontsize=8)
    if profiles:
        _profiles(figure.add_subplot(1, 2, 2), profiles)
    return figure


def _title(landscape: Landscape) -> str:
    fit, kind = landscape.fit, landscape.plane.kind
    texts = [f"{landscape.label.capitalize()} over a plane: {kind}"]
    if fit.path.name == "step" and len(fit.path.points) > 1:
        texts.append(
            f"{100 * fit.explained:.1f} % of the path's variance lies in this plane; "
            f"the path is up to {fit.distance.max():.2g} away"
        )
    texts.append(landscape.warning)
    return "\n".join(line for text in texts for line in textwrap.wrap(text, _TITLE))


def _heights(figure: Figure, axes: Any, landscape: Landscape) -> None:
    x, y = landscape.along, landscape.across
    height = np.ma.masked_invalid(landscape.values)
    norm, levels = _scale(height)
    mesh = axes.pcolormesh(
        x, y, height, cmap="viridis", norm=norm, shading="nearest", rasterized=True
    )
    if levels is not None:
        axes.contour(x, y, height, levels, colors="white", linewidths=0.5, alpha=0.6)
    if height.count():
        figure.colorbar(mesh, ax=axes, label=landscape.label)


def _scale(height: np.ma.MaskedArray[Any, Any]) -> tuple[Any, np.ndarray | None]:
    if not height.count():
        return Normalize(0.0, 1.0), None
    low, high = float(height.min()), float(height.max())
    if not high > low:
        return Normalize(low - 0.5, high + 0.5), None
    if low >= 0 and high > low * 10**_DECADES:
        low = max(low, high * 10**-_MOST_DECADES)
        return LogNorm(low, high, clip=True), np.geomspace(low, high, 18)[1:-1]
    return Normalize(low, high), np.linspace(low, high, 18)[1:-1]


def _path(axes: Any, landscape: Landscape) -> None:
    fit = landscape.fit
    line = "" if fit.path.name == "corner" else "-"
    axes.plot(*fit.shown.T, color=PATH, marker=".", markersize=3, linewidth=1.4, linestyle=line)
    if fit.path.name != "step":
        return
    end = f"step {fit.path.places[-1]:g}"
    if len(fit.shown) > 1:
        start = f"step {fit.path.places[0]:g}"
        axes.plot(*fit.shown[0], "o", color="white", markeredgecolor="black", label=start)
    axes.plot(*fit.shown[-1], "s", color="white", markeredgecolor="black", markersize=7, label=end)


def _features(axes: Any, landscape: Landscape) -> None:
    for kind, (marker, size, label) in _MARKERS.items():
        found = [f for f in landscape.features if f.kind == kind]
        # Those without a stationary point near by are the grid's, hardly the landscape's.
        found = [f for f in found if f.resolved or kind in ("lowest", "global minimum")]
        if found:
            shown = found[:_MOST_MARKS]
            some = f"{label} ({len(shown)} of {len(found)})" if len(found) > len(shown) else label
            axes.scatter(
                [f.x for f in shown],
                [f.y for f in shown],
                marker=marker,
                s=size,
                color="#F0E442",
                edgecolors="black",
                linewidths=0.7,
                zorder=3,
                label=some,
            )


def _profiles(axes: Any, profiles: tuple[Profile, ...]) -> None:
    for profile in profiles:
        colour = LINES.get(profile.name, PATH)
        label = f"{profile.name}: training loss, barrier {profile.barrier:.3g}"
        axes.plot(profile.t, profile.loss, color=colour, label=label)
        if np.isfinite(profile.loss_test).any():
            label = f"{profile.name}: test loss"
            axes.plot(profile.t, profile.loss_test, color=colour, linestyle="--", label=label)
    found = np.concatenate([p.loss[np.isfinite(p.loss)] for p in profiles])
    if len(found) and found.min() > 0 and found.max() > 100 * found.min():
        axes.set_yscale("log")
    axes.set(xlabel="t, from the first point to the second", ylabel="loss")
    axes.set_title("Loss along the way", fontsize=10)
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8)
