"""A run: one experiment being carried out. It can step, step back, pause and resume."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from kernels import optimizers, training
from kernels.batchings import size as batch_size
from kernels.training import COLUMNS, RUNNING, Limits, Rules, Scratch, State
from workbench.checkpoints import Checkpoints
from workbench.experiment import Experiment
from workbench.fields import integer, plain
from workbench.model import Model
from workbench.recorder import Recorder, Rows

CHUNK_SECONDS = 0.025

READY, COMPILING, RUNS, PAUSED, FINISHED, DIVERGED = (
    "ready",
    "compiling",
    "running",
    "paused",
    "finished",
    "diverged",
)


@dataclass(frozen=True)
class Snapshot:
    """What a run looks like at one moment; all arrays are read-only copies.

    ``parameters`` (n,) are those after ``step`` steps; ``row`` (len(COLUMNS),) is the last recorded
    history row, whose own step may be earlier while the run is running; ``rows`` are the history
    rows since the sequence number asked for. ``steps_per_second`` is measured over the last chunks.
    """

    step: int
    status: str
    reason: str
    parameters: np.ndarray
    row: np.ndarray
    rows: Rows
    steps_per_second: float

    def __getitem__(self, column: str) -> float:
        """The last recorded value of a history column."""
        return float(self.row[COLUMNS.index(column)])


class Run:
    """One experiment being carried out, from its start or stepped to and fro.

    Methods may be called from any thread; ``resume`` trains on a thread of its own. A result does
    not depend on how the steps are cut into calls, nor on who watches. ``pace``, in steps per
    second, slows training down for the eye; None is full speed.
    """

    def __init__(self, experiment: Experiment) -> None:
        self.pace: float | None = None
        self.experiment = experiment
        self.model = Model(experiment)
        e, m = experiment, self.model
        n = len(m.data.train.inputs)
        self._rules = Rules(e.optimizer.item, e.schedule.item, e.batching.item)
        self._limits = Limits(*_bounds(e), _check_every(e, n))
        self._every = self._limits.every
        dtype = e.numpy_dtype
        count = m.parameter_count
        self._scratch = Scratch(
            m.new_work(),
            np.zeros(n + 1, np.int64),
            np.zeros(n, np.int64),
            np.zeros(count, dtype),
            np.arange(n),
        )
        slots = optimizers.new_slots(e.optimizer.item, count, dtype)
        self._state = State(m.initial_parameters(), slots, np.zeros(count, dtype))
        self._recorder = Recorder()
        self._checkpoints = Checkpoints(self._state)
        self._busy = threading.RLock()  # held while the state is being changed
        self._waiting = threading.RLock()  # held by who wants the state between two chunks
        self._shown = threading.Lock()  # guards the published copy below
        self._pause = threading.Event()
        self._starting = threading.Lock()  # one training thread at a time
        self._thread: threading.Thread | None = None
        self._step = 0
        self._status, self._reason = READY, ""
        self._tail: np.ndarray | None = None
        self._rate = 0.0
        self._seconds = 0.0
        self._compiled = False
        self._scratch.order[n] = -1
        self._publish()

    # -- stepping ------------------------------------------------------------------------------

    def step(self, n: int = 1) -> int:
        """Make up to ``n`` steps now, in this thread; returns how many were made."""
        n = _count(n)
        with self._turn():
            before = self._step
            try:
                self._advance(before + n)
            finally:
                self._settle()
            return self._step - before

    def back(self, n: int = 1) -> int:
        """Go back ``n`` steps, bit for bit to where the run was; returns how many."""
        n = _count(n)
        with self._turn():
            target = max(self._step - n, 0)
            gone = self._step - target
            if gone or self._status == DIVERGED:
                self._rewind(target)
                self._recorder.truncate(target)
                self._status, self._reason = (PAUSED if target else READY), ""
                self._settle()
            return gone

    def reset(self) -> None:
        """Go back to the start and forget the history."""
        self.pause()
        with self._turn():
            self.back(self._step)
            self._seconds = 0.0

    def resume(self) -> None:
        """Train on a thread of its own until the stop rule, or ``pause``."""
        with self._starting:
            if self._thread and self._thread.is_alive():
                if not self._pause.is_set():
                    return
                self._thread.join()  # it was told to pause and is about to end
            if self._status in (FINISHED, DIVERGED):
                return
            self._pause.clear()
            self._thread = threading.Thread(target=self._train, name="training", daemon=True)
            self._thread.start()

    def pause(self, wait: bool = True) -> None:
        """Stop training after the chunk under way; returns when it has stopped, or at once."""
        self._pause.set()
        if not wait:
            return
        thread = self._thread
        if thread and thread is not threading.current_thread():
            thread.join()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the training thread to end; whether it has."""
        if self._thread:
            self._thread.join(timeout)
            return not self._thread.is_alive()
        return True

    def finish(self, progress: Callable[[Snapshot], None] | None = None) -> None:
        """Train in this thread until the stop rule; ``progress`` is called between chunks.

        ``pause``, from ``progress`` or from another thread, ends it early. So does an exception
        such as KeyboardInterrupt; the run is then at rest after the last whole chunk.
        """
        self._pause.clear()
        try:
            self._train(progress)
        except BaseException:
            with self._busy:
                self._settle()
            raise

    def _train(self, progress: Callable[[Snapshot], None] | None = None) -> None:
        sequence = -1
        while self._status not in (FINISHED, DIVERGED) and not self._pause.is_set():
            with self._waiting:
                pass  # others first: a lock alone goes to whoever asks again soonest
            with self._busy:
                before = self._step
                self._advance(before + self._chunk_length())
                made = self._step - before
            if progress:
                shown = self.snapshot(sequence)
                sequence = shown.rows.sequence
                progress(shown)
            if self.pace:
                self._pause.wait(made / self.pace)
        with self._busy:
            self._settle()

    def measure(self) -> None:
        """Measure the parameters as they are, so that a snapshot of a fresh run has figures."""
        with self._turn():
            if self._tail is None:
                self._tail = self._measure()
                self._publish()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """The state for this thread, after the chunk under way."""
        with self._waiting, self._busy:
            yield

    def _chunk_length(self) -> int:
        rate = min(self._rate, self.pace) if self.pace else self._rate
        return max(1, int(rate * CHUNK_SECONDS))

    def _advance(self, target: int) -> None:
        """Step until ``target``, the step limit, or an early end."""
        if self._status in (FINISHED, DIVERGED):
            return
        last = min(target, self.experiment.stop.steps)
        if self._step < last:
            self._compile()
            self._status, self._tail = RUNS, None
            self._publish()
            begun, first = time.perf_counter(), self._step
            while self._step < last and self._status == RUNS:
                self._chunk(min(last, self._checkpoints.next_due(self._step)))
            spent = time.perf_counter() - begun
            self._seconds += spent
            recent = (self._step - first) / max(spent, 1e-9)
            self._rate = recent if self._rate == 0.0 else 0.7 * self._rate + 0.3 * recent
        if self._status not in (FINISHED, DIVERGED) and self._step >= self.experiment.stop.steps:
            self._end_at_limit()
        self._publish()

    def _compile(self) -> None:
        """Compile what this combination of types needs, once; found on disk it takes no time."""
        if not self._compiled:
            self._status = COMPILING
            self._publish()
            self._measure()
            self._call(self._step)
            self._compiled = True

    def _chunk(self, last: int) -> None:
        first = self._step
        try:
            done, rows, code = self._call(last)
            self._recorder.append(rows, self._every)
            self._step = done
        except BaseException:
            # Ctrl-C is noticed where the kernel returns: the parameters have moved already.
            self._recorder.truncate(first)
            self._rewind(first)
            raise
        if code == RUNNING:
            self._checkpoints.offer(done, self._state)
        else:
            self._end(code, rows[-1])

    def _call(self, last: int) -> tuple[int, np.ndarray, int]:
        m = self.model
        rows = np.empty(((last - self._step) // self._every + 2, len(COLUMNS)))
        done, filled, code = training.train_chunk(
            m.network,
            self._rules,
            self._limits,
            m.train,
            m.test,
            self._state,
            self._scratch,
            self.experiment.seed,
            (self._step, last),
            rows,
        )
        return done, rows[:filled], code

    def _end_at_limit(self) -> None:
        row = self._measure()
        code = training.divergence(self._limits, row[1], row[5])
        if code == RUNNING and self._step % self._every == 0:
            code = training.verdict(self._limits, row[1], row[5], row[3])
        self._recorder.append(row[None], self._every)
        if code == RUNNING:
            self._status, self._tail = FINISHED, row
            self._reason = f"all {self._step} steps made"
        else:
            self._end(code, row)

    def _end(self, code: int, row: np.ndarray) -> None:
        step, stop = self._step, self.experiment.stop
        self._status, self._tail = FINISHED, row.copy()
        if code == training.LOSS_REACHED:
            self._reason = f"loss {row[1]:.6g} reached {stop.loss:g} at step {step}"
        elif code == training.GRADIENT_REACHED:
            self._reason = (
                f"gradient norm {row[5]:.3g} reached {stop.gradient_norm:g} at step {step}"
            )
        elif code == training.ACCURACY_REACHED:
            self._reason = (
                f"training accuracy {row[3]:.4g} reached {stop.accuracy:g} at step {step}"
            )
        else:
            self._status = DIVERGED
            self._reason = f"diverged at step {step}: {self._what_diverged(code, row)}"
            # What is kept, history and parameters, ends with the last step that was sound.
            self._recorder.truncate(step)
            self._rewind(max(step - 1, 0))

    def _what_diverged(self, code: int, row: np.ndarray) -> str:
        # Of all samples, or of the step's own batch alone (the last column, NaN after the last).
        bad = [v for v in (row[1], row[7]) if not v <= self.experiment.stop.diverged_above]
        if not bad:
            return "the gradient is not finite"
        above = code == training.LOSS_TOO_LARGE
        bound = f", above {self.experiment.stop.diverged_above:g}" if above else ""
        return f"the loss is {bad[0]:.4g}{bound}"

    def _rewind(self, target: int) -> None:
        """Restore the state after ``target`` steps from a checkpoint and replay the rest."""
        self._step = self._checkpoints.restore(target, self._state)
        self._tail = None
        self._scratch.order[-1] = -1
        while self._step < target:
            length = self._chunk_length()
            last = min(target, self._step + length, self._checkpoints.next_due(self._step))
            self._step, _, _ = self._call(last)
            self._checkpoints.offer(self._step, self._state)

    # -- looking -------------------------------------------------------------------------------

    def _measure(self) -> np.ndarray:
        """A history row for the parameters as they are now."""
        row = np.full(len(COLUMNS), np.nan)
        row[0] = self._step
        m = self.model
        training.measure(m.network, self._state.parameters, m.train, m.test, self._scratch, row)
        row[6] = m.learning_rate(self._step)
        return row

    def _settle(self) -> None:
        """At rest: measure the parameters as they are, so that what is shown is exact."""
        if self._status in (RUNS, COMPILING):
            self._status = PAUSED if self._step else READY
        if self._status != FINISHED or self._tail is None:
            self._tail = self._measure()
        self._publish()

    def _publish(self) -> None:
        with self._shown:
            self._parameters = self._state.parameters.copy()
            self._parameters.flags.writeable = False
            self._published = (self._step, self._status, self._reason, self._rate, self._tail)

    def snapshot(self, since: int = -1) -> Snapshot:
        """The run as it is, with the history rows recorded after sequence number ``since``."""
        with self._shown:
            step, status, reason, rate, tail = self._published
            parameters = self._parameters
            rows = self._recorder.since(since)
        row = self._recorder.last() if tail is None else tail.copy()
        row.flags.writeable = False
        return Snapshot(step, status, reason, parameters, row, rows, rate)

    def trail(self) -> tuple[np.ndarray, np.ndarray]:
        """Steps (m,) and parameters (m, n) at checkpoints from the start until now: the path."""
        shown = self.snapshot()
        return self._checkpoints.trail(shown.step, shown.parameters)

    @property
    def status(self) -> str:
        """ready, compiling, running, paused, finished or diverged."""
        return self._status

    @property
    def reason(self) -> str:
        """Why the run ended, in words; empty before."""
        return self._reason

    @property
    def steps(self) -> int:
        """Steps made so far (for a diverged run, until the last finite parameters)."""
        return self._step

    @property
    def diverged(self) -> bool:
        """Whether the run ended because its loss or gradient ran away."""
        return self._status == DIVERGED

    @property
    def seconds(self) -> float:
        """Seconds spent in steps since the start or the last reset, without compiling."""
        return self._seconds

    @property
    def parameters(self) -> np.ndarray:
        """The parameters now: a read-only copy, (n,), of the experiment's dtype."""
        return self.snapshot().parameters

    @property
    def history(self) -> dict[str, np.ndarray]:
        """The recorded columns, float64 (n_rows,), by name; the last row is the present."""
        if self._status == READY:
            self.measure()
        shown = self.snapshot()
        rows = shown.rows.rows
        if not len(rows) or rows[-1, 0] < shown["step"]:
            rows = np.vstack([rows, shown.row])
        return {name: rows[:, k] for k, name in enumerate(COLUMNS)}

    @property
    def loss(self) -> np.ndarray:
        """The training loss of every recorded row, float64 (n_rows,)."""
        return self.history["loss"]

    def result(self) -> dict[str, Any]:
        """The figures of the run as it stands, ready for JSON."""
        with self._turn():
            first = self._first_loss()
            now = self._measure() if self._tail is None else self._tail
        return {
            "parameters": self.model.parameter_count,
            "loss_initial": first,
            "loss_final": _number(now[1]),
            "accuracy_train": _number(now[3]),
            "accuracy_test": _number(now[4]),
            "gradient_norm": _number(now[5]),
            "steps": self._step,
            "diverged": self.diverged,
            "reason": self._reason,
            "seconds": self._seconds,
            "seed": self.experiment.seed,
            "experiment_hash": self.experiment.hash,
        }

    def _first_loss(self) -> float | None:
        rows = self._recorder.since().rows
        row = rows[0] if len(rows) else self._measure()
        return _number(row[1])


def _count(n: int) -> int:
    return integer("n", plain(n), 0, 10**12)


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


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


def run(
    experiment: Experiment,
    *,
    steps: int | None = None,
    progress: Callable[[Snapshot], None] | None = None,
) -> Run:
    """Carry out an experiment to its stop rule and return the finished run.

    ``steps`` replaces the experiment's step limit; ``progress`` is called with a snapshot after
    every chunk of about 12 ms.
    """
    if steps is not None:
        experiment = experiment.replace(stop={"steps": steps})
    made = Run(experiment)
    made.finish(progress)
    return made
