"""Compiler flags and the compiled-code cache: the only place that sets either.

Numba's on-disk cache notices an edit of the file that defines a function, but not of the files
which that function calls. The cache therefore lives in a folder named by a digest of every source
file of this package and of the compiler's versions, so any edit starts a fresh one.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import llvmlite
import numba

# No "nnan" and no "ninf": divergence checks rely on comparisons that see NaN and infinity. No
# "arcp": n right answers of n must be an accuracy of exactly 1.
FAST_MATH = frozenset({"reassoc", "contract", "nsz", "afn"})
OPTIONS: Any = {"nogil": True, "error_model": "numpy", "fastmath": set(FAST_MATH)}
# For lanes: every operation rounded by itself, so that a result does not depend on how the compiler
# arranges its neighbours; where a fused multiply-add is wanted, it is written.
EXACT_OPTIONS: Any = OPTIONS | {"fastmath": False}
INLINED_OPTIONS: Any = EXACT_OPTIONS | {"forceinline": True}

_KEPT_CACHES = 4
_KEPT_SECONDS = 30 * 86400.0


def source_digest() -> str:
    """Hexadecimal digest of all of ``kernels/**/*.py`` and the versions of Numba and llvmlite."""
    digest = hashlib.sha256(f"{numba.__version__} {llvmlite.__version__}".encode())
    root = Path(__file__).parent
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _cache_root() -> Path:
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "descent-workbench"


def _prune(root: Path, keep: Path) -> None:
    """Delete caches of earlier sources, sparing the recent ones that may still be in use."""
    others = [p for p in root.iterdir() if p.is_dir() and p != keep and len(p.name) == 16]
    others.sort(key=lambda p: p.stat().st_mtime, reverse=True)
    for rank, path in enumerate(others):
        if rank >= _KEPT_CACHES or time.time() - path.stat().st_mtime > _KEPT_SECONDS:
            shutil.rmtree(path, ignore_errors=True)


def _prepare_cache() -> Path:
    name = source_digest()
    for root in (_cache_root(), Path(tempfile.gettempdir()) / f"descent-workbench-{os.getpid()}"):
        folder = root / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
            os.utime(folder)
            _prune(root, folder)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return folder


CACHE_FOLDER = _prepare_cache()


def _compile(function: Callable[..., Any], options: Any) -> Any:
    # Set only while our own functions are decorated: other packages' caches stay where they were.
    config: Any = numba.config
    previous = config.CACHE_DIR
    config.CACHE_DIR = str(CACHE_FOLDER)
    try:
        return numba.njit(cache=True, **options)(function)
    finally:
        config.CACHE_DIR = previous


def kernel(function: Callable[..., Any]) -> Any:
    """Compile ``function`` in nopython mode, without the GIL, cached on disk."""
    return _compile(function, OPTIONS)


def exact_kernel(function: Callable[..., Any]) -> Any:
    """As ``kernel``, with every floating-point operation rounded as it is written."""
    return _compile(function, EXACT_OPTIONS)


def inlined_kernel(function: Callable[..., Any]) -> Any:
    """As ``exact_kernel``, and put in place of every call, so that vectors stay in registers."""
    return _compile(function, INLINED_OPTIONS)
