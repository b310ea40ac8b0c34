"""Exclusive or with two hidden sigmoid units: no local minima, though training gets stuck.

Counting the starts whose loss stays high at a step limit would find local minima by the dozen. The
census of polished ends finds none: with finite weights every stationary point above the infimum is
a saddle, some of third or fourth order, and what looks like a minimum is a valley that leads to
infinite weights, where hidden units are saturated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.reproductions import Finding, Outcome, Setting, Table, Watch

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from workbench.census.judge import End
    from workbench.experiment import Experiment
    from workbench.model import Model

SUMMARY = "a 2-2-1 network on exclusive or has saddles and plateaus, and no local minima"
SOURCE = (
    "Hamey 1998, XOR has no local minima, Neural Networks 11; Sprinkhuizen-Kuyper & Boers 1998, "
    "The error surface of the 2-2-1 XOR network: the finite stationary points, Neural Networks 11, "
    "and 1999, The local minima of the error surface of the 2-2-1 XOR network, Annals of "
    "Mathematics and Artificial Intelligence 25"
)
SETTINGS = (
    Setting("starts", 1000, (1, 1_000_000), "starts trained and polished"),
    Setting("steps", 5000, (2000, 1_000_000), "steps of gradient descent before polishing"),
    Setting("points", 60, (6, 10_000), "stationary points with all answers one half"),
    Setting("seed", 0, (0, 2**32 - 1), "which draw of starts and points"),
)
_SOLVED = 0.01  # a loss from which on a start counts as stuck
_REACHED = 1e-6  # a loss that is as good as the infimum, 0
_SATURATED = 1e-3  # from 0 or 1: a hidden unit's answer
_FURTHER = 4  # times as many steps again for what is stuck


def carry_out(watch: Watch, starts: int, steps: int, points: int, seed: int) -> Outcome:
    """Train, take the census of the ends, and judge stationary points that are known."""
    from workbench.census.census import take_census
    from workbench.experiment import Experiment
    from workbench.model import Model

    experiment = Experiment.preset("xor_2_2_1").replace(seed=seed, stop={"steps": steps})
    model = Model(experiment)
    parameters, loss = _train(watch.part(0.0, 0.3), experiment, starts)
    ends = _settle(watch.part(0.3, 0.85), experiment, parameters)
    census = take_census(experiment, ends, cancelled=watch.cancelled)
    stuck = np.flatnonzero(loss > _SOLVED)
    further = experiment.replace(stop={"steps": _FURTHER * steps})
    after = np.full(starts, np.nan)
    if stuck.size:
        _, after[stuck] = _train(watch.part(0.85, 0.95), further, stuck.size, parameters[stuck])
    planted = _settle(watch.part(0.95, 1.0), experiment, stationary(model, points, seed))
    saturated = [fewest_saturated(model, end.parameters) for end in ends]
    rows = [
        (k, float(loss[k]), float(after[k]), end.kind, end.loss, end.gradient_norm, saturated[k])
        for k, end in enumerate(ends)
    ]
    header = ("start", "loss", "later", "kind", "polished", "gradient norm", "saturated")
    findings = [
        *_census_says(census, ends),
        *_stuck_say(loss[stuck], after[stuck], ends, saturated),
        *_planted_say(planted),
    ]
    facts = {
        "stuck": int(stuck.size),
        "kinds": {kind: counts[0] for kind, counts in census.kinds.items()},
        "local_minima": sum(m.loss > _REACHED for m in census.minima),
    }
    return Outcome(
        tuple(findings),
        facts,
        {"ends": Table(header, rows), "stationary": _table(planted)},
        {"losses": lambda: _draw(loss, after, ends)},
    )


def stationary(model: Model, count: int, seed: int) -> np.ndarray:
    """(count, 9) points where no weight comes from the inputs and all answers are 1/2: stationary,
    of loss 1/4. By turns hidden biases are drawn, one or both are zero, or weights to the output
    are: where σ'' or a weight vanishes, so does the Hessian's negative eigenvalue."""
    from workbench.datasets import normals

    into, away = model.layers
    made = np.zeros((count, model.parameter_count))
    bias, weights = 2.0 * normals(seed, 0, count, 2), 2.0 * normals(seed, 1, count, 2)
    for k in range(count):
        zeros = ((), (0,), (0, 1), (2,), (2, 3), (0, 1, 2, 3))[k % 6]
        drawn = np.concatenate([bias[k], weights[k]])
        drawn[list(zeros)] = 0.0
        made[k, into.bias], made[k, away.weights] = drawn[:2], drawn[2:]
        made[k, away.bias] = -drawn[2:] @ (1.0 / (1.0 + np.exp(-drawn[:2])))
    return made


def fewest_saturated(model: Model, parameters: np.ndarray) -> int:
    """For how many of the four patterns the hidden unit that is so for most is saturated."""
    hidden = model.respond(parameters, model.train.inputs)[:, 2:4]
    return int((np.minimum(hidden, 1.0 - hidden) <= _SATURATED).sum(0).max())


def _train(
    watch: Watch, experiment: Experiment, count: int, points: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Parameters (count, n) and loss (count,) where training ends."""
    from workbench.multistart import train_starts

    blocks, done = [], 0
    for block in train_starts(experiment, count, points=points, cancelled=watch.cancelled):
        blocks.append(block)
        done += len(block.loss)
        watch.at(done / count)
    watch.at(1.0)
    return np.concatenate([b.parameters for b in blocks]), np.concatenate([b.loss for b in blocks])


def _settle(watch: Watch, experiment: Experiment, points: np.ndarray) -> list[End]:
    from workbench.census.ends import settle

    ends: list[End] = []
    for found in settle(experiment, points, cancelled=watch.cancelled):
        ends += found
        watch.at(len(ends) / len(points))
    watch.at(1.0)
    return ends


def _census_says(census: Any, ends: Sequence[End]) -> Iterator[Finding]:
    local = sum(m.count for m in census.minima if m.loss > _REACHED)
    yield Finding(
        "polished ends in a minimum with finite weights above the infimum",
        "0",
        f"{local} of {len(ends)}",
        local == 0,
        "census: exact Hessian, higher orders",
    )
    kinds = Counter(end.kind for end in ends if end.loss > _REACHED)
    descending = ("escaping", "infimum at infinity", "not converged")
    yield Finding(
        "what the polished ends above the infimum are",
        "saddles, plateaus, or descending without end",
        ", ".join(f"{n} {kind}" for kind, n in kinds.most_common()) or "none",
        set(kinds) <= {"saddle", "plateau", *descending},
        f"census, of {len(ends)} ends",
    )


def _stuck_say(
    loss: np.ndarray, after: np.ndarray, ends: Sequence[End], saturated: Sequence[int]
) -> Iterator[Finding]:
    falling = int((after < loss).sum())
    yield Finding(
        f"starts above a loss of {_SOLVED:g} that go on descending when trained on",
        "all",
        f"{falling} of {loss.size}",
        falling == loss.size,
        f"loss after {_FURTHER} times as many further steps",
    )
    mine = [k for end, k in zip(ends, saturated, strict=True) if end.loss > _REACHED]
    enough = sum(k >= 2 for k in mine)
    yield Finding(
        "polished ends above the infimum with a hidden unit saturated for two patterns or more",
        "all",
        f"{enough} of {len(mine)}",
        enough == len(mine),
        f"within {_SATURATED:g} of 0 or 1",
    )


def _planted_say(planted: Sequence[End]) -> Iterator[Finding]:
    strict = sum(end.kind == "saddle" and end.inertia[0] > 0 for end in planted)
    higher = sum(end.kind == "saddle" and end.inertia[0] == 0 for end in planted)
    yield Finding(
        "stationary points with all answers one half that are saddles",
        "all, some of third or fourth order",
        f"{strict + higher} of {len(planted)}, {higher} of them of higher order",
        strict + higher == len(planted) and higher > 0,
        "exact Hessian, and descent beside its null space",
    )


def _table(planted: Sequence[End]) -> Table:
    header = ("kind", "loss", "gradient norm", "negative", "zero", "positive", "lowest")
    rows = [
        (end.kind, end.loss, end.gradient_norm, *end.inertia, end.eigenvalues[0]) for end in planted
    ]
    return Table(header, rows)


def _draw(loss: np.ndarray, after: np.ndarray, ends: Sequence[End]) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10.0, 4.2), layout="constrained")
    shares, falls = figure.subplots(1, 2)
    polished = np.array([end.loss for end in ends])
    share = np.arange(1, len(ends) + 1) / len(ends)
    for label, values in (("at the step limit", loss), ("polished", polished)):
        shares.step(np.sort(np.maximum(values, 1e-16)), share, where="post", label=label)
    for value, text, side in ((1 / 8, "1/8 ", "right"), (1 / 6, " 1/6", "left")):
        shares.axvline(value, color="0.7", lw=0.8)
        shares.text(value, 0.02, text, fontsize=8, ha=side)
    shares.set(xscale="log", xlabel="loss", ylabel="share of starts at or below", ylim=(0, 1.01))
    shares.legend(loc="upper left", fontsize=8, frameon=False)
    stuck = np.flatnonzero(~np.isnan(after))
    if stuck.size:
        before, later = (x[stuck] - polished[stuck] for x in (loss, after))
        falls.loglog(before, later, ".")
        ends_of_line = [before.min(), before.max()]
        falls.plot(ends_of_line, ends_of_line, color="0.7", lw=0.8)
    falls.set(
        title="Starts that look stuck, above where polishing ends",
        xlabel="loss at the step limit",
        ylabel=f"after {_FURTHER} times as many further steps",
    )
    for axes in (shares, falls):
        axes.grid(alpha=0.2)
    return figure
