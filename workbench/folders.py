"""Folders that results are written to: claimed beforehand, with one line on what is in the way."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from workbench.errors import BadValue, WorkbenchError


@contextmanager
def claiming(wanted: Path, near: Any) -> Iterator[None]:
    """Within it, whatever keeps ``wanted`` from being made or written to is raised as a BadValue of
    ``--out``, whose nearest valid value is ``near``."""
    try:
        yield
    except (OSError, ValueError, RuntimeError) as error:
        if isinstance(error, WorkbenchError):
            raise
        reason = getattr(error, "strerror", None) or error
        rule = f"must be a folder that can be made and written to ({reason})"
        raise BadValue("--out", rule, str(wanted), near) from None


def make_unused(folder: Path) -> Path:
    """Make ``folder``, or where that is there already the first of FOLDER-2, FOLDER-3 … that is
    not; returns which."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    for k in count(1):
        made = folder if k == 1 else folder.with_name(f"{folder.name}-{k}")
        try:
            made.mkdir()
            return made
        except FileExistsError:
            continue
    raise AssertionError


def refuse_file(folder: Path, near: Any) -> None:
    """Raise BadValue where ``folder`` is a file."""
    if folder.exists() and not folder.is_dir():
        raise BadValue("--out", "must be a folder, not a file", str(folder), near)


def make_empty(folder: Path, kind: str) -> Path:
    """Make ``folder``, which must be new or empty, and see that it can be written to; ``kind`` is
    what the nearest valid name ends with. Raises BadValue, and what ``claiming`` expects."""
    refuse_file(folder, f"{folder}-{kind}")
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise BadValue("--out", "must be a new or an empty folder", str(folder), folder / kind)
    with tempfile.TemporaryFile(dir=folder):
        return folder
