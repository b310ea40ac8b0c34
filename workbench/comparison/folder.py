"""The folder of a comparison: claimed, locked while it is written to, and left readable.

``comparison.toml`` is the plan; ``ends/CASE/part-….parquet`` hold the ends, ``verdicts/CASE/`` what
the polished ones are; the rest is made from these at the end: ``result.json``, tables, the report.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.comparison.parts import WRITING, atomically
from workbench.comparison.plan import PLAN_FILE, Case, Plan, load_plan
from workbench.errors import BadValue, WorkbenchError
from workbench.folders import claiming, make_unused, refuse_file

ENDS, VERDICTS = "ends", "verdicts"


def ends_of(folder: Path, case: Case) -> Path:
    """Where the ends of a case lie."""
    return folder / ENDS / case.folder


def verdicts_of(folder: Path, case: Case) -> Path:
    """Where the verdicts on the polished ends of a case lie."""
    return folder / VERDICTS / case.folder


def claim(out: str | Path | None, plan: Plan, name: str = "comparison") -> Path:
    """The folder for ``plan``, an absolute path: a new or empty one, or one that already holds this
    comparison, finished or not. Without ``out``: runs/NAME-compare-TIME.

    Raises WorkbenchError where it cannot be written to, holds another comparison or something
    else, or there is no room for the ends: what is there stays as it is.
    """
    if out is not None and not str(out).strip():
        raise BadValue("--out", "must name a folder", out, "runs/comparison")
    stamp = time.strftime("%Y%m%d-%H%M%S")
    wanted = Path("runs") / f"{name}-compare-{stamp}" if out is None else Path(out)
    with claiming(wanted, Path(tempfile.gettempdir()) / f"compare-{stamp}"):
        folder = wanted.resolve()
        made = [p for p in folder.parents if not p.exists()]
        if out is None:
            folder = make_unused(folder)
            made.insert(0, folder)
        else:
            refuse_file(folder, f"{folder}-2")
            if (folder / PLAN_FILE).exists():
                _same(load_plan(folder), plan, folder)
                return folder
            if not folder.exists():
                made.insert(0, folder)
            folder.mkdir(parents=True, exist_ok=True)
            if any(path for path in folder.iterdir() if not path.name.startswith(WRITING)):
                rule = "must be a new or an empty folder, or hold this very comparison"
                raise BadValue("--out", rule, str(folder), folder / "comparison")
        try:
            _room(folder, plan)
            with tempfile.TemporaryFile(dir=folder):
                pass
            atomically(folder / PLAN_FILE, plan.dumps().encode())
        except WorkbenchError:
            for path in made:  # the innermost first
                with contextlib.suppress(OSError):
                    path.rmdir()
            raise
    return folder


def _same(held: Plan, plan: Plan, folder: Path) -> None:
    if held.hash == plan.hash:
        return
    what = ", ".join(case.label for case in held.cases)
    rule = f"must not hold another comparison (of {what}; {held.starts} starts; {held.hash})"
    raise BadValue("--out", rule, str(folder), folder.with_name(f"{folder.name}-2"))


def _room(folder: Path, plan: Plan) -> None:
    free = shutil.disk_usage(folder).free
    if plan.bytes > free:
        rule = f"must fit on the disk: the ends take {size(plan.bytes)}, {size(free)} are free"
        near = int(plan.starts * free // plan.bytes)
        raise BadValue("starts", rule, plan.starts, f"{near}, or no parameters")


def size(count: int) -> str:
    """So many bytes, for people."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000 or unit == "GB":
            break
        count /= 1000  # type: ignore[assignment]
    return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.3g} {unit}"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """While it is entered, no other process writes to the folder; raises WorkbenchError else.

    What a killed process left half written is removed. The lock ends with the process, also with
    one that is killed.
    """
    with (folder / PLAN_FILE).open("rb") as file:
        try:
            import fcntl
        except ImportError:  # Windows, which does not let two write to one file
            yield
            return
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise WorkbenchError(f"{folder}: another process is writing to it") from None
        for path in folder.rglob(f"{WRITING}*"):
            path.unlink(missing_ok=True)
        yield
