"""A user's files in the format of MNIST: images in one IDX file, labels in another, gzip or plain.

LeCun, Cortes & Burges, "The MNIST database": two zero bytes, a byte for the type, one for the
number of dimensions, the dimensions as big-endian 32-bit integers, then the values, the last
dimension fastest. Grey levels of one byte are scaled to 0 … 1; other types stay as they are.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from kernels.domains import FilePath
from workbench import files
from workbench.datasets import COMMON, Table, catalog, classes_of, finite, labelled
from workbench.errors import BadValue

_TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
_RULE = "must be an IDX file"
_NEAR = "a file such as train-images-idx3-ubyte.gz"


class Idx(NamedTuple):
    """``images`` and ``labels``: paths of the two files; ``samples``: how many to take, the first
    of them (0: all)."""

    images: str = ""
    labels: str = ""
    samples: float = 0
    test_fraction: float = 0.25
    split_seed: float = 0
    scaling: str = "none"


def read_idx(field: str, path: str) -> np.ndarray:
    """The array of an IDX file; raises BadValue."""
    content = files.read(field, path)
    kind, n_dimensions = (content[2], content[3]) if len(content) > 3 else (0, 0)
    start = 4 + 4 * n_dimensions
    if content[:2] != b"\0\0" or kind not in _TYPES or not n_dimensions or len(content) < start:
        raise BadValue(field, f"{_RULE} (its first bytes are not)", path, _NEAR)
    shape = tuple(np.frombuffer(content, ">u4", n_dimensions, 4).astype(int).tolist())
    dtype, count = np.dtype(_TYPES[kind]), math.prod(shape)
    wanted = start + count * dtype.itemsize
    if len(content) != wanted:
        rule = f"{_RULE} of {wanted} bytes, as its header says, not {len(content)}"
        raise BadValue(field, rule, path, "a whole file")
    if count > files.MOST_VALUES or n_dimensions > 8:
        rule = f"must hold at most {files.MOST_VALUES} numbers in 8 dimensions"
        raise BadValue(field, rule, f"shape {shape}", "a part of it")
    return np.frombuffer(content, dtype, count, start).reshape(shape)


def _table(item: Any) -> Table:
    images = read_idx("data.images", item.images)
    labels = read_idx("data.labels", item.labels)
    if images.ndim < 2 or not images.size:
        rule = "must hold images or rows of inputs"
        raise BadValue("data.images", rule, f"shape {images.shape}", _NEAR)
    if labels.shape != images.shape[:1]:
        rule = f"must hold one label for each of the {len(images)} images"
        near = "train-labels-idx1-ubyte.gz"
        raise BadValue("data.labels", rule, f"shape {labels.shape}", near)
    taken = slice(int(item.samples) or None)
    images, labels = images[taken], labels[taken]
    inputs = finite("data.images", images, "numbers").reshape(len(images), -1)
    if images.dtype == np.uint8:
        inputs /= 255.0
    numbers, names = classes_of("data.labels", finite("data.labels", labels, "labels"))
    picture = (images.shape[1], images.shape[2]) if images.ndim == 3 else None
    return labelled(inputs, numbers, names)._replace(image_shape=picture)


catalog.register(
    Idx,
    "idx",
    "a user's images and labels in the format of MNIST, gzip or plain",
    hypers={
        "images": (FilePath("the path of an IDX file"), "file of the images"),
        "labels": (FilePath("the path of an IDX file"), "file of the labels"),
        "samples": ("integer [0, 100000000]", "how many to take, the first ones; 0: all"),
    }
    | COMMON,
    table=_table,
)
