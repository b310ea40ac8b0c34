"""Plots of a report: distribution functions, spreads, verdicts; drawn without a window."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from workbench.census.statistics import ecdf, quantiles
from workbench.comparison.colours import COLOURS, colour_of
from workbench.comparison.compared import Compared
from workbench.comparison.outcomes import QUARTILES, criterion
from workbench.numerals import number, percent, ten_to

STYLES = ("-", (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (6, 1.5, 1.5, 1.5)))
# Axes and texts have the page's colour: this one is replaced by it.
INK = "#010203"
_WIDTH = 7.2  # inches; of a page's column
_MOST_POINTS = 200  # of a curve
_MOST_BANDS = 6  # bands of more cases hide each other
MOST_TOLERANCES = 6
_FAINT = 0.15
_FEW_DECADES = 300.0
_LONG = re.compile(r"\d+\.\d{3,}")


def svg(figure: Figure, name: str) -> str:
    """``figure`` as an <svg> element for a page: texts stay texts, the same bytes every time.

    ``name`` keeps the ids of several pictures on one page apart.
    """
    out = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
        figure.savefig(out, format="svg", metadata=nothing, transparent=True)
    text = out.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.DOTALL)
    text = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-", text)
    # Hundredths of a point are enough for a path; texts have numbers of their own.
    text = re.sub(r'(?<= d=")[^"]*', lambda m: _LONG.sub(_rounded, m[0]), text)
    text = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", text, count=1)
    return text.replace(INK, "currentColor").strip()


def _rounded(found: re.Match[str]) -> str:
    return f"{float(found[0]):.2f}"


def loss_figure(compared: Compared, confidence: float) -> Figure:
    """Distribution functions of the final loss, each with its band."""
    figure, axes = _figure(3.6)
    _curves(axes, compared.names, compared.loss, confidence)
    _label(axes, xlabel="final training loss", ylabel="share of starts at or below")
    _legend(figure, compared.names)
    return figure


def steps_figure(compared: Compared, confidence: float) -> Figure:
    """Distribution functions of the steps to each tolerance, side by side."""
    shown = [t for t, s in compared.steps_to.items() if any(np.isfinite(x).any() for x in s)]
    shown = shown[:MOST_TOLERANCES]
    columns = min(len(shown), 3)
    rows = -(-len(shown) // columns)
    figure = Figure(figsize=(_WIDTH, 0.6 + 2.5 * rows), layout="constrained")
    made = figure.subplots(rows, columns, sharey=True, squeeze=False)
    for k, axes in enumerate(made.flat):
        if k >= len(shown):
            axes.set_visible(False)
            continue
        _style(axes)
        steps = compared.steps_to[shown[k]]
        _curves(axes, compared.names, steps, confidence, tight=columns > 1)
        axes.set_title(criterion(shown[k]), color=INK, fontsize=9)
        _label(axes, xlabel="steps", ylabel="share of starts" if k % columns == 0 else "")
    _legend(figure, compared.names)
    return figure


def spread_figure(compared: Compared) -> Figure:
    """The final losses of each case as a histogram of its own, on one axis, with quartiles."""
    names, many = compared.names, len(compared.names)
    figure, axes = _figure(1.0 + 0.62 * many)
    finite = [x[np.isfinite(x)] for x in compared.loss]
    logarithmic, low, high = _range(finite)
    edges = np.geomspace(low, high, 81) if logarithmic else np.linspace(low, high, 81)
    if logarithmic:
        _log_axis(axes, low, high)
    for k, held in enumerate(finite):
        base, colour = many - 1 - k, colour_of(k)
        counts, _ = np.histogram(np.clip(held, low, high), edges)
        heights = base + 0.8 * counts / max(counts.max(), 1)
        axes.stairs(heights, edges, baseline=base, fill=True, color=colour, alpha=0.55, lw=0)
        axes.axhline(base, color=INK, lw=0.5, alpha=0.4)
        a, b, c = quantiles(compared.loss[k], QUARTILES)
        if math.isfinite(a):
            until = min(c, high)
            axes.plot([max(a, low), until], [base, base], color=colour, lw=3.5)
        if math.isfinite(b):
            axes.plot(max(b, low), base, "o", color=colour, ms=5.5, mec=INK, mew=0.8)
        failed = compared.diverged[k].mean() if compared.starts else 0.0
        if failed:
            text = f"{percent(failed)} diverged"
            axes.text(
                1.01, base + 0.3, text, color=INK, fontsize=8, transform=axes.get_yaxis_transform()
            )
    axes.set_xlim(low, high)
    axes.set_ylim(-0.15, many - 0.05)
    labels = _short(names)
    axes.set_yticks([many - 1 - k + 0.3 for k in range(many)], labels, parse_math=False)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    _label(axes, xlabel="final training loss")
    return figure


def verdict_figure(kinds: Sequence[str], counts: Mapping[str, Sequence[int]]) -> Figure:
    """Shares of the verdicts on each case's polished ends; ``counts`` by case, as ``kinds``."""
    names = list(counts)
    figure, axes = _figure(1.1 + 0.34 * len(names) + 0.17 * -(-len(kinds) // 3))
    left = np.zeros(len(names))
    totals = np.array([max(sum(counts[name]), 1) for name in names])
    for k, kind in enumerate(kinds):
        share = np.array([counts[name][k] for name in names]) / totals
        hatch = "////" if k >= len(COLOURS) else None
        axes.barh(
            range(len(names)), share, left=left, height=0.7, label=kind, color=colour_of(k),
            alpha=0.85, hatch=hatch, edgecolor=INK, linewidth=0.4,
        )  # fmt: skip
        left += share
    axes.set_yticks(range(len(names)), _short(names), parse_math=False)
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{100 * x:.0f} %"))
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    _label(axes, xlabel="share of the ends looked at")
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="outside lower center", ncols=3, fontsize=8, frameon=False,
        labelcolor=INK,
    )  # fmt: skip
    return figure


def _figure(height: float) -> tuple[Figure, Any]:
    figure = Figure(figsize=(_WIDTH, height), layout="constrained")
    axes = figure.add_subplot()
    _style(axes)
    return figure, axes


def _style(axes: Any) -> None:
    axes.grid(color=INK, alpha=_FAINT, lw=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(which="both", colors=INK, labelsize=8)
    for side, spine in axes.spines.items():
        spine.set(color=INK, lw=0.6, visible=side in ("left", "bottom"))


def _label(axes: Any, **labels: str) -> None:
    axes.set(**labels)
    for axis in (axes.xaxis, axes.yaxis):
        axis.label.set(color=INK, fontsize=9)


def _curves(
    axes: Any,
    names: Sequence[str],
    values: Sequence[np.ndarray],
    confidence: float,
    tight: bool = False,
) -> None:
    """The distribution functions of ``values``, their axis from the least to the greatest."""
    logarithmic, low, high = _range([x[np.isfinite(x)] for x in values])
    if logarithmic:
        _log_axis(axes, low, high, 4 if tight else 7)
    else:
        axes.xaxis.set_major_locator(matplotlib.ticker.MaxNLocator(3 if tight else 7))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: number(x, 3)))
    for k in range(len(names)):
        found = ecdf(values[k], confidence, _MOST_POINTS)
        x = np.concatenate([[low], np.clip(found.value, low, high), [high]])
        # Left of the least value the function is 0, and after the greatest it stays.
        share, below, above = (
            np.concatenate([[0.0], y, y[-1:] if y.size else [0.0]])
            for y in (found.share, found.low, found.high)
        )
        colour, style = colour_of(k), STYLES[k // len(COLOURS) % len(STYLES)]
        above[0] = above[1] if not found.value.size else above[0]
        axes.plot(x, share, drawstyle="steps-post", color=colour, ls=style, lw=1.6)
        if len(names) <= _MOST_BANDS:
            axes.fill_between(x, below, above, step="post", color=colour, alpha=_FAINT, lw=0)
    axes.set_xlim(low, high)
    axes.set_ylim(0, 1.005)


def _range(values: Sequence[np.ndarray]) -> tuple[bool, float, float]:
    """Whether an axis is logarithmic, and its ends; zeros stand at the left end of such a one."""
    held = np.concatenate([np.ravel(x) for x in values])
    if not held.size:
        return False, 0.0, 1.0
    low, high = float(held.min()), float(held.max())
    positive = held[held > 0]
    if low >= 0 and positive.size and high > 20 * float(positive.min()):
        least = float(positive.min())
        # Far outliers to either side would squeeze what there is between.
        a, b = (float(x) for x in np.quantile(positive, (0.001, 0.999)))
        least, high = max(least, a / 1e4), min(high, b * 1e4)
        return True, least / (2.0 if low == 0 else 1.1), high * 1.1
    wide = (high - low) or abs(high) or 1.0
    return False, low - 0.03 * wide, high + 0.03 * wide


def _log_axis(axes: Any, low: float, high: float, ticks: int = 7) -> None:
    axes.set_xscale("log")
    # Less than some decades have too few powers of ten to read values by.
    between = (1.0, 2.0, 5.0) if high < _FEW_DECADES * low else (1.0,)
    axes.xaxis.set_major_locator(LogLocator(subs=between, numticks=ticks))
    axes.xaxis.set_major_formatter(FuncFormatter(_power))
    axes.xaxis.set_minor_locator(NullLocator())


def _power(value: float, _position: int) -> str:
    power = math.floor(math.log10(value) + 1e-9) if value > 0 else 0
    if -3 <= power <= 4:
        return f"{value:g}"
    times = round(value / 10.0**power)
    return ten_to(power) if times == 1 else f"{times} × {ten_to(power)}"


def _legend(figure: Figure, names: Sequence[str]) -> None:
    if len(names) < 2:
        return
    labels = _short(names)
    handles = [
        matplotlib.lines.Line2D(
            [], [], color=colour_of(k), ls=STYLES[k // len(COLOURS) % len(STYLES)], lw=2
        )
        for k in range(len(names))
    ]
    longest = max(map(len, labels))
    columns = max(1, min(4, len(names), 100 // (longest + 8)))
    legend = figure.legend(
        handles, labels, loc="outside lower center", ncols=columns, fontsize=8, frameon=False,
        labelcolor=INK, handlelength=2.6,
    )  # fmt: skip
    for text in legend.get_texts():
        text.set_parse_math(False)


def _short(names: Sequence[str], most: int = 30) -> list[str]:
    """``names`` for a plot: too long ones without their middle, numbered where that confuses."""
    cut = [n if len(n) <= most else f"{n[: most - 12]}…{n[-11:]}" for n in names]
    if len(set(cut)) < len(cut):
        return [f"{k + 1}: {n}" for k, n in enumerate(cut)]
    return cut
