"""Sharpness along a run: the Hessian's largest eigenvalue beside what the learning rate allows.

Gradient descent on a quadratic of curvature h diverges where h is above 2 / rate. Cohen, Kaur, Li,
Kolter & Talwalkar 2021, "Gradient descent on neural networks typically occurs at the edge of
stability", arXiv 2103.00065: the sharpness of a training loss rises until it reaches that edge
(progressive sharpening) and then hovers there, while the loss keeps falling over longer times.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from kernels import optimizers
from kernels.optimizers import prepare, update
from workbench.errors import BadValue
from workbench.experiment import Experiment
from workbench.fields import integer, plain
from workbench.model import Model
from workbench.run import Run

_SMALL = 60  # parameters, up to which all eigenvalues are had at once
_AS_MATRIX = 400  # parameters, up to which one Hessian costs less than the products Lanczos takes
_LATE = 10_000  # the step whose coefficients stand for a rule's far behaviour


@dataclass(frozen=True)
class Sharpness:
    """What a run's Hessians said; arrays float64 (n,) but ``step`` int64 (n,), read-only.

    ``sharpness`` is the largest eigenvalue of the Hessian of the training loss, penalty included,
    at the parameters after ``step`` steps; ``loss`` the training loss there; ``rate`` the learning
    rate of the step that follows; ``edge`` the curvature above which the optimizer diverges on a
    quadratic (2 / rate for plain gradient descent), NaN where the optimizer's steps are not linear
    in the gradient. ``diverged``: whether the run did.
    """

    experiment: Experiment
    step: np.ndarray
    sharpness: np.ndarray
    loss: np.ndarray
    rate: np.ndarray
    edge: np.ndarray
    diverged: bool

    def ratio(self, share: float = 0.25) -> float | None:
        """The mean of sharpness over edge in the last ``share`` of the run's steps."""
        late = self.step >= (1.0 - share) * self.step[-1]
        found = self.sharpness[late] / self.edge[late]
        return float(found.mean()) if np.isfinite(found).all() else None

    def summary(self) -> dict[str, Any]:
        """The figures, ready for JSON."""
        above = np.flatnonzero(self.sharpness >= self.edge)
        return {
            "steps": int(self.step[-1]),
            "points": len(self.step),
            "sharpness_initial": float(self.sharpness[0]),
            "sharpness_largest": float(self.sharpness.max()),
            "sharpness_final": float(self.sharpness[-1]),
            "learning_rate": float(self.rate[-1]),
            "edge": _number(self.edge[-1]),
            "edge_reached_at": int(self.step[above[0]]) if len(above) else None,
            "ratio_last_quarter": self.ratio(),
            "loss_initial": _number(self.loss[0]),
            "loss_final": _number(self.loss[-1]),
            "diverged": self.diverged,
            "experiment_hash": self.experiment.hash,
        }


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def sharpness(
    experiment: Experiment,
    every: int = 10,
    *,
    progress: Callable[[float], None] = lambda share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Sharpness:
    """Train ``experiment`` and measure the sharpness after 0, every, 2 every … steps.

    Eigenvalues are of the exact Hessian in float64, to 1e-8 by Lanczos' method (ARPACK): on the
    matrix up to 400 parameters, on exact Hessian-vector products above. ``progress`` is told the
    share that is done and ``cancelled`` asked between measurements; what is measured by then is
    returned. Ends where the run does. Raises BadValue.
    """
    *_, last = states(experiment, every, progress=progress, cancelled=cancelled)
    return last


def states(
    experiment: Experiment,
    every: int = 10,
    *,
    progress: Callable[[float], None] = lambda share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[Sharpness]:
    """``sharpness`` as it grows: what is measured so far, after each measurement; a last one says
    so where the run has diverged since. Raises BadValue."""
    return _states(experiment, integer("every", plain(every), 1, 10_000_000), progress, cancelled)


def _states(
    experiment: Experiment,
    every: int,
    progress: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> Iterator[Sharpness]:
    run = Run(experiment)
    model, rows = run.model, list[tuple[float, ...]]()
    vector: np.ndarray | None = None
    edges: dict[float, float] = {}
    made: Sharpness | None = None
    while True:
        parameters = run.parameters
        try:
            top, vector = top_eigenvalue(model, parameters, vector)
        except (ValueError, np.linalg.LinAlgError):
            break  # no finite Hessian: the run is about to diverge
        height, _ = model.loss_and_gradient(parameters)
        now = model.learning_rate(run.steps, run.stepper.state.schedule)
        if now not in edges:
            edges[now] = edge_of_stability(experiment.optimizer.item, now)
        rows.append((run.steps, top, height, now, edges[now]))
        progress(run.steps / max(experiment.stop.steps, 1))
        made = _sealed(experiment, rows)
        yield made
        if cancelled() or run.step(every) == 0 or run.diverged:
            break
    if made is None:
        raise BadValue(
            "initializer", "must start where the Hessian is finite", "it is not", "he_normal"
        )
    if run.diverged:
        yield replace(made, diverged=True)


def _sealed(experiment: Experiment, rows: list[tuple[float, ...]]) -> Sharpness:
    step, value, loss, rate, edge = (np.array(column) for column in zip(*rows, strict=True))
    columns = (step.astype(np.int64), value, loss, rate, edge)
    for column in columns:
        column.flags.writeable = False
    return Sharpness(experiment, *columns, diverged=False)


def top_eigenvalue(
    model: Model, parameters: np.ndarray, guess: np.ndarray | None = None
) -> tuple[float, np.ndarray]:
    """(λ, v): the largest eigenvalue of the training loss's Hessian and its unit vector (n,).

    ``guess`` (n,): where Lanczos begins, best the vector of a point near by.
    """
    n = model.parameter_count
    product: Any = lambda v: model.hessian_vector(parameters, v.ravel())  # noqa: E731
    if n <= _AS_MATRIX:
        matrix = model.hessian(parameters)
        if n <= _SMALL:
            values, vectors = np.linalg.eigh(matrix)
            return float(values[-1]), vectors[:, -1]
        product = matrix.dot
    from scipy.sparse.linalg import (
        LinearOperator,
        eigsh,
    )

    begin = np.random.default_rng(0).standard_normal(n)
    if guess is not None:
        # Not the guess alone: an exact eigenvector would never show the others.
        begin = guess + 0.01 * begin / np.linalg.norm(begin)
    operator = LinearOperator((n, n), matvec=product, dtype=np.float64)
    values, vectors = eigsh(operator, k=1, which="LA", v0=begin, tol=1e-8)
    return float(values[0]), vectors[:, 0]


def edge_of_stability(optimizer: Any, rate: float) -> float:
    """The curvature h above which ``optimizer`` (an item) diverges on ½ h x², NaN for none.

    Its step is a linear map of the parameter and the memory, of which the edge is where an
    eigenvalue leaves the unit circle: 2 / rate for gradient descent, 2 (1 + β) / rate for
    heavy-ball momentum (Cohen et al. 2021, equation 1). An optimizer whose step is not linear in
    the gradient, such as Adam, has no edge that the rate alone gives.
    """
    entry = optimizers.catalog.of(optimizer)
    if not optimizers.is_scalar(entry) or not rate > 0.0:
        return float("nan")
    c = tuple(float(v) for v in prepare(optimizer, rate, _LATE, 1.0))
    other = tuple(float(v) for v in prepare(optimizer, rate, _LATE, 1e6))
    count = 1 + int(entry.facts["slots"])

    def step(state: np.ndarray, h: float) -> np.ndarray:
        x, *memory = (float(v) for v in state)
        new, kept = update(optimizer, c, h * x, x, tuple(memory))
        return np.array([new, *kept])

    def radius(h: float) -> float:
        matrix = np.column_stack([step(unit, h) for unit in np.eye(count)])
        return float(np.abs(np.linalg.eigvals(matrix)).max())

    trial = np.linspace(0.3, 1.7, count)
    h = 1.0 / rate
    with np.errstate(all="ignore"):  # roots of negative squares: such a rule is not linear
        matrix = np.column_stack([step(unit, h) for unit in np.eye(count)])
        linear = [np.allclose(step(s * trial, h), s * matrix @ trial) for s in (1.0, -2.5)]
        moved = np.abs(step(np.zeros(count), h)).any()
    if c != other or not all(linear) or moved:
        return float("nan")
    low, high = 0.0, h
    while radius(high) <= 1.0 + 1e-12:
        low, high = high, 2.0 * high
        if high > 1e9 * h:
            return float("nan")
    while high - low > 1e-12 * high:
        middle = 0.5 * (low + high)
        low, high = (low, middle) if radius(middle) > 1.0 + 1e-12 else (middle, high)
    return 0.5 * (low + high)


def figure_of(made: Sharpness) -> Figure:
    """Sharpness with the edge above, the loss below, over steps."""
    from workbench.report import TEST, TRAIN

    figure = Figure(figsize=(8, 6.4), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True)
    above.plot(made.step, made.sharpness, color=TRAIN, linewidth=1, label="sharpness")
    if np.isfinite(made.edge).any():
        plain_descent = np.allclose(made.edge * made.rate, 2.0)
        label = "2 / learning rate" if plain_descent else "edge of stability"
        above.plot(made.step, made.edge, color=TEST, linestyle="--", label=label)
    above.set(ylabel="Hessian's largest eigenvalue")
    above.set_title(made.experiment.title or "Sharpness along the run", fontsize=10)
    above.set_ylim(bottom=min(0.0, float(made.sharpness.min())))
    above.legend()
    sound = np.isfinite(made.loss) & (made.loss > 0)
    below.plot(made.step[sound], made.loss[sound], color=TRAIN, linewidth=1)
    below.set(xlabel="step", ylabel="training loss", yscale="log")
    for axes in (above, below):
        axes.grid(alpha=0.3)
    return figure


def save(made: Sharpness, folder: Path) -> dict[str, Any]:
    """Write sharpness.csv, experiment.toml, result.json, sharpness.png and .svg; the result."""
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    result = made.summary() | {"folder": str(folder)}
    with (folder / "sharpness.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("step", "sharpness", "loss", "learning_rate", "edge"))
        columns = (made.step, made.sharpness, made.loss, made.rate, made.edge)
        writer.writerows(zip(*(c.tolist() for c in columns), strict=True))
    made.experiment.save(folder / "experiment.toml")
    (folder / "result.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    figure = figure_of(made)
    for suffix in ("png", "svg"):
        figure.savefig(folder / f"sharpness.{suffix}", dpi=150)
    return result


def describe(made: Sharpness) -> str:
    """The result in a few lines for the terminal."""
    s = made.summary()
    lines = [
        f"sharpness   {s['sharpness_initial']:.5g} → {s['sharpness_final']:.5g}, "
        f"at most {s['sharpness_largest']:.5g}",
    ]
    if s["edge"] is not None:
        reached = s["edge_reached_at"]
        when = "not reached" if reached is None else f"first reached at step {reached}"
        lines.append(f"edge        {s['edge']:.5g}, {when}")
        lines.append(f"last quarter: on average {s['ratio_last_quarter']:.3f} of the edge")
    else:
        lines.append("edge        none: the optimizer's steps are not linear in the gradient")
    lines.append(f"loss        {made.loss[0]:.5g} → {made.loss[-1]:.5g} in {s['steps']} steps")
    return "\n".join(lines)
