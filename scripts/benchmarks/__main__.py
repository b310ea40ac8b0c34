"""The command line of scripts/bench."""

from __future__ import annotations

import argparse
import difflib
import json
import os
import sys
from typing import Any, NoReturn

from benchmarks import machine, table
from benchmarks.harness import Options, measure
from benchmarks.work import Work, load, names


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="scripts/bench",
        description="Measure the kernels beside C++, JAX and PyTorch, in turn, in one run.",
        epilog="Exit codes: 0 done, 1 results differ or an engine failed, 2 bad input.",
    )
    parser.add_argument("--only", metavar="WORK,...", help=f"of {', '.join(names())}")
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    parser.add_argument("--quick", action="store_true", help="smaller problems, fewer rounds")
    parser.add_argument("--threads", type=int, default=2, help="of every engine (default 2)")
    parser.add_argument("--rounds", type=int, help="turns of each engine (default 5)")
    parser.add_argument("--turn", type=float, help="least seconds of a turn (default 0.3)")
    parser.add_argument("--no-torch", action="store_true", help="without PyTorch, not installed")
    return parser


def _chosen(only: str | None, parser: argparse.ArgumentParser) -> list[str]:
    known = names()
    if only is None:
        display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
        return [name for name in known if name != "window" or display]
    chosen = [name.strip() for name in only.split(",") if name.strip()]
    for name in chosen:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1, 0.0)
            parser.error(
                f"--only: must be works of the table, not {name!r}; nearest is {near[0]!r}"
            )
    if not chosen:
        parser.error(f"--only: must name a work; there are {', '.join(known)}")
    return chosen


def main() -> int:
    """Measure, print, return the exit code."""
    parser = _parser()
    given = parser.parse_args()
    if given.threads < 1 or (given.rounds is not None and given.rounds < 1):
        parser.error("--threads and --rounds: must be at least 1")
    options = Options(
        threads=given.threads,
        rounds=given.rounds or (2 if given.quick else 5),
        turn=given.turn if given.turn is not None else (0.05 if given.quick else 0.3),
        quick=given.quick,
        without=("torch",) if given.no_torch else (),
    )
    chosen = _chosen(given.only, parser)
    out = sys.stderr if given.json else sys.stdout
    context = machine.context(options.threads)
    for line in machine.describe(context):
        print(line, file=out)

    if options.quick:
        print("--quick: smaller problems and short turns, to see that all works", file=out)

    def say(text: str) -> None:
        if sys.stderr.isatty():
            print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
        else:
            print(text, file=sys.stderr, flush=True)

    rows: list[dict[str, Any]] = []
    for name in chosen:
        work = load(name)
        if isinstance(work, Work):
            rows.append(measure(name, work, options, say))
        else:
            rows.append(work.measure(name, options, say))
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    print(file=out)
    for line in table.lines(rows):
        print(line, file=out)
    print(file=out)
    for line in table.remarks(rows):
        print(line, file=out)
    if given.json:
        print(json.dumps({"machine": context, "rows": rows}))
    return 0 if all(row["agree"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
