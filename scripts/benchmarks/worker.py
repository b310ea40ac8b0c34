"""One engine of one work in a process of its own, told what to do by lines of JSON on its input.

``python -m benchmarks.worker WORK ENGINE THREADS FOLDER``: the problem is FOLDER/problem.npz.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.work import Missing, Work, load

PEERS = ("jax", "optax", "torch")


def make(work: Work, folder: Path, quick: bool) -> None:
    """Write the problem and what the reference says of it."""
    problem = work.make(quick)
    np.savez(folder / "problem.npz", **problem)
    np.savez(folder / "reference.npz", **work.reference(problem))


def serve(work: Work, name: str, threads: int, folder: Path, answer: Any) -> None:
    """Build the engine, then answer "check" and "turn" until the input ends."""
    with np.load(folder / "problem.npz") as file:
        problem = dict(file)
    begun = time.perf_counter()
    engine = work.engines[name](problem, threads)
    answer({"note": engine.note, "units": engine.units, "checks": engine.check is not None})
    for line in sys.stdin:
        order = json.loads(line)
        if order["do"] == "check":
            # Saved at once: an engine may return the very arrays that its next call fills.
            if engine.check:
                np.savez(folder / f"{name}.npz", **engine.check())
            engine.call()
            answer({"seconds": time.perf_counter() - begun})
        else:
            begun = time.perf_counter()
            for _ in range(order["calls"]):
                engine.call()
            answer({"seconds": time.perf_counter() - begun})


def main() -> None:
    """Messages of libraries go to standard error; standard output carries the answers alone."""
    work, name, threads, folder = sys.argv[1:5]
    channel = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)

    def answer(message: dict[str, Any]) -> None:
        channel.write(json.dumps(message) + "\n")

    try:
        if name == "make":
            make(load(work), Path(folder), sys.argv[5:] == ["quick"])
            answer({"note": "made"})
        else:
            serve(load(work), name, int(threads), Path(folder), answer)
    except Missing as reason:
        answer({"missing": str(reason)})
    except Exception as error:
        if isinstance(error, ModuleNotFoundError) and error.name in PEERS:
            answer({"missing": f"{error.name} is not installed"})
            return
        traceback.print_exc()
        answer({"failed": f"{type(error).__name__}: {error}".splitlines()[0]})


if __name__ == "__main__":
    main()
