"""Pictures and films of descents, drawn without a window: the surface's map with the paths."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import Normalize, PowerNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import Normal, Stroke

from workbench.descents.descent import Descent
from workbench.descents.surface import Surface
from workbench.films import Frame, frames_of

# Of Okabe & Ito, without those that the map's greens swallow; then the same with other strokes.
COLOURS = ("#D55E00", "#F0E442", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
_STROKES = ("-", "--", ":", "-.")
_RESOLUTION = 301
_WIDEST = 3.0  # times the domain: what of a path that runs away is shown
_MOST_MARKS = 200
_MOST_STEPS_MARKED = 400

Window = tuple[float, float, float, float]


def write_pictures(figure: Figure, folder: Path, name: str) -> None:
    """Write NAME.png and NAME.svg into ``folder``."""
    figure.savefig(folder / f"{name}.png", dpi=120)
    # The map is one image in it; lines and texts stay what they are.
    figure.savefig(folder / f"{name}.svg")


def descents_figure(descents: Sequence[Descent], labels: Sequence[str], title: str) -> Figure:
    """The paths of descents over one surface, on its map."""
    return _drawn(descents, labels, title)[0]


def descents_film(
    descents: Sequence[Descent], labels: Sequence[str], title: str
) -> Iterator[Frame]:
    """The same map while the descents go on together, for ``workbench.films.write_film``."""
    figure, axes, paths = _drawn(descents, labels, f"{title}\n")
    words = axes.annotate(
        "", (0.5, 1.0), (0, 5), "axes fraction", textcoords="offset points", ha="center"
    )
    moving = [*(part for path in paths for part in path), words]
    canvas = FigureCanvasAgg(figure)
    # What stays is drawn once: text and contour lines take most of the time.
    for part in moving:
        part.set_animated(True)
    canvas.draw()
    still = canvas.copy_from_bbox(figure.bbox)
    width, height = canvas.get_width_height()
    steps = frames_of(max(d.steps for d in descents))
    for step in (steps[-1], *steps):
        canvas.restore_region(still)
        for descent, (line, end) in zip(descents, paths, strict=True):
            walked = descent.points[: step + 1]
            line.set_data(*walked.T)
            end.set_data(*walked[-1:].T)
        words.set_text(_moment(descents, step))
        for part in moving:
            figure.draw_artist(part)
        yield Frame(width, height, bytes(canvas.buffer_rgba()))


def _moment(descents: Sequence[Descent], step: int) -> str:
    if len(descents) > 1:
        return f"step {step:,}"
    *_, value, gx, gy = descents[0].path[min(step, descents[0].steps)]
    return f"step {step:,}: f = {value:.6g}, gradient norm {np.hypot(gx, gy):.3g}"


def _drawn(
    descents: Sequence[Descent], labels: Sequence[str], title: str
) -> tuple[Figure, Axes, list[tuple[Line2D, Line2D]]]:
    """The figure, and each descent's path with the mark at its end."""
    surface = descents[0].experiment.surface
    figure = Figure(figsize=(8.2, 6.4), layout="constrained")
    axes = figure.add_subplot()
    staying = [d.points for d in descents if not d.diverged] or [descents[0].points[:1]]
    window = window_around(surface, staying if len(descents) > 1 else [descents[0].points])
    draw_map(figure, axes, surface, window)
    paths = []
    for k, (descent, label) in enumerate(zip(descents, labels, strict=True)):
        colour = COLOURS[k % len(COLOURS)]
        stroke = _STROKES[k // len(COLOURS) % len(_STROKES)]
        # Where paths coincide, those drawn first show on both sides of the later ones.
        width = 1.8 if len(descents) == 1 else 5.0 - 3.8 * k / len(descents)
        paths.append(_draw_path(axes, descent, label, (colour, stroke), width, len(descents) == 1))
    x, y = descents[0].experiment.start
    axes.plot(x, y, "o", color="white", markeredgecolor="black", markersize=8, label="start")
    axes.set(xlabel="x", ylabel="y", title=title, xlim=window[:2], ylim=window[2:])
    figure.legend(loc="outside lower center", ncols=min(4, len(descents) + 2), frameon=False)
    return figure, axes, paths


def window_around(surface: Surface, paths: Sequence[np.ndarray]) -> Window:
    """The domain, widened to hold the paths, but not to more than some times its size."""
    found: list[float] = []
    for axis in (0, 1):
        low, high = surface.domain[2 * axis : 2 * axis + 2]
        width = high - low
        values = np.concatenate([path[:, axis] for path in paths])
        least, most = low - _WIDEST * width, high + _WIDEST * width
        seen = values[(values >= least) & (values <= most)]
        outside = len(seen) and (seen.min() < low or seen.max() > high)
        margin = 0.04 * width if outside else 0.0
        found += [
            min(low, seen.min(initial=low) - margin),
            max(high, seen.max(initial=high) + margin),
        ]
    return found[0], found[1], found[2], found[3]


def draw_map(figure: Figure, axes: Axes, surface: Surface, window: Window) -> None:
    """The surface's heights in colours, with contour lines, a scale and the known minima."""
    x, y = np.linspace(*window[:2], _RESOLUTION), np.linspace(*window[2:], _RESOLUTION)
    heights = surface.heights(x, y)
    shown = np.ma.masked_invalid(heights)
    if shown.count():
        scale = _scale(shown.compressed())
        image = axes.imshow(
            shown,
            extent=window,
            origin="lower",
            aspect="auto",
            norm=scale,
            cmap="viridis",
            interpolation="bilinear",
        )
        if scale.vmax is not None and scale.vmin is not None and scale.vmax > scale.vmin:
            levels = np.unique(scale.inverse(np.linspace(0.02, 0.98, 18)))
            axes.contour(x, y, shown, levels, colors="white", linewidths=0.5, alpha=0.5)
            ticks = scale.inverse(np.linspace(0.0, 1.0, 9))
            bar = figure.colorbar(image, label="f(x, y)", ticks=ticks)
            bar.ax.set_yticklabels([f"{tick:.3g}" for tick in ticks])
            bar.ax.minorticks_off()
    inside = [
        (m.x, m.y, m.is_global)
        for m in surface.minima
        if window[0] <= m.x <= window[1] and window[2] <= m.y <= window[3]
    ]
    if 0 < len(inside) <= _MOST_MARKS:
        for is_global, marker, label in ((True, "P", "global minimum"), (False, "X", "minimum")):
            places = [(a, b) for a, b, best in inside if best == is_global]
            if places:
                across, up = zip(*places, strict=True)
                axes.scatter(
                    across, up, s=60, marker=marker, c="white", edgecolors="black", label=label
                )


def _scale(values: np.ndarray) -> Normalize:
    """Colours over heights such that the median has the middle one, where that can be."""
    low, high = float(values.min()), float(values.max())
    middle = float(np.median(values))
    share = (middle - low) / (high - low) if 0 < high - low < np.inf else 0.5
    if not 0.0 < share < 0.5:
        return Normalize(low, high)
    return PowerNorm(max(float(np.log(0.5) / np.log(share)), 0.1), low, high)


def _draw_path(
    axes: Axes, descent: Descent, label: str, look: tuple[str, str], width: float, alone: bool
) -> tuple[Line2D, Line2D]:
    colour, stroke = look
    marks = alone and descent.steps <= _MOST_STEPS_MARKED
    [line] = axes.plot(
        *descent.points.T,
        color=colour,
        linestyle=stroke,
        linewidth=width,
        marker="." if marks else "",
        markersize=6,
        path_effects=[Stroke(linewidth=width + 1.2, foreground="black"), Normal()] if alone else [],
        label=label,
    )
    [end] = axes.plot(
        *descent.points[-1:].T,
        "*",
        color=colour,
        markeredgecolor="white" if colour == "#000000" else "black",
        markersize=13,
        zorder=4,
    )
    return line, end
