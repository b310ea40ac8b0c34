"""Steps of one experiment to and fro, in one thread; ``workbench.run`` adds threads and status."""

from __future__ import annotations

import numpy as np

from kernels import training
from kernels.batchings import size as batch_size
from kernels.training import COLUMNS, RUNNING, Limits, Rules
from workbench.checkpoints import Checkpoints
from workbench.experiment import Experiment
from workbench.model import Model
from workbench.recorder import Recorder


class Stepper:
    """An experiment's state after ``step`` steps, its recorded rows and its checkpoints."""

    def __init__(self, experiment: Experiment) -> None:
        self.experiment = experiment
        self.model = Model(experiment)
        e, m = experiment, self.model
        n = len(m.data.train.inputs)
        self._rules = Rules(e.optimizer.item, e.schedule.item, e.batching.item)
        self._limits = limits_of(e, n)
        self.state = training.new_state(self._rules, m.initial_parameters())
        self._scratch = training.new_scratch(m.network, self._rules, n, self.state.parameters)
        self.recorder = Recorder()
        self.checkpoints = Checkpoints(self.state)
        self.step = 0

    def compile(self) -> None:
        """Compile what this combination of types needs; found on disk it takes no time."""
        self.measure()
        self._call(self.step)

    def advance(self, target: int) -> tuple[int, np.ndarray | None]:
        """Step towards ``target``, at most to the next checkpoint of the path.

        Returns the kernels' code and, where it ends the run, the row that did.
        """
        first = self.step
        try:
            done, rows, code = self._call(min(target, self.checkpoints.next_due(first)))
            self.recorder.append(rows, self._limits.every)
            self.step = done
        except BaseException:
            # Ctrl-C is noticed where the kernel returns: the parameters have moved already.
            self.recorder.truncate(first)
            self.rewind(first, 1)
            raise
        if code != RUNNING:
            return code, rows[-1].copy()
        self.checkpoints.offer(done, self.state)
        return code, None

    def end(self) -> tuple[int, np.ndarray]:
        """Record the parameters after the last step; returns the code that they end with."""
        row = self.measure()
        code = training.divergence(self._limits, row[1], row[5])
        if code == RUNNING and self.step % self._limits.every == 0:
            code = training.verdict(self._limits, row[1], row[5], row[3])
        self.recorder.append(row[None], self._limits.every)
        return code, row

    def back_to(self, step: int, chunk: int) -> None:
        """Be where the run was after ``step`` steps, and forget the rows from there on."""
        self.rewind(step, chunk)
        self.recorder.truncate(step)

    def drop_last(self, chunk: int) -> None:
        """Be one step back, where the row that diverged is not part of the history."""
        self.recorder.truncate(self.step)
        self.rewind(max(self.step - 1, 0), chunk)

    def rewind(self, target: int, chunk: int) -> None:
        """Restore the state from a checkpoint and replay the rest, ``chunk`` steps at a time."""
        self.step = self.checkpoints.restore(target, self.state)
        self._scratch.order[-1] = -1
        while self.step < target:
            last = min(target, self.step + chunk, self.checkpoints.next_due(self.step))
            self.step, _, _ = self._call(last)
            self.checkpoints.offer(self.step, self.state)

    def measure(self) -> np.ndarray:
        """A history row, float64 (len(COLUMNS),), for the parameters as they are now."""
        row = np.full(len(COLUMNS), np.nan)
        row[0] = self.step
        m = self.model
        training.measure(m.network, self.state.parameters, m.train, m.test, self._scratch, row)
        row[6] = m.learning_rate(self.step, self.state.schedule)
        return self._without_accuracy(row)

    def _call(self, last: int) -> tuple[int, np.ndarray, int]:
        m = self.model
        rows = np.empty(((last - self.step) // self._limits.every + 2, len(COLUMNS)))
        done, filled, code = training.train_chunk(
            m.network,
            self._rules,
            self._limits,
            m.train,
            m.test,
            self.state,
            self._scratch,
            self.experiment.seed,
            (self.step, last),
            rows,
        )
        return done, self._without_accuracy(rows[:filled]), code

    def _without_accuracy(self, rows: np.ndarray) -> np.ndarray:
        """``rows`` (…, len(COLUMNS)), in which a regression has no accuracy; mutates them."""
        if not self.model.data.classes:
            rows[..., [COLUMNS.index("accuracy_train"), COLUMNS.index("accuracy_test")]] = np.nan
        return rows


def reason(experiment: Experiment, step: int, code: int, row: np.ndarray) -> str:
    """Why a run ended at ``step`` with ``code`` and ``row``, in words."""
    stop = experiment.stop
    if code == RUNNING:
        return f"all {step} steps made" if step > 1 else "its one step made"
    if code == training.LOSS_REACHED:
        return f"loss {row[1]:.6g} reached {stop.loss:g} at step {step}"
    if code == training.GRADIENT_REACHED:
        return f"gradient norm {row[5]:.3g} reached {stop.gradient_norm:g} at step {step}"
    if code == training.ACCURACY_REACHED:
        return f"training accuracy {row[3]:.4g} reached {stop.accuracy:g} at step {step}"
    if code == training.NO_DESCENT:
        return f"no further descent possible at step {step}: gradient norm {row[5]:.3g}"
    # Of all samples, or of the step's own batch alone (the last column, NaN after the last).
    bad = [v for v in (row[1], row[7]) if not v <= stop.diverged_above]
    if not bad:
        return f"diverged at step {step}: the gradient is not finite"
    bound = f", above {stop.diverged_above:g}" if code == training.LOSS_TOO_LARGE else ""
    return f"diverged at step {step}: the loss is {bad[0]:.4g}{bound}"


def limits_of(experiment: Experiment, n_samples: int) -> Limits:
    """The experiment's stop rule as kernels take it, for a training set of ``n_samples``."""
    return Limits(*_bounds(experiment), _check_every(experiment, n_samples))


def _bounds(experiment: Experiment) -> tuple[float, float, float, float]:
    stop = experiment.stop
    bounds = (stop.loss, stop.gradient_norm, stop.accuracy)
    given = [float("nan") if bound is None else bound for bound in bounds]
    return given[0], given[1], given[2], stop.diverged_above


def _check_every(experiment: Experiment, n_samples: int) -> int:
    if experiment.stop.check_every:
        return experiment.stop.check_every
    size = int(batch_size(experiment.batching.item, n_samples))
    return -(-n_samples // size)
