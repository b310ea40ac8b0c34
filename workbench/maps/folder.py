"""Folders and progress of maps: what `basins`, `trainability` and `sharpness` share."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from tqdm import tqdm

from workbench.errors import BadValue
from workbench.folders import claiming, make_empty, make_unused


def choose_map_folder(out: str | None, name: str, kind: str) -> Path:
    """Make the folder that a map will be written to, before it is computed; an absolute path.

    Without ``out``: runs/NAME-KIND-TIME below the current folder. Raises BadValue where it cannot
    be made or written to, or holds something: what is there stays as it is.
    """
    if out is not None and not out.strip():
        raise BadValue("--out", "must name a folder", out, f"runs/{kind}")
    stamp = time.strftime("%Y%m%d-%H%M%S")
    wanted = Path("runs") / f"{name}-{kind}-{stamp}" if out is None else Path(out)
    with claiming(wanted, Path(tempfile.gettempdir()) / kind):
        folder = wanted.resolve()
        return make_unused(folder) if out is None else make_empty(folder, kind)


class MapProgress:
    """The share of a map that is done, on standard error: a bar on a terminal, else lines now and
    then. Call it with shares in [0, 1], from any thread."""

    def __init__(self, name: str) -> None:
        self._name, self._begun, self._due, self._wait = name, time.monotonic(), 2.0, 2.0
        self._bar: tqdm[Any] | None = None
        if sys.stderr.isatty():
            self._bar = tqdm(total=100, desc=name, unit=" %", file=sys.stderr, dynamic_ncols=True)

    def __call__(self, share: float) -> None:
        if self._bar is not None:
            self._bar.update(max(round(100 * share, 1) - self._bar.n, 0))
            return
        passed = time.monotonic() - self._begun
        if passed >= self._due and share > 0:
            self._wait = min(1.5 * self._wait, 30.0)
            self._due = passed + self._wait
            left = passed / share - passed
            text = f"{self._name}: {share:.0%} after {passed:.0f} s, about {left:.0f} s left"
            print(text, file=sys.stderr, flush=True)

    def again(self) -> MapProgress:
        """Begin anew, for a second part; returns itself."""
        self._begun, self._due = time.monotonic(), self._wait
        if self._bar is not None:
            self._bar.reset()
        return self

    def __enter__(self) -> MapProgress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.close()
