"""Initializers that keep the strength of signals through depth, and those that do not.

With independent weights of mean zero and biases of zero, a layer takes the mean square of what
comes in times n_in Var(w), and of derivatives on their way back times n_out Var(w); ReLU lets half
of both through. The means over starts are exact for linear layers, and for ReLU but for layers that
are all dead; for tanh they hold where inputs are small.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.errors import BadValue
from workbench.reproductions import Finding, Outcome, Setting, Table, Watch

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from workbench.reproductions._signals import Case, Estimate

SUMMARY = "the variance of activations and gradients through depth, by initializer"
SOURCE = (
    "Glorot & Bengio 2010, Understanding the difficulty of training deep feedforward neural "
    "networks, AISTATS, eq. 5, 6, 12 and 15; He, Zhang, Ren & Sun 2015, Delving deep into "
    "rectifiers, arXiv 1502.01852, section 2.2"
)
SETTINGS = (
    Setting("width", 64, (16, 1024), "units of a layer, twice as many in every other of some"),
    Setting("depth", 10, (2, 100), "hidden layers, at most a quarter of the width"),
    Setting("starts", 1000, (100, 1_000_000), "networks drawn for each case"),
    Setting("seed", 0, (0, 2**32 - 1), "which draw of weights and inputs"),
)
_LEVEL = 1e-3
_LINEAR = 1e-4  # standard deviation of inputs for which tanh is linear but for 1e-8


def carry_out(watch: Watch, width: int, depth: int, starts: int, seed: int) -> Outcome:
    """Draw networks, answer an input with each, and compare mean squares with the formulas.

    Raises BadValue where the networks are so narrow for their depth that a few starts make up the
    means: the logarithms' variance is some 5 depth / width.
    """
    from workbench.reproductions._signals import estimate, measure

    if depth > width // 4:
        rule = f"must be at most a quarter of the width ({width}), or a few starts make the means"
        raise BadValue("depth", rule, depth, width // 4)
    cases = list(_cases(width, depth))
    ways = ("activations", "gradients")
    findings, rows, drawn, least = [], [], [], 1.0
    for k, case in enumerate(cases):
        share = watch.part(k / len(cases), (k + 1) / len(cases))
        signals = measure(case, starts, seed, share)
        for way, values, formula in zip(ways, signals, case.formulas(), strict=True):
            found = estimate(values, formula)
            findings.append(_finding(case, way, found, formula))
            columns = formula, found.mean, found.low, found.high, found.p_value
            layers = enumerate(zip(*columns, strict=True), 1)
            rows += [(case.name, way, layer, *map(float, row)) for layer, row in layers]
            least = min(least, float(found.p_value.min()))
            drawn.append((case.name, way, found, formula))
    header = ("case", "of", "hidden layer", "formula", "mean", "low", "high", "p value")
    return Outcome(
        tuple(findings),
        {"least_p_value": least},
        {"variances": Table(header, rows)},
        {"depth": lambda: _draw(drawn)},
    )


def _cases(width: int, depth: int) -> Iterator[Case]:
    from workbench.reproductions._signals import Case

    even = (width,) * (depth + 2)
    # Layers of unequal widths tell n_in from n_out.
    uneven = tuple(width * (1 + k % 2) for k in range(depth + 2))
    limit = width**-0.5

    def uniform(n_in: int, n_out: int) -> float:
        return limit**2 / 3.0

    def glorot(n_in: int, n_out: int) -> float:
        return 2.0 / (n_in + n_out)

    def lecun(n_in: int, n_out: int) -> float:
        return 1.0 / n_in

    def he(n_in: int, n_out: int) -> float:
        return 2.0 / n_in

    name, ends = "uniform on ±1/√n, tanh near 0", {"low": -limit, "high": limit}
    yield Case(name, even, "tanh", "uniform", 1.0, uniform, _LINEAR, ends)
    name = "glorot_uniform, tanh near 0"
    yield Case(name, uneven, "tanh", "glorot_uniform", 1.0, glorot, _LINEAR)
    yield Case("glorot_normal, linear", uneven, "identity", "glorot_normal", 1.0, glorot)
    yield Case("lecun_normal, linear", uneven, "identity", "lecun_normal", 1.0, lecun)
    yield Case("he_normal, ReLU", uneven, "relu", "he_normal", 0.5, he)
    yield Case("he_uniform, ReLU", even, "relu", "he_uniform", 0.5, he)
    yield Case("glorot_normal, ReLU", even, "relu", "glorot_normal", 0.5, glorot)


def _finding(case: Case, way: str, found: Estimate, formula: np.ndarray) -> Finding:
    last = 0 if way == "gradients" else -1
    ours = f"{found.mean[last]:.4g} ({found.low[last]:.4g} to {found.high[last]:.4g})"
    layers = len(formula)
    p = float(found.p_value.min())
    return Finding(
        f"{case.name}: {way} through {layers} layers",
        f"{formula[last]:.4g}",
        ours,
        p >= _LEVEL,
        f"z tests of all {layers} layers by Holm, at {_LEVEL:g}",
        p,
    )


def _draw(drawn: list[tuple[str, str, Any, np.ndarray]]) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10.0, 4.5), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    panels = {"activations": left, "gradients": right}
    for k, (name, way, found, formula) in enumerate(drawn):
        axes, layer = panels[way], np.arange(1, len(formula) + 1)
        colour = f"C{k // 2}"
        label = name if way == "activations" else None
        axes.plot(layer, formula, color=colour, lw=1.0)
        bars = np.maximum([found.mean - found.low, found.high - found.mean], 0.0)
        axes.errorbar(layer, found.mean, bars, fmt=".", color=colour, capsize=2, label=label)
    for way, axes in panels.items():
        axes.set(title=f"Mean square of {way}", xlabel="hidden layer", yscale="log")
        axes.grid(alpha=0.2)
    left.set_ylabel("over that of inputs or outputs")
    figure.legend(loc="outside lower center", ncols=4, fontsize=8, frameon=False)
    return figure
