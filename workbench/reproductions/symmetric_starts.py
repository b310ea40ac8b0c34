"""A start that treats hidden units alike can never tell them apart: a conserved quantity.

Units of a layer with the same weights in and out get the same gradient, so every rule that treats
parameters alike keeps them the same: their differences are conserved, at zero. Kernels that take
one unit after the other conserve it to the last bit; where a wide layer's matrix products round the
last units otherwise, to rounding. Of ReLU units gradient flow conserves more, ‖in‖² - ‖out‖² from
any start, and gradient descent misses it by O(learning rate).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.reproductions import Finding, Outcome, Setting, Table, Watch

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from workbench.reproductions._hidden_units import Drift

SUMMARY = "hidden units that start alike stay alike, and what gradient flow conserves"
SOURCE = (
    "Rumelhart, Hinton & Williams 1986, Learning internal representations by error propagation, "
    "Parallel distributed processing 1, chapter 8, on breaking symmetry; Du, Hu & Lee 2018, "
    "Algorithmic regularization in learning deep homogeneous models, arXiv 1806.00900, theorem 2.1"
)
SETTINGS = (
    Setting("width", 6, (2, 64), "units of each of two hidden layers"),
    Setting("weight", 0.1, "(0, 1]", "value of every weight of the constant start"),
    Setting("steps", 2000, (20, 100_000), "steps of each run"),
    Setting("seed", 0, (0, 2**32 - 1), "which draw of the random starts and of the batches"),
)
_RULES: dict[str, dict[str, Any]] = {
    "sgd, full batch": {"optimizer": "sgd", "batching": "full_batch"},
    "sgd, single samples": {"optimizer": "sgd", "batching": "single_sample"},
    "adam, batches of 10": {
        "optimizer": {"name": "adam", "learning_rate": 0.01},
        "batching": {"name": "mini_batch", "size": 10},
    },
}
_LOOKS = 50
_ROUNDING = 1e-9  # float64's, over a run
_RATES, _TIME = (
    (0.1, 0.05, 0.025, 0.0125),
    20.0,
)  # of gradient descent, and learning rate times steps
_SLOPE = 0.25


def carry_out(watch: Watch, width: int, weight: float, steps: int, seed: int) -> Outcome:
    """Train from zero, constant and random starts, and measure what must be conserved."""
    from workbench.experiment import Experiment

    base = Experiment.preset("symmetric_start").replace(
        network={"sizes": [16, width, width, 2]}, seed=seed, stop={"steps": steps}
    )
    starts = {
        "zeros": {"name": "zeros"},
        "constant": {"name": "constant", "weight": weight},
        "random": {"name": "he_normal"},
    }
    findings, rows = [], []
    cases = [(start, rule) for start in starts for rule in _RULES]
    for k, (start, rule) in enumerate(cases):
        experiment = base.replace(initializer=starts[start], **_RULES[rule])
        share = watch.part(0.7 * k / len(cases), 0.7 * (k + 1) / len(cases))
        found = _follow(share, experiment)
        findings += _alike(start, rule, found)
        rows += [(start, rule, *row) for row in found]
    drifts = _drifts(watch.part(0.7, 1.0), base.replace(initializer="he_normal"))
    findings += _balanced(drifts)
    header = ("start", "rule", "step", "least", "largest", "collapsed", "loss")
    changes = [
        (d.rate, d.steps, float(np.abs(d.change).max()), float(np.abs(d.predicted).max()))
        for d in drifts
    ]
    return Outcome(
        tuple(findings),
        {"slope": _slope(drifts)},
        {
            "units": Table(header, rows),
            "balance": Table(("learning rate", "steps", "change", "predicted"), changes),
        },
        {"conserved": lambda: _draw(rows, drifts)},
    )


def _follow(watch: Watch, experiment: Any) -> list[tuple[int, float, float, float, float]]:
    """(step, least and largest difference between units, how far the network of one unit a layer is
    from its answers, loss) along a run."""
    from workbench.model import Model
    from workbench.reproductions._hidden_units import along, apart, collapsed

    steps = experiment.stop.steps
    model, narrow, rows = Model(experiment), None, []
    for step, parameters in along(experiment, max(1, steps // _LOOKS)):
        sizes, one = collapsed(model, parameters)
        narrow = narrow or Model(experiment.replace(network={"sizes": sizes}))
        inputs = model.data.train.inputs
        gap = float(np.abs(model.predict(parameters, inputs) - narrow.predict(one, inputs)).max())
        loss, _ = model.measures(parameters, model.train)
        rows.append((step, *apart(model, parameters), gap, loss))
        watch.at(step / steps)
    return rows


def _alike(start: str, rule: str, rows: list[tuple[int, float, float, float, float]]) -> Any:
    if start == "random":
        least = min(row[1] for row in rows)
        yield Finding(
            f"random start, {rule}: least difference between two units",
            "above 0",
            f"{least:.3g}",
            least > 1e-3,
            "above 0.001 all along",
        )
        return
    largest = max(row[2] for row in rows)
    yield Finding(
        f"{start} start, {rule}: largest difference between two units",
        "0",
        f"{largest:.3g}",
        largest <= _ROUNDING,
        f"at most {_ROUNDING:g} all along, rounding",
    )
    gap = max(row[3] for row in rows)
    yield Finding(
        f"{start} start, {rule}: answers, less those of one unit a layer",
        "0",
        f"{gap:.3g}",
        gap <= _ROUNDING,
        f"at most {_ROUNDING:g} all along, rounding",
    )


def _drifts(watch: Watch, experiment: Any) -> list[Drift]:
    from workbench.reproductions._hidden_units import drift

    full = experiment.replace(batching="full_batch")
    drifts = []
    for k, rate in enumerate(_RATES):
        drifts.append(drift(full, rate, round(_TIME / rate)))
        watch.at((k + 1) / len(_RATES))
    return drifts


def _slope(drifts: list[Drift]) -> float:
    rates = np.log([d.rate for d in drifts])
    return float(np.polyfit(rates, np.log([np.abs(d.change).max() for d in drifts]), 1)[0])


def _balanced(drifts: list[Drift]) -> Any:
    slope = _slope(drifts)
    yield Finding(
        f"change of ‖in‖² - ‖out‖² over learning rate times steps of {_TIME:g}",
        "O(learning rate)",
        f"grows with the learning rate to the power of {slope:.3f}",
        abs(slope - 1.0) <= _SLOPE,
        f"1 ± {_SLOPE:g}",
    )
    worst = max(float(np.abs(d.change - d.predicted).max()) for d in drifts)
    yield Finding(
        "that change, less Σ rate² (‖gradient in‖² - ‖gradient out‖²)",
        "0",
        f"{worst:.3g}",
        worst <= _ROUNDING,
        f"at most {_ROUNDING:g}, rounding",
    )


def _draw(rows: list[Any], drifts: list[Drift]) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10.0, 4.2), layout="constrained")
    units, balance = figure.subplots(1, 2)
    for k, start in enumerate(("zeros", "constant", "random")):
        for style, rule in zip(("-", "--", ":"), _RULES, strict=True):
            mine = [row for row in rows if row[:2] == (start, rule)]
            label = f"{start}, {rule}"
            units.plot(
                [row[2] for row in mine],
                [row[4] for row in mine],
                style,
                color=f"C{k}",
                label=label,
            )
    units.set_yscale("symlog", linthresh=1e-16)
    units.set(xlabel="step", title="Largest difference between units of a layer")
    units.legend(fontsize=7, frameon=False)
    rates = np.array([d.rate for d in drifts])
    change = np.array([np.abs(d.change).max() for d in drifts])
    balance.loglog(rates, change, "o", label="measured")
    balance.loglog(rates, change[-1] * rates / rates[-1], "-", lw=1.0, label="slope 1")
    balance.set(xlabel="learning rate", title="Change of ‖in‖² - ‖out‖² by gradient descent")
    balance.set_xticks(rates, [f"{rate:g}" for rate in rates])
    balance.minorticks_off()
    balance.legend(fontsize=8, frameon=False)
    for axes in (units, balance):
        axes.grid(alpha=0.2)
    return figure
