"""``workbench verify``: prove the kernels on this machine."""

from __future__ import annotations

import argparse
import json
import math
import sys
from typing import Any

SUMMARY = "prove the kernels on this machine against independent references"
DESCRIPTION = (
    "Compare the kernels, as compiled for this machine, with independent references and print "
    "each measured error beside its bound."
)
EPILOG = "Exit codes: 0 all passed, 1 something failed, 2 bad input."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--json", action="store_true", help="one JSON object as last line")
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="CHECK,…",
        help="carry out these checks only; `workbench verify --list` names them",
    )
    parser.add_argument("--list", action="store_true", help="list the checks and leave")


def carry_out(options: argparse.Namespace) -> int:
    """Carry the command out; returns the exit code."""
    from workbench import proof
    from workbench.compile_progress import CompileProgress

    wanted = proof.choose([n.strip() for text in options.only for n in text.split(",")])
    if options.list:
        for name in wanted:
            print(f"{name:14} {proof.load(name).SUMMARY}")
        return 0

    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    found: list[tuple[str, proof.Row]] = []
    with CompileProgress(say):
        for name, row in proof.carry_out(wanted, lambda name: say(f"{name} …")):
            found.append((name, row))
            if not options.json:
                print(_line(name, row), flush=True)
    failed = sum(not row.passed for _, row in found)
    if options.json:
        as_rows = [_plain(name, row) for name, row in found]
        passed = len(found) - failed
        print(json.dumps({"passed": passed, "failed": failed, "rows": as_rows}, ensure_ascii=False))
    else:
        print(f"{len(found) - failed} passed, {failed} failed")
    return 1 if failed else 0


def _line(name: str, row: Any) -> str:
    verdict = "pass" if row.passed else "FAIL"
    return (
        f"{verdict}  {name:12} {row.error:9.2e} ≤ {row.bound:7.1e}  {row.subject}  [{row.against}]"
    )


def _plain(name: str, row: Any) -> dict[str, Any]:
    error = float(row.error)
    return {
        "check": name,
        "subject": row.subject,
        "against": row.against,
        "error": error if math.isfinite(error) else None,
        "bound": float(row.bound),
        "passed": row.passed,
    }
