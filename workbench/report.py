"""The pictures of a finished run, drawn without a window.

Matplotlib's object interface is used, so that no global state and no display is touched.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from workbench.landscape import grid_around
from workbench.landscape.picture import landscape_figure
from workbench.run import Run

# Vermilion and blue of Okabe & Ito keep apart for every common colour blindness.
TRAIN, TEST = "#0072B2", "#D55E00"
DIVERGING = "RdBu_r"


def write_pictures(run: Run, folder: Path) -> list[Path]:
    """Write loss.png, weights.png and surface.png into ``folder``; returns their paths."""
    figures = {
        "loss.png": loss_figure(run),
        "weights.png": weights_figure(run),
        "surface.png": surface_figure(run),
    }
    for name, figure in figures.items():
        figure.savefig(folder / name, dpi=120)
    return [folder / name for name in figures]


def loss_figure(run: Run) -> Figure:
    """Train and test loss over steps, logarithmic where they span more than a factor of ten."""
    history = run.history
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.add_subplot()
    finite = history["loss"][np.isfinite(history["loss"]) & (history["loss"] > 0)]
    if len(finite) and finite.max() > 10 * finite.min():
        axes.set_yscale("log")
    marker = "o" if len(history["step"]) < 3 else ""
    axes.plot(history["step"], history["loss"], color=TRAIN, label="training", marker=marker)
    if np.isfinite(history["loss_test"]).any():
        axes.plot(history["step"], history["loss_test"], color=TEST, label="test", marker=marker)
    name = run.experiment.network.loss.name.replace("_", " ")
    axes.set(xlabel="step", ylabel=name, title=run.experiment.title or "Loss over steps")
    axes.grid(alpha=0.3)
    axes.legend()
    return figure


def weights_figure(run: Run) -> Figure:
    """Each layer's weights with its biases as the last row, one colour scale centred on zero."""
    model, parameters = run.model, run.parameters
    count = len(model.layers)
    figure = Figure(figsize=(2.2 + 2.6 * count, 4.8), layout="constrained")
    finite = np.abs(parameters[np.isfinite(parameters)])
    limit = min(float(finite.max(initial=0.0)), 1e307) or 1.0
    all_axes = figure.subplots(1, count, squeeze=False)[0]
    for axes, layer in zip(all_axes, model.layers, strict=True):
        n_in, n_out = layer.shape
        weights = parameters[layer.weights].reshape(layer.shape)
        shown = np.vstack([weights, parameters[layer.bias]])
        image = axes.imshow(
            shown, cmap=DIVERGING, vmin=-limit, vmax=limit, aspect="auto", interpolation="nearest"
        )
        axes.axhline(n_in - 0.5, color="black", linewidth=1)
        axes.set(title=layer.name, xlabel="to unit")
        if n_in <= 20:
            axes.set_yticks(range(n_in + 1), [*map(str, range(n_in)), "bias"])
        if n_out <= 20:
            axes.set_xticks(range(n_out))
    all_axes[0].set_ylabel("from unit")
    figure.colorbar(image, ax=list(all_axes), label="weight")
    return figure


def surface_figure(run: Run) -> Figure:
    """The training loss over the plane of the path's main directions, with the path on it."""
    steps, trail = run.trail()
    if not np.isfinite(trail).all():
        figure = Figure(figsize=(6.6, 5.6), layout="constrained")
        figure.add_subplot().set_title("No surface: the path's parameters are not finite")
        return figure
    return landscape_figure(grid_around(run.model, trail, steps=steps))
