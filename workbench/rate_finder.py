"""The learning-rate range test: a short run whose learning rate grows until the loss explodes.

Smith 2017, "Cyclical learning rates for training neural networks", arXiv 1506.01186, section 3.3,
with a rate that grows exponentially, a running mean of the losses, and the two readings of the
curve in common use: where the mean falls fastest over the logarithm of the rate, and a tenth of the
rate at which it is least.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kernels import optimizers, training
from kernels.sweep import sweep
from kernels.training import Limits, Rules
from workbench.errors import BadValue
from workbench.experiment import Experiment
from workbench.fields import integer, plain, within
from workbench.model import Model

LOW, HIGH, STEPS = 1e-6, 100.0, 200
_SMOOTHING = 0.9  # share of the running mean kept each step
_EXPLODED = 4.0  # over the least mean so far
_LEAST_FALL = 1e-6  # of the first loss
_CHUNK = 10


@dataclass(frozen=True)
class RateScan:
    """What a range test found; arrays are float64 (n,), read-only.

    ``losses[k]`` is the loss of the batch of step k, which was made with ``rates[k]``; ``smoothed``
    its running mean, corrected for its start. ``suggested`` is the rate at which the mean falls
    fastest, None where it never falls; ``tenth_of_lowest`` a tenth of the rate at which it is
    least. ``exploded`` says whether the losses ran away before the highest rate.
    """

    experiment: Experiment
    rates: np.ndarray
    losses: np.ndarray
    smoothed: np.ndarray
    suggested: float | None
    tenth_of_lowest: float | None
    exploded: bool

    def summary(self) -> dict[str, Any]:
        """The figures, ready for JSON."""
        found = self.smoothed[np.isfinite(self.smoothed)]
        return {
            "suggested": self.suggested,
            "tenth_of_lowest": self.tenth_of_lowest,
            "exploded": self.exploded,
            "low": float(self.rates[0]),
            "high": float(self.rates[-1]),
            "steps": len(self.rates),
            "loss_lowest": float(found.min()) if len(found) else None,
            "optimizer": self.experiment.optimizer.name,
            "learning_rate": self.experiment.optimizer.learning_rate,
            "experiment_hash": self.experiment.hash,
        }


def find_learning_rate(
    experiment: Experiment, low: float = LOW, high: float = HIGH, steps: int = STEPS
) -> RateScan:
    """Train from the experiment's start with rates from ``low`` to ``high`` in ``steps`` steps.

    The experiment's own learning rate and schedule are left out, all else is as in a run. It ends
    early once the loss is not finite or its mean four times the least one so far. Raises BadValue
    for bad bounds, and for an optimizer that searches for its own step length.
    """
    low, high = within("low", plain(low), "(0, inf)"), within("high", plain(high), "(0, inf)")
    steps = integer("steps", plain(steps), 10, 1_000_000)
    if not high > low:
        raise BadValue("high", f"must be above low, {low:g}", high, f"{10 * low:g}")
    entry = optimizers.catalog.get(experiment.optimizer.name)
    if not optimizers.is_scalar(entry):
        rule = "must be one whose steps follow the rate, not one that searches its own"
        raise BadValue("optimizer.name", rule, entry.name, "sgd, adam")
    rates = np.geomspace(low, high, steps)
    losses = _train(experiment, rates)
    return _read(experiment, rates[: len(losses)], losses, len(rates))


def _train(experiment: Experiment, rates: np.ndarray) -> np.ndarray:
    model, losses = Model(experiment), np.full(len(rates), np.nan)
    rules = Rules(experiment.optimizer.item, experiment.schedule.item, experiment.batching.item)
    nan = float("nan")
    limits = Limits(nan, nan, nan, experiment.stop.diverged_above, 1)
    state = training.new_state(rules, model.initial_parameters())
    count = len(model.train.inputs)
    scratch = training.new_scratch(model.network, rules, count, state.parameters)
    made = 0
    while made < len(rates):
        last = min(made + _CHUNK, len(rates))
        span = (made, last)
        made = sweep(
            model.network, rules, limits, model.train, state, scratch, experiment.seed, span,
            rates, losses,
        )  # fmt: skip
        means = smooth(losses[:made])
        if made < last or means[-1] > _EXPLODED * means.min():
            break
    return losses[:made]


def smooth(losses: np.ndarray) -> np.ndarray:
    """The exponential running mean of ``losses``, corrected for its start as Adam's means are."""
    means, mean = np.empty(len(losses)), 0.0
    for k, loss in enumerate(losses):
        mean = _SMOOTHING * mean + (1.0 - _SMOOTHING) * loss
        means[k] = mean / (1.0 - _SMOOTHING ** (k + 1))
    return means


def _read(experiment: Experiment, rates: np.ndarray, losses: np.ndarray, planned: int) -> RateScan:
    means = smooth(losses)
    sound = np.isfinite(means)
    # Once the mean has exploded, its early part is what tells.
    best = int(np.argmin(np.where(sound, means, np.inf))) if sound.any() else 0
    exploded = len(rates) < planned or not sound.all()
    exploded = exploded or bool(means[-1] > _EXPLODED * means[best])
    suggested = lowest = None
    # Less than this is rounding, or a rate far too small for all of the steps.
    if best > 0 and means[0] - means[best] > _LEAST_FALL * abs(means[0]):
        slopes = np.gradient(means[: best + 1], np.log(rates[: best + 1]))
        if slopes.min() < 0.0:
            suggested = float(rates[int(np.argmin(slopes))])
        lowest = float(rates[best]) / 10.0
    for array in (rates, losses, means):
        array.flags.writeable = False
    return RateScan(experiment, rates, losses, means, suggested, lowest, exploded)


def save_scan(scan: RateScan, folder: Path) -> dict[str, Any]:
    """Write rates.csv, rates.png and result.json into ``folder``; returns the summary with it."""
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    result = scan.summary() | {"folder": str(folder)}
    with (folder / "rates.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("rate", "loss", "smoothed"))
        for row in zip(scan.rates, scan.losses, scan.smoothed, strict=True):
            writer.writerow([float(value) for value in row])
    (folder / "result.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    scan.experiment.save(folder / "experiment.toml")
    rate_figure(scan).savefig(folder / "rates.png", dpi=120)
    return result


def rate_figure(scan: RateScan) -> Any:
    """The losses and their mean over the rate, with both readings marked."""
    from matplotlib.figure import Figure

    from workbench.report import TEST, TRAIN

    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.add_subplot()
    sound = np.isfinite(scan.losses) & np.isfinite(scan.smoothed)
    rates = scan.rates[sound]
    axes.plot(rates, scan.losses[sound], color=TRAIN, alpha=0.35, label="loss of the step")
    axes.plot(rates, scan.smoothed[sound], color=TRAIN, label="running mean")
    for rate, style, meaning in (
        (scan.suggested, "-", "falls fastest"),
        (scan.tenth_of_lowest, ":", "a tenth of the lowest"),
    ):
        if rate is not None:
            axes.axvline(rate, color=TEST, linestyle=style, label=f"{meaning}: {rate:.2g}")
    if sound.any():
        first, low = scan.losses[sound][0], scan.smoothed[sound].min()
        axes.set_ylim(low - 0.1 * (first - low) - 1e-12, first + 0.6 * abs(first - low) + 1e-12)
    name = scan.experiment.network.loss.name.replace("_", " ")
    title = f"Learning-rate range test of {scan.experiment.optimizer.name}"
    axes.set(xscale="log", xlabel="learning rate", ylabel=name, title=title)
    axes.grid(alpha=0.3)
    axes.legend()
    return figure


def describe(scan: RateScan) -> str:
    """The result in a few lines for the terminal."""
    if scan.suggested is None:
        return f"the loss never fell between rates {scan.rates[0]:g} and {scan.rates[-1]:g}"
    lines = [f"suggested learning rate  {scan.suggested:.3g}  where the mean loss falls fastest"]
    lines.append(f"a tenth of the lowest    {scan.tenth_of_lowest:.3g}  the other common reading")
    if not scan.exploded:
        lines.append(f"the loss did not explode up to {scan.rates[-1]:g}: try a higher --high")
    now = scan.experiment.optimizer.learning_rate
    lines.append(f"the experiment has       {now:g}")
    return "\n".join(lines)
