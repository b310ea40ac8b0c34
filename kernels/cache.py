"""The compiled kernels on disk: found by the next process, stale after any edit, never trusted.

Everything lies in one folder named by a digest of every source file of this package and of the
versions of Python, Numba and llvmlite, so any edit starts a fresh one. In it one file holds one
function compiled for one tuple of argument types. Numba's own cache keeps an index beside its
files, and two processes that start cold can leave it pointing at each other's code; here the name
of a file is a digest of all that its content depends on, so there is nothing to keep in step. A
file begins with the digest of the rest: one that was cut short or damaged is compiled anew.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite
import numba
from numba.core import compiler, sigutils, types
from numba.core.caching import _Cache
from numba.core.runtime.nrt import rtsys
from numba.core.serialize import dumps

_PACKAGE = Path(__file__).parent
_KEPT_CACHES = 4
_LONGEST_IMPORT = 30.0  # seconds
_KEPT_SECONDS = 30 * 86400.0
_SUFFIX = ".kernel"
_CHECKSUM = hashlib.sha256().digest_size


def source_digest() -> str:
    """Hexadecimal digest of all of ``kernels/**/*.py`` and the versions of what compiles them."""
    versions = (sys.implementation.cache_tag, numba.__version__, llvmlite.__version__)
    digest = hashlib.sha256(repr(versions).encode())
    for path in sorted(_PACKAGE.rglob("*.py")):
        digest.update(path.relative_to(_PACKAGE).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def root() -> Path:
    """Where the folders of all digests lie: NUMBA_CACHE_DIR, or the user's cache folder."""
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


def _prune(within: Path, keep: Path) -> None:
    """Delete caches of earlier sources, sparing the recent ones that may still be in use."""
    others = [p for p in within.iterdir() if p.is_dir() and p != keep and len(p.name) == 16]
    others.sort(key=lambda p: p.stat().st_mtime, reverse=True)
    for rank, path in enumerate(others):
        if rank >= _KEPT_CACHES or time.time() - path.stat().st_mtime > _KEPT_SECONDS:
            shutil.rmtree(path, ignore_errors=True)


def _prepare() -> Path:
    name = source_digest()
    for within in (root(), Path(tempfile.gettempdir()) / f"descent-workbench-{os.getpid()}"):
        folder = within / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
            os.utime(folder)
            _prune(within, folder)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return folder


FOLDER = _prepare()


def kept() -> list[Path]:
    """The files of compiled kernels in this process's folder."""
    return sorted(FOLDER.glob(f"*{_SUFFIX}"))


_may_compile = threading.Event()
_may_compile.set()


@contextmanager
def importing() -> Iterator[None]:
    """While it is entered, kernels of other threads are loaded but none is compiled.

    Modules register rules and overloads when they are imported, and compiling reads these. Only for
    imports: nothing inside may call a kernel.
    """
    _may_compile.clear()
    try:
        yield
    finally:
        _may_compile.set()


class KernelCache(_Cache):
    """The compiled forms of one function, in the form that Numba's dispatcher asks for."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self._enabled = True

    @property
    def cache_path(self) -> str:
        return str(FOLDER)

    def enable(self) -> None:
        self._enabled = True

    def disable(self) -> None:
        self._enabled = False

    def flush(self) -> None:
        for path in FOLDER.glob(f"{self._function.__name__}-*{_SUFFIX}"):
            path.unlink(missing_ok=True)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The compiled form for ``sig``, or None where there is none that is sound."""
        found = self._load(sig, target_context) if self._enabled else None
        if found is None:
            _may_compile.wait(_LONGEST_IMPORT)
        return found

    def _load(self, sig: Any, target_context: Any) -> Any:
        try:
            # Compiled code needs Numba's runtime alone. What Numba knows how to compile, 0.1 s to
            # load, is asked for where something is compiled.
            rtsys.initialize(target_context)
            content = self._path(sig, target_context.codegen()).read_bytes()
            checksum, payload = content[:_CHECKSUM], content[_CHECKSUM:]
            if hashlib.sha256(payload).digest() != checksum:
                return None
            return compiler.CompileResult._rebuild(target_context, *pickle.loads(payload))
        except Exception:  # whatever is wrong with a file, the source is there
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep a compiled form; where that fails, the next process compiles it again."""
        # Sources edited since this process began must not lend their code to the former digest.
        if not self._enabled or data.library.has_dynamic_globals or source_digest() != FOLDER.name:
            return
        payload = dumps(data._reduce())
        path = self._path(sig, data.codegen)
        with suppress(OSError):
            FOLDER.mkdir(parents=True, exist_ok=True)
            handle, made = tempfile.mkstemp(dir=FOLDER)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(hashlib.sha256(payload).digest() + payload)
                os.replace(made, path)
            except OSError:
                os.unlink(made)
                raise

    def _path(self, sig: Any, codegen: Any) -> Path:
        arguments, result = sigutils.normalize_signature(sig)
        config: Any = numba.config
        code = self._function.__code__
        depends_on = (
            self._function.__module__,
            self._function.__qualname__,
            code.co_firstlineno,
            _outside(code.co_filename),
            [cell.cell_contents for cell in self._function.__closure__ or ()],
            [_describe(argument) for argument in arguments],
            str(result),
            codegen.magic_tuple(),
            (config.OPT, config.BOUNDSCHECK, config.USING_SVML),
        )
        name = hashlib.sha256(repr(depends_on).encode()).hexdigest()[:32]
        return FOLDER / f"{self._function.__name__}-{name}{_SUFFIX}"


def _describe(ty: Any) -> str:
    """A type in full: Numba's own name for a NamedTuple leaves out where its class is from."""
    if not isinstance(ty, types.BaseTuple):
        return str(ty)
    cls = getattr(ty, "instance_class", None)
    name = ""
    if cls is not None:
        file = getattr(sys.modules.get(cls.__module__), "__file__", None)
        name = f"{cls.__module__}.{cls.__qualname__}{_outside(file)}"
    members: Any = ty
    return f"{name}({', '.join(map(_describe, members))})"


@cache
def _outside(file: str | None) -> str:
    """The digest of a source file that the folder's name does not cover; "" where it does."""
    path = Path(file or "")
    if path.is_relative_to(_PACKAGE):
        return ""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:  # typed in, or made by exec
        return f"{file} of process {os.getpid()}"
