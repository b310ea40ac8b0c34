"""Arrays from .npy and .npz files, without pickle: a file can hold numbers and do nothing else."""

from __future__ import annotations

import io
import math
import zipfile
import zlib
from typing import IO, Any

import numpy as np

from kernels.catalog import nearest_name
from workbench import files
from workbench.errors import BadValue

_RULE = "must be an array file of NumPy (.npy or .npz, no pickle)"


def read_array(field: str, path: str, name: str, name_field: str) -> np.ndarray:
    """The array ``name`` of an .npz file, or the only one of an .npy file; real numbers.

    Raises BadValue, of ``name_field`` where the file has no such array.
    """
    content = files.read(field, path)
    try:
        if content[:4] != b"PK\x03\x04":
            return _one(field, path, io.BytesIO(content))
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _member(field, path, archive, name, name_field)
    except BadValue:
        raise
    except (
        OSError,
        ValueError,
        EOFError,
        KeyError,
        TypeError,
        RuntimeError,  # what zipfile raises for encrypted members
        SyntaxError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise BadValue(field, f"{_RULE} ({error})", path, "one that numpy.savez wrote") from None


def _member(
    field: str, path: str, archive: zipfile.ZipFile, name: str, name_field: str
) -> np.ndarray:
    known = [entry.removesuffix(".npy") for entry in archive.namelist()]
    if name not in known:
        near = nearest_name(name, known) or ", ".join(known) or "a file with arrays"
        raise BadValue(name_field, f"must name an array of {path}", name, near)
    with archive.open(archive.namelist()[known.index(name)]) as member:
        return _one(field, path, member)


def _one(field: str, path: str, file: IO[bytes]) -> np.ndarray:
    version = np.lib.format.read_magic(file)
    read_header: Any = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }.get(version)
    if read_header is None:
        raise ValueError(f"format version {version}")
    shape, by_columns, dtype = read_header(file)
    if dtype.kind not in "buif":
        raise BadValue(field, f"{_RULE}, holding real numbers", f"dtype {dtype}", "float64")
    # The header alone says how large the array would be: a small file can claim anything.
    count = math.prod(shape)
    if count > files.MOST_VALUES:
        rule = f"must hold at most {files.MOST_VALUES} numbers in an array"
        raise BadValue(field, rule, f"{count}", "a part of it")
    values = np.frombuffer(_exactly(file, count * dtype.itemsize), dtype, count)
    return values.reshape(shape[::-1]).T if by_columns else values.reshape(shape)


def _exactly(file: IO[bytes], size: int) -> bytes:
    content = file.read(size)
    if len(content) != size:
        raise EOFError("cut short")
    return content
