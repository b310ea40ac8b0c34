"""A run: one experiment being carried out. It can step, step back, pause and resume."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from kernels import training
from kernels.training import COLUMNS
from workbench import moments
from workbench.experiment import Experiment
from workbench.fields import integer, plain
from workbench.recorder import Rows
from workbench.stepper import Stepper, reason

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
        self.stepper = Stepper(experiment)
        self.model = self.stepper.model
        self._busy = threading.RLock()  # held while the state is being changed
        self._waiting = threading.RLock()  # held by who wants the state between two chunks
        self._shown = threading.Lock()  # guards the published copy below
        self._pause = threading.Event()
        self._starting = threading.Lock()  # one training thread at a time
        self._thread: threading.Thread | None = None
        self._status, self._reason = READY, ""
        self._tail: np.ndarray | None = None
        self._rate = 0.0
        self._seconds = 0.0
        self._compiled = False
        self._publish()

    # -- stepping ------------------------------------------------------------------------------

    def step(self, n: int = 1) -> int:
        """Make up to ``n`` steps now, in this thread; returns how many were made."""
        n = _count(n)
        with self._turn():
            before = self.stepper.step
            try:
                self._advance(before + n)
            finally:
                self._settle()
            return self.steps - before

    def back(self, n: int = 1) -> int:
        """Go back ``n`` steps, bit for bit to where the run was; returns how many."""
        n = _count(n)
        with self._turn():
            target = max(self.steps - n, 0)
            gone = self.steps - target
            if gone or self._status == DIVERGED:
                self.stepper.back_to(target, self._chunk_length())
                self._tail = None
                self._status, self._reason = (PAUSED if target else READY), ""
                self._settle()
            return gone

    def reset(self) -> None:
        """Go back to the start and forget the history."""
        self.pause()
        with self._turn():
            self.back(self.steps)
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
                before = self.stepper.step
                self._advance(before + self._chunk_length())
                made = self.steps - before
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
                self._tail = self.stepper.measure()
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
        if self.steps < last:
            self._compile()
            self._status, self._tail = RUNS, None
            self._publish()
            begun, first = time.perf_counter(), self.stepper.step
            while self.steps < last and self._status == RUNS:
                code, row = self.stepper.advance(last)
                if row is not None:
                    self._end(code, row)
            spent = time.perf_counter() - begun
            moments.reached(moments.FIRST_STEP)
            self._seconds += spent
            if self._status != DIVERGED:  # that one is back at an earlier step
                recent = (self.steps - first) / max(spent, 1e-9)
                self._rate = recent if self._rate == 0.0 else 0.7 * self._rate + 0.3 * recent
        if self._status not in (FINISHED, DIVERGED) and self.steps >= self.experiment.stop.steps:
            self._end(*self.stepper.end())
        self._publish()

    def _compile(self) -> None:
        """Compile what this combination of types needs, once; found on disk it takes no time."""
        if not self._compiled:
            self._status = COMPILING
            self._publish()
            self.stepper.compile()
            self._compiled = True

    def _end(self, code: int, row: np.ndarray) -> None:
        self._reason = reason(self.experiment, self.steps, code, row)
        self._status, self._tail = FINISHED, row
        if code in (training.NOT_FINITE, training.LOSS_TOO_LARGE):
            # What is kept, history and parameters, ends with the last step that was sound.
            self._status, self._tail = DIVERGED, None
            self.stepper.drop_last(self._chunk_length())

    # -- looking -------------------------------------------------------------------------------

    def _settle(self) -> None:
        """At rest: measure the parameters as they are, so that what is shown is exact."""
        if self._status in (RUNS, COMPILING):
            self._status = PAUSED if self.steps else READY
        if self._status != FINISHED or self._tail is None:
            self._tail = self.stepper.measure()
        self._publish()

    def _publish(self) -> None:
        with self._shown:
            self._parameters = self.stepper.state.parameters.copy()
            self._parameters.flags.writeable = False
            self._published = (self.steps, self._status, self._reason, self._rate, self._tail)

    def snapshot(self, since: int = -1) -> Snapshot:
        """The run as it is, with the history rows recorded after sequence number ``since``."""
        with self._shown:
            step, status, reason, rate, tail = self._published
            parameters = self._parameters
            rows = self.stepper.recorder.since(since)
        row = self.stepper.recorder.last() if tail is None else tail.copy()
        row.flags.writeable = False
        return Snapshot(step, status, reason, parameters, row, rows, rate)

    def trail(self) -> tuple[np.ndarray, np.ndarray]:
        """Steps (m,) and parameters (m, n) at checkpoints from the start until now: the path."""
        shown = self.snapshot()
        return self.stepper.checkpoints.trail(shown.step, shown.parameters)

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
        return self.stepper.step

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
            now = self.stepper.measure() if self._tail is None else self._tail
        return {
            "parameters": self.model.parameter_count,
            "loss_initial": first,
            "loss_final": _number(now[1]),
            "accuracy_train": _number(now[3]),
            "accuracy_test": _number(now[4]),
            "gradient_norm": _number(now[5]),
            "steps": self.steps,
            "diverged": self.diverged,
            "reason": self._reason,
            "seconds": self._seconds,
            "seed": self.experiment.seed,
            "experiment_hash": self.experiment.hash,
        }

    def _first_loss(self) -> float | None:
        rows = self.stepper.recorder.since().rows
        row = rows[0] if len(rows) else self.stepper.measure()
        return _number(row[1])


def _count(n: int) -> int:
    return integer("n", plain(n), 0, 10**12)


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def run(
    experiment: Experiment,
    *,
    steps: int | None = None,
    progress: Callable[[Snapshot], None] | None = None,
) -> Run:
    """Carry out an experiment to its stop rule and return the finished run.

    ``steps`` replaces the experiment's step limit; ``progress`` is called with a snapshot after
    every chunk of about 25 ms.
    """
    if steps is not None:
        experiment = experiment.replace(stop={"steps": steps})
    made = Run(experiment)
    made.finish(progress)
    return made
