"""Files that an experiment names: found, read within limits, and known by their content."""

from __future__ import annotations

import gzip
import hashlib
import io
import time
import zlib
from functools import lru_cache
from itertools import islice
from pathlib import Path

from kernels.catalog import nearest_names
from workbench.errors import BadValue

MOST_BYTES = 1 << 30
MOST_VALUES = 100_000_000
_YOUNG_NS = 2_000_000_000
_RULE = "must be the path of a file that can be read"


def absolute(path: str, base: Path | None = None) -> str:
    """``path`` as an absolute one; a relative path starts at ``base``, or the current folder."""
    try:
        # absolute() keeps links, so that what a user wrote is what an error names.
        return str((base or Path()).absolute() / Path(path).expanduser())
    except (OSError, RuntimeError, ValueError):
        return path  # reading it says what is wrong


def read(field: str, path: str, most: int = MOST_BYTES) -> bytes:
    """The content of a file, unpacked where gzip packed it; raises BadValue for ``field``."""
    _check(field, path, most)
    try:
        content = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise _unreadable(field, path, error) from None
    if content[:2] != b"\x1f\x8b":
        return content
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
            unpacked = packed.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise BadValue(field, f"{_RULE} (not whole: {error})", path, "a whole file") from None
    if len(unpacked) > most:
        raise _too_large(field, path, most)
    return unpacked


def digest(field: str, path: str) -> str:
    """SHA-256 of a file's bytes in hexadecimal; raises BadValue for ``field``."""
    _check(field, path, MOST_BYTES)
    try:
        stat = Path(path).stat()
        if time.time_ns() - stat.st_mtime_ns < _YOUNG_NS:
            # A clock's tick may hold two changes, so the time of a fresh one says too little.
            return _digest.__wrapped__(path)
        return _digest(path, stat.st_mtime_ns, stat.st_size, stat.st_ino)
    except (OSError, ValueError) as error:
        raise _unreadable(field, path, error) from None


@lru_cache(maxsize=64)
def _digest(path: str, *_changes_with_content: int) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check(field: str, path: str, most: int) -> None:
    if not path:
        raise BadValue(field, _RULE, path, "a path in quotes")
    try:
        found = Path(path)
        size = found.stat().st_size
        if not found.is_file():
            raise BadValue(field, f"{_RULE} (no regular file)", path, "a file")
    except (OSError, ValueError) as error:
        raise _unreadable(field, path, error) from None
    if size > most:
        raise _too_large(field, path, most)


def _unreadable(field: str, path: str, error: Exception) -> BadValue:
    if isinstance(error, BadValue):
        return error
    reason = getattr(error, "strerror", None) or error
    return BadValue(field, f"{_RULE} ({reason})", path, _beside(path) or "a file that exists")


def _too_large(field: str, path: str, most: int) -> BadValue:
    rule = f"must be a file of at most {most >> 20} MiB, unpacked"
    return BadValue(field, rule, path, "a part of it")


def _beside(path: str) -> str | None:
    """The file of the same folder with the most similar name."""
    try:
        wanted = Path(path)
        names = [p.name for p in islice(wanted.parent.iterdir(), 1000)]
    except (OSError, ValueError):
        return None
    near = nearest_names(wanted.name, names, 1)
    return str(wanted.parent / near[0]) if near else None
