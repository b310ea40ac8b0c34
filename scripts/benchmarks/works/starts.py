"""From a thousand starts to a million: the time of each, and the memory of all.

Each turn is a process of its own, whose largest resident memory the system tells.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

from benchmarks.harness import Options, empty_row, environment, summary
from benchmarks.works._ensemble import RATES, SAMPLES
from benchmarks.works._network import SIZES, samples

STEPS, FEW, MANY = 100, 1_000, 1_000_000
MEGABYTES = 16  # what a million starts may take more than a thousand


def train(n: int, calls: int, threads: int) -> dict[str, float]:
    """Seconds per start, and the peak memory of this process in bytes before and after."""
    from benchmarks.works._ours import experiment
    from workbench.multistart import train_starts

    inputs, targets = samples(SAMPLES)
    made = experiment(
        {"inputs": inputs, "targets": targets},
        SIZES,
        optimizer={"name": "sgd", "learning_rate": RATES["gd"]},
        stop={"steps": STEPS},
    )

    def run(n: int) -> int:
        # Blocks are looked at and let go, as a census does.
        return sum(len(block.loss) for block in train_starts(made, n, threads=threads))

    run(FEW)
    before, begun = _peak(), time.perf_counter()
    done = sum(run(n) for _ in range(calls))
    spent = time.perf_counter() - begun
    return {"seconds": spent / done, "before": before, "peak": _peak()}


def _peak() -> float:
    import resource  # Windows has none

    unit = 1 if sys.platform == "darwin" else 1024
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) * unit


def measure(name: str, options: Options, say: Any) -> dict[str, Any]:
    """The row: seconds per start of many beside those of few, in turn."""
    many = MANY // 50 if options.quick else MANY
    row = empty_row(name, f"{FEW:,} and {many:,} starts, {STEPS} steps each", "start", options)
    # Few starts are done so soon that they are repeated. The many take half a minute: one turn of
    # them, between two of the few, has to do.
    calls = {FEW: 5 if options.quick else 40, many: 1}
    spent: dict[int, list[float]] = {FEW: [], many: []}
    grown: dict[int, list[float]] = {FEW: [], many: []}
    for n in (FEW, many, FEW):
        say(f"{name}: {n:,} starts")
        given = [str(n), str(calls[n]), str(options.threads)]
        done = subprocess.run(
            [sys.executable, "-m", __name__, *given],
            stdout=subprocess.PIPE,
            env=environment(options.threads),
            check=False,
        )
        if done.returncode:
            row["failed"]["ours"] = f"ended with code {done.returncode}"
            return row
        told = json.loads(done.stdout.splitlines()[-1])
        spent[n].append(told["seconds"])
        grown[n].append(told["peak"] - told["before"])
    few, most = f"{FEW:,} starts", summary(grown[many])["high"] / 2**20
    row["seconds"] = {"ours": summary(spent[many]), few: summary(spent[FEW])}
    row["ours_s"] = row["seconds"]["ours"]["median"]
    row["peers_s"][few] = row["seconds"][few]["median"]
    row["ratios"][few] = summary([seconds / spent[many][0] for seconds in spent[FEW]])
    constant = 1.0 / 1.05 <= row["ratios"][few]["median"] <= 1.05
    row["limits"][few] = {"at_most": 1.05, "reached": constant and most <= MEGABYTES}
    row["figures"] = {"grown_mb": most, "grown_mb_few": summary(grown[FEW])["high"] / 2**20}
    row["notes"]["ours"] = (
        f"in blocks; {most:.1f} MiB more memory than for {FEW:,} starts (to reach: at most "
        f"{MEGABYTES} MiB), time within 5 % either way"
    )
    row["agree"] = True
    return row


if __name__ == "__main__":
    print(json.dumps(train(*(int(word) for word in sys.argv[1:]))))
