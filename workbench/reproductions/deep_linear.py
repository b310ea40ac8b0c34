"""Deep linear networks: minima that are all alike, saddles of every index, and exact plateaus.

What a linear network learns is known in closed form: which critical points there are and what they
cost, that all but the best are saddles, and, from starts aligned with the data's modes, how long it
waits on the plateau before each.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.reproductions import Finding, Outcome, Setting, Table, Watch

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from workbench.experiment import Experiment
    from workbench.reproductions._modes import Modes, Path

SUMMARY = "deep linear networks have saddles and no poor minima, and plateaus of known lengths"
SOURCE = (
    "Baldi & Hornik 1989, Neural networks and principal component analysis, Neural Networks 2; "
    "Kawaguchi 2016, Deep learning without poor local minima, arXiv 1605.07110, theorem 2.3; "
    "Saxe, McClelland & Ganguli 2014, Exact solutions to the nonlinear dynamics of learning in "
    "deep linear neural networks, arXiv 1312.6120"
)
SETTINGS = (
    Setting("starts", 200, (1, 100_000), "random starts of each network for the census"),
    Setting("rate", 0.01, "[0.0005, 0.05]", "learning rate of the aligned starts"),
    Setting("first", 0.001, "[1e-6, 0.05]", "how much of every mode an aligned start has"),
    Setting("seed", 0, (0, 2**32 - 1), "which draw of data and starts"),
)
_UNITS = 3  # one fewer than there are modes, so that a choice is to be made
_GROWTH = 0.2  # of the logarithm of what is learnt of a mode, between two looks at most
_EXACT = 1e-9


def carry_out(watch: Watch, starts: int, rate: float, first: float, seed: int) -> Outcome:
    """Take the census of random starts, judge planted critical points, follow aligned starts."""
    from workbench.experiment import Experiment
    from workbench.model import Model
    from workbench.reproductions._modes import modes_of

    base = Experiment.preset("deep_linear").replace(data={"seed": seed}, seed=seed)
    modes = modes_of(Model(base))
    ends = len(modes.left), len(modes.right)
    narrow = {layers: [ends[0], *[_UNITS] * (layers - 1), ends[1]] for layers in (2, 3)}
    findings: list[Finding] = []
    for k, sizes in enumerate(narrow.values()):
        experiment = base.replace(network={"sizes": sizes})
        share = watch.part(0.3 * k, 0.3 * (k + 1))
        findings += _census(share, experiment, modes, starts)
    shallow = base.replace(network={"sizes": narrow[2]})
    judged, saddles = _planted(shallow, modes, seed)
    findings += judged
    findings.append(_origin(base.replace(network={"sizes": narrow[3]})))
    watch.at(0.65)
    paths = {}
    for k, layers in enumerate(narrow):
        experiment = base.replace(
            network={"sizes": [ends[0], *[len(modes.strengths)] * (layers - 1), ends[1]]},
            optimizer={"name": "sgd", "learning_rate": rate},
        )
        part = watch.part(0.65 + 0.175 * k, 0.65 + 0.175 * (k + 1))
        paths[layers] = _follow(experiment, modes, first, seed, part)
        findings += _times(paths[layers], modes, layers, rate, first)
    rows = [
        (layers, int(step), *map(float, learnt))
        for layers, path in paths.items()
        for step, learnt in zip(path.steps, path.learnt, strict=True)
    ]
    header = ("layers", "step", *(f"mode {k + 1}" for k in range(len(modes.strengths))))
    return Outcome(
        tuple(findings),
        {"strengths": [float(s) for s in modes.strengths]},
        {"saddles": saddles, "learnt": Table(header, rows)},
        {"learnt": lambda: _draw(paths, modes, rate, first)},
    )


def _census(watch: Watch, experiment: Experiment, modes: Modes, starts: int) -> Iterator[Finding]:
    from workbench.census.ends import settle
    from workbench.multistart import train_starts
    from workbench.reproductions._modes import loss_of

    drawn = experiment.replace(
        initializer={"name": "normal", "deviation": 0.3}, stop={"steps": 1000}
    )
    blocks = list(train_starts(drawn, starts, cancelled=watch.cancelled))
    watch.at(0.3)
    points, best, good, done = np.concatenate([b.parameters for b in blocks]), 0, 0, 0
    wanted = loss_of(modes, range(_UNITS))
    for found in settle(drawn, points, cancelled=watch.cancelled):
        done += len(found)
        good += sum(end.is_minimum for end in found)
        best += sum(end.is_minimum and abs(end.loss - wanted) <= _EXACT * wanted for end in found)
        watch.at(0.3 + 0.7 * done / starts)
    watch.at(1.0)
    name = "-".join(map(str, experiment.network.sizes))
    yield Finding(
        f"{name}: ends of random starts that are minima of the least loss, {wanted:.6g}",
        "all",
        f"{best} of {starts}, {good - best} in other minima",
        best == starts,
        f"census, loss to a relative {_EXACT:g}",
    )


def _planted(experiment: Experiment, modes: Modes, seed: int) -> tuple[list[Finding], Table]:
    """Every choice of modes that the units may have learnt."""
    from workbench.census.ends import settle
    from workbench.model import Model
    from workbench.reproductions._modes import critical, index_of, loss_of

    model, many = Model(experiment), len(modes.strengths)
    choices = [c for size in range(_UNITS + 1) for c in combinations(range(many), size)]
    points = np.array([critical(model, modes, chosen, seed) for chosen in choices])
    ends = [end for found in settle(experiment, points) for end in found]
    least = tuple(range(_UNITS))
    right = errors = indices = 0.0
    rows = []
    for chosen, end in zip(choices, ends, strict=True):
        loss, index = loss_of(modes, chosen), index_of(modes, chosen, _UNITS)
        right += end.kind == ("strict minimum" if chosen == least else "saddle")
        errors = max(errors, abs(end.loss - loss) / loss)
        indices += end.inertia[0] == index
        learnt = " ".join(str(mode + 1) for mode in chosen)
        rows.append((learnt, end.kind, end.loss, loss, *end.inertia, index, end.gradient_norm))
    count = len(choices)
    header = ("learnt", "kind", "loss", "Baldi and Hornik", "negative", "zero", "positive", "index")
    findings = [
        Finding(
            "critical points: a minimum for the strongest modes, saddles for all other choices",
            f"{count} of {count}",
            f"{right:.0f} of {count}",
            right == count,
            "census, exact Hessian",
        ),
        Finding(
            "critical points: their losses",
            "Σ s² / n_out of the modes not learnt",
            f"within a relative {errors:.1e}",
            errors <= _EXACT,
            f"at most {_EXACT:g}",
        ),
        Finding(
            "critical points: negative eigenvalues, by counting modes",
            f"{count} of {count}",
            f"{indices:.0f} of {count}",
            indices == count,
            "census, inertia of the exact Hessian",
        ),
    ]
    return findings, Table((*header, "gradient norm"), rows)


def _origin(experiment: Experiment) -> Finding:
    from workbench.census.ends import settle
    from workbench.model import Model

    ((end,),) = settle(experiment, np.zeros((1, Model(experiment).parameter_count)))
    return Finding(
        f"{'-'.join(map(str, experiment.network.sizes))}: all weights zero",
        "a saddle without a negative eigenvalue",
        f"{end.kind} with {end.inertia[0]} negative",
        end.kind == "saddle" and end.inertia[0] == 0,
        "census, descent beside the null space",
    )


def _follow(experiment: Experiment, modes: Modes, first: float, seed: int, watch: Watch) -> Path:
    from workbench.model import Model
    from workbench.reproductions._modes import aligned, follow, half_time

    model, layers = Model(experiment), len(experiment.network.sizes) - 1
    rate, n_out = experiment.optimizer.learning_rate, len(modes.right)
    slowest = half_time(float(modes.strengths[-1]), first, layers, n_out)
    steps = round(1.5 * slowest / rate)
    every = max(1, int(_GROWTH * n_out / (4.0 * modes.strengths[0] * rate)))
    start = aligned(model, modes, first, seed)
    return follow(experiment, modes, start, steps, every, watch.at)


def _times(path: Path, modes: Modes, layers: int, rate: float, first: float) -> Iterator[Finding]:
    from workbench.reproductions._modes import exact, half_time, lag

    n_out = len(modes.right)
    name = f"{layers} layers"
    for learnt, strength in zip(path.learnt.T, map(float, modes.strengths), strict=True):
        flow = half_time(strength, first, layers, n_out) / rate
        found = float(np.interp(0.5 * strength, learnt, path.steps))
        # Twice the lag to first order, and a step, for what is beyond first order.
        bound = 2.0 * abs(lag(strength, first, layers, n_out, 0.5 * strength)) + 1.0
        yield Finding(
            f"{name}: steps to half of the mode of strength {strength:.3g}",
            f"{flow:.1f}",
            f"{found:.1f}",
            abs(found - flow) <= bound,
            f"± {bound:.1f} steps, Euler's lag twice and one",
        )
    if layers == 2:
        worst, most = 0.0, 0.0
        for learnt, strength in zip(path.learnt.T, map(float, modes.strengths), strict=True):
            flow_path = exact(rate * path.steps, strength, first, n_out)
            worst = max(worst, float(np.abs(learnt - flow_path).max() / strength))
            behind = 2.0 * abs(lag(strength, first, layers, n_out, strength / 3.0)) + 1.0
            most = max(most, behind * rate * strength / n_out)
        yield Finding(
            f"{name}: departure from Saxe's u(t), largest over time and modes, over s",
            "0 for gradient flow",
            f"{worst:.3g}",
            worst <= most,
            f"at most {most:.3g}, that lag at the steepest",
        )
    yield Finding(
        f"{name}: share of one mode in another, largest",
        "0",
        f"{path.mixed:.2g}",
        path.mixed <= _EXACT,
        f"at most {_EXACT:g}, rounding",
    )


def _draw(paths: dict[int, Path], modes: Modes, rate: float, first: float) -> Figure:
    from matplotlib.figure import Figure

    from workbench.reproductions._modes import exact, half_time

    figure = Figure(figsize=(10.0, 4.2), layout="constrained")
    panels: Any = figure.subplots(1, len(paths), sharey=True)
    n_out = len(modes.right)
    for axes, (layers, path) in zip(panels, paths.items(), strict=True):
        for k, strength in enumerate(map(float, modes.strengths)):
            axes.plot(path.steps, path.learnt[:, k], color=f"C{k}", lw=2.5, alpha=0.4)
            half = half_time(strength, first, layers, n_out) / rate
            axes.plot(half, 0.5 * strength, "o", color=f"C{k}")
            if layers == 2:
                flow = exact(rate * path.steps, strength, first, n_out)
                axes.plot(path.steps, flow, "--", color=f"C{k}", lw=1.0)
        axes.set(title=f"{layers} layers", xlabel="step")
        axes.grid(alpha=0.2)
    panels[0].set_ylabel("learnt of each mode; dashed and dots: exact")
    return figure
