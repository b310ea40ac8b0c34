"""Parts of a table as Parquet files: each written whole or not at all, and the same bytes always.

A file is written under another name, made to last and then renamed, so that one that is there is
whole, whoever reads it and whatever was killed. It names the comparison, the case and the rows that
it is of, and holds no time of day.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.errors import WorkbenchError

WRITING = ".writing-"
_META = b"descent_workbench"


def path_of(folder: Path, number: int) -> Path:
    """The file of part ``number``."""
    return folder / f"part-{number:06d}.parquet"


def existing(folder: Path) -> list[Path]:
    """The parts that are there, in order."""
    return sorted(folder.glob("part-*.parquet"))


def vectors(rows: np.ndarray) -> pa.Array:
    """An Arrow array of the rows of ``rows`` (m, n), lists of a fixed size."""
    values = pa.array(np.ascontiguousarray(rows).reshape(-1))
    item = pa.field("element", values.type, nullable=False)
    return pa.FixedSizeListArray.from_arrays(values, type=pa.list_(item, rows.shape[1]))


def write_part(path: Path, columns: Mapping[str, Any], about: Mapping[str, Any]) -> None:
    """Write ``columns``, NumPy's or Arrow's arrays of one length, with ``about`` to say what of.

    Raises WorkbenchError where it cannot be written.
    """
    arrays = {name: a if isinstance(a, pa.Array) else pa.array(a) for name, a in columns.items()}
    fields = [pa.field(name, a.type, nullable=a.null_count > 0) for name, a in arrays.items()]
    # Whether a column may lack values is part of a file's schema, and must not vary with them.
    fields = [f.with_nullable(f.name.startswith("steps_to")) for f in fields]
    schema = pa.schema(fields, {_META: json.dumps(dict(about), sort_keys=True)})
    table = pa.Table.from_arrays(list(arrays.values()), schema=schema)
    lists = [f.name for f in fields if pa.types.is_fixed_size_list(f.type)]

    def write(file: IO[bytes]) -> None:
        pq.write_table(
            table,
            file,
            row_group_size=max(table.num_rows, 1),
            compression="zstd",
            use_dictionary=False,
            use_byte_stream_split=[f"{name}.list.element" for name in lists],
        )

    atomically(path, write)


def atomically(path: Path, content: bytes | Callable[[IO[bytes]], None]) -> None:
    """Have a file of ``content``, or what that writes, take the place of ``path`` once it is whole
    and lasting. Raises WorkbenchError where that cannot be done."""
    made = path.with_name(f"{WRITING}{os.getpid()}-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with made.open("wb") as file:
            if isinstance(content, bytes):
                file.write(content)
            else:
                content(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(made, path)
        _sync(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            made.unlink()
        raise WorkbenchError(f"{path}: cannot be written ({error.strerror or error})") from None


def _sync(folder: Path) -> None:
    if os.name != "posix":  # elsewhere a folder cannot be opened
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def is_part(path: Path, rows: int, about: Mapping[str, Any]) -> bool:
    """Whether ``path`` is a whole file of so many ``rows`` that ``about`` describes."""
    try:
        found = pq.read_metadata(path)
        return found.num_rows == rows and _about(found) == dict(about)
    except (OSError, ValueError, KeyError):  # pyarrow's own errors are among these
        return False


def _about(found: Any) -> Any:
    return json.loads((found.metadata or {})[_META])


def read_part(path: Path, columns: Sequence[str] | None = None) -> dict[str, np.ndarray]:
    """The columns of a part as NumPy arrays; lists of a fixed size are (m, n), and missing numbers
    NaN. Raises WorkbenchError where it cannot be read."""
    try:
        table = pq.read_table(path, columns=columns, use_threads=False)
    except (OSError, ValueError) as error:
        text = str(error).splitlines()[0]
        raise WorkbenchError(f"{path}: cannot be read as a table ({text})") from None
    return {name: _numpy(table.column(name)) for name in table.column_names}


def _numpy(column: Any) -> np.ndarray:
    held = column.combine_chunks()
    if isinstance(held, pa.ChunkedArray):
        held = held.chunk(0) if held.num_chunks else pa.array([], column.type)
    if pa.types.is_fixed_size_list(column.type):
        flat = held.flatten().to_numpy(zero_copy_only=False)
        return np.asarray(flat).reshape(-1, column.type.list_size)
    return np.asarray(held.to_numpy(zero_copy_only=False))


def names(path: Path) -> list[str]:
    """The columns of a part."""
    try:
        return list(pq.read_schema(path).names)
    except (OSError, ValueError) as error:
        text = str(error).splitlines()[0]
        raise WorkbenchError(f"{path}: cannot be read as a table ({text})") from None


def read_parts(
    paths: Sequence[Path], columns: Sequence[str] | None = None
) -> Iterator[dict[str, np.ndarray]]:
    """``read_part`` of one after the other."""
    for path in paths:
        yield read_part(path, columns)
