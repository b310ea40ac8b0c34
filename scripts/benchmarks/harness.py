"""Measures one work: its engines in turn, a round of all after a round of all."""

from __future__ import annotations

import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.work import Arrays, Work, largest_error, within


class Options(NamedTuple):
    """``threads`` of every engine; ``rounds`` of turns of at least ``turn`` seconds each;
    ``quick``: smaller problems, for a check; ``without``: engines to leave out."""

    threads: int = 2
    rounds: int = 5
    turn: float = 0.3
    quick: bool = False
    without: tuple[str, ...] = ()


class Failed(Exception):
    """A worker could not go on; ``missing`` where its engine cannot be had here."""

    def __init__(self, reason: str, missing: bool = False) -> None:
        super().__init__(reason)
        self.missing = missing


def environment(threads: int) -> dict[str, str]:
    """The variables that give every thread pool the same number of threads."""
    pools = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM", "BLIS", "NUMBA")
    given = {f"{pool}_NUM_THREADS": str(threads) for pool in pools}
    # NPROC sizes the thread pool of XLA.
    return os.environ | given | {"NPROC": str(threads), "JAX_PLATFORMS": "cpu"}


class Worker:
    """An engine's process; ``ask`` sends one order and waits for the answer."""

    def __init__(self, work: str, engine: str, threads: int, folder: str, *more: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", work, engine, str(threads), folder, *more],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(threads),
        )
        if hasattr(os, "sched_setaffinity"):
            # The first cores of those that this process may use; no pool can then be larger.
            usable = sorted(os.sched_getaffinity(0))[:threads]
            os.sched_setaffinity(self.process.pid, usable)
        self.first: dict[str, Any] = {}

    def receive(self) -> dict[str, Any]:
        """The next answer; raises Failed with the worker's reason."""
        line = self.process.stdout.readline()
        if not line:
            raise Failed(f"its process ended with code {self.process.wait()}")
        answer = json.loads(line)
        for key in ("missing", "failed"):
            if key in answer:
                raise Failed(answer[key], key == "missing")
        return answer

    def ask(self, **order: Any) -> dict[str, Any]:
        """Send an order, return its answer."""
        try:
            self.process.stdin.write(json.dumps(order) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise Failed(f"its process ended with code {self.process.wait()}") from None
        return self.receive()

    def close(self) -> None:
        """End the process."""
        self.process.stdin.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


def summary(values: list[float]) -> dict[str, float]:
    """Median and extremes."""
    return {"median": statistics.median(values), "low": min(values), "high": max(values)}


def compare(work: Work, found: Arrays, wanted: Arrays) -> float | None:
    """How far two results are apart; None where something is not finite or has another shape."""
    if any(found[k].shape != wanted[k].shape for k in wanted):
        return None
    if not all(np.isfinite(found[k]).all() for k in wanted):
        return None
    return (work.error or largest_error)(found, wanted)


def empty_row(name: str, title: str, unit: str, options: Options) -> dict[str, Any]:
    """A row in which nothing has been measured; ``seconds`` are per ``unit``, ``ratios`` are a
    peer's time divided by ours, ``compile_s`` is all before the first timed turn."""
    kinds = ("peers_s", "errors", "missing", "failed", "seconds", "ratios", "limits")
    return {
        "work": name,
        "title": title,
        "unit": unit,
        "dtype": "float32",
        "threads": options.threads,
        "ours_s": None,
        "agree": False,
        "tolerance": None,
        **{kind: {} for kind in (*kinds, "compile_s", "notes", "figures")},
    }


def measure(name: str, work: Work, options: Options, say: Any) -> dict[str, Any]:
    """The row of one work. ``say`` is told what is going on."""
    row = empty_row(name, work.title, work.unit, options)
    row["dtype"], row["tolerance"] = work.dtype, work.tolerance
    workers: dict[str, Worker] = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        try:
            _start(name, work, options, folder, workers, row, say)
            times = _take_turns(work, options, workers, row, say)
        finally:
            for worker in workers.values():
                worker.close()
    _judge(work, times, row)
    return row


def _lose(engine: str, reason: Failed, workers: dict[str, Worker], row: dict[str, Any]) -> None:
    """An engine that cannot go on is out, and the row says why."""
    row["missing" if reason.missing else "failed"][engine] = str(reason)
    if engine in workers:
        workers.pop(engine).close()


def _start(
    name: str,
    work: Work,
    options: Options,
    folder: str,
    workers: dict[str, Worker],
    row: dict[str, Any],
    say: Any,
) -> None:
    """Make the problem, start and compile the engines, compare their short runs."""
    say(f"{name}: making the problem")
    maker = Worker(name, "make", options.threads, folder, *["quick"] * options.quick)
    try:
        maker.receive()
    except Failed as reason:
        row["failed"]["problem"] = str(reason)
        return
    finally:
        maker.close()
    with np.load(Path(folder) / "reference.npz") as file:
        wanted = dict(file)
    for engine in work.engines:
        if engine in options.without:
            row["missing"][engine] = "left out by request"
            continue
        say(f"{name}: {engine} compiles")
        try:
            threads = work.alone.get(engine, options.threads)
            workers[engine] = Worker(name, engine, threads, folder)
            workers[engine].first = workers[engine].receive()
            row["notes"][engine] = workers[engine].first["note"]
            row["compile_s"][engine] = workers[engine].ask(do="check")["seconds"]
            if workers[engine].first["checks"]:
                with np.load(Path(folder) / f"{engine}.npz") as file:
                    row["errors"][engine] = compare(work, dict(file), wanted)
        except Failed as reason:
            _lose(engine, reason, workers, row)


def _take_turns(
    work: Work, options: Options, workers: dict[str, Worker], row: dict[str, Any], say: Any
) -> dict[str, list[float]]:
    """Seconds per unit, one a round, of each engine that is there."""
    calls: dict[str, int] = {}
    for engine in list(workers):
        try:
            spent = workers[engine].ask(do="turn", calls=1)["seconds"]
            calls[engine] = max(1, math.ceil(options.turn / max(spent, 1e-9)))
        except Failed as reason:
            _lose(engine, reason, workers, row)
    times: dict[str, list[float]] = {engine: [] for engine in workers}
    for turn in range(options.rounds):
        say(f"{row['work']}: round {turn + 1} of {options.rounds}")
        for engine in list(workers):
            # The thread pools of the engine before spin for a while after their last task.
            time.sleep(0.02)
            try:
                spent = workers[engine].ask(do="turn", calls=calls[engine])["seconds"]
                units = calls[engine] * workers[engine].first["units"]
                times[engine].append(spent / units)
            except Failed as reason:
                _lose(engine, reason, workers, row)
                del times[engine]
    return times


def _judge(work: Work, times: dict[str, list[float]], row: dict[str, Any]) -> None:
    """Fill in what the times say: medians, ratios round by round, limits, agreement."""
    ours = "ours"
    for engine, spent in times.items():
        row["seconds"][engine] = summary(spent)
        if engine == ours:
            row["ours_s"] = statistics.median(spent)
            continue
        row["peers_s"][engine] = statistics.median(spent)
        if ours in times:
            ratios = [peer / own for peer, own in zip(spent, times[ours], strict=True)]
            row["ratios"][engine] = summary(ratios)
            if engine in work.limits:
                row["limits"][engine] = work.limits[engine].told(row["ratios"][engine]["median"])
    errors = row["errors"]
    row["agree"] = (
        not row["failed"]
        and ours in errors
        and all(within(error, work.tolerance) for error in errors.values())
    )
