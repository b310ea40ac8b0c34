"""Regression: a formula of the inputs x1, x2, … over a box, with noise on its values."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from kernels.domains import BadHyper, Text
from workbench.datasets import COMMON, SAMPLES, SEED, Table, catalog, normals, uniforms
from workbench.errors import BadValue
from workbench.formulas.formula import BadFormula, Formula


class FormulaData(NamedTuple):
    """``formula`` at ``samples`` points uniform on [low, high) in every input; ``noise``: standard
    deviation of the noise on the targets; ``seed`` of points and noise."""

    formula: str = "sin(3*x1) + x2**2"
    samples: float = 400
    low: float = -1.0
    high: float = 1.0
    noise: float = 0.0
    seed: float = 0
    test_fraction: float = 0.25
    split_seed: float = 0
    scaling: str = "none"


def _check(name: str, value: str) -> str:
    try:
        Formula(value)
    except BadFormula as error:
        rule = f"{error.rule} at character {error.position}"
        raise BadHyper(name, rule, value, error.nearest) from None
    return value


def _table(item: Any) -> Table:
    formula, n = Formula(item.formula), int(item.samples)
    if item.low >= item.high:
        raise BadValue("data.high", f"must be above data.low ({item.low:g})", item.high, "a larger")
    inputs = item.low + (item.high - item.low) * uniforms(item.seed, 0, n, formula.n_in)
    targets = formula(inputs)
    bad = np.flatnonzero(~np.isfinite(targets))
    if len(bad):
        place = ", ".join(f"x{k + 1} = {x:.4g}" for k, x in enumerate(inputs[bad[0], :4]))
        rule = f"must be finite over the whole box, and at {place} is {targets[bad[0]]:g}"
        raise BadValue("data.formula", rule, item.formula, "another formula, or another box")
    return Table(inputs, (targets + item.noise * normals(item.seed, 1, n))[:, None])


catalog.register(
    FormulaData,
    "formula",
    "regression: a formula of x1, x2, … over a box",
    hypers={
        "formula": (Text("a formula of x1, x2, …", _check), "what the targets are"),
        "samples": (SAMPLES.replace("1000000", "100000"), "samples in all"),
        "low": ("[-1e9, 1e9]", "lower end of every input"),
        "high": ("[-1e9, 1e9]", "upper end of every input"),
        "noise": ("[0, inf)", "standard deviation of the noise on the targets"),
        "seed": SEED,
    }
    | COMMON,
    shape=lambda item: (Formula(item.formula).n_in, 1),
    classes=False,
    check=_table,
    table=_table,
)
