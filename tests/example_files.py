"""Small valid files and texts for the items that need one: what a user could give them."""

from __future__ import annotations

import gzip
import struct

import numpy as np

from kernels.domains import FilePath, Range, Words
from kernels.network import parameter_count

CSV = "width,height,kind\n1,2.5,oak\n2,0.5,elm\n3,1.5,oak\n4,-1,elm\n0.5,1,oak\n"
# A text other than the default, where it must be a certain one.
TEXTS = {
    "formula.formula": "x1 * cos(x3)",
    "gaussian_teacher.teacher": "3-2-2",
    "linear_modes.strengths": "4, 2",
    "csv.targets": "height",
    "csv.leave_out": "kind",
    "npz.inputs": "more",
    "npz.targets": "wanted",
    "file.array": "initial",
    "perturbed.array": "initial",
}
WORDS = {"csv.task": "regression", "csv.separator": "comma", "csv.header": "yes"}


def write_idx(path, values, kind):
    """Write ``values`` in the format of MNIST, gzipped where the name ends so."""
    head = struct.pack(f">BBBB{values.ndim}I", 0, 0, kind, values.ndim, *values.shape)
    content = head + values.tobytes()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


def write(item_name, hyper_name, folder, sizes=(16, 6, 6, 2)):
    """Write a file for a hyper-parameter that is a path; returns it."""
    path = folder / f"{item_name}-{hyper_name}"
    rng = np.random.default_rng(5)
    if item_name == "csv":
        path.write_text(CSV, encoding="utf-8")
    elif item_name == "npz":
        inputs, targets = rng.normal(size=(6, 4)), np.arange(6) % 3
        with path.open("wb") as file:
            np.savez(file, inputs=inputs, targets=targets, more=-inputs, wanted=targets[::-1])
    elif hyper_name == "images":
        write_idx(path, rng.integers(0, 256, (6, 2, 3)).astype(np.uint8), 8)
    elif hyper_name == "labels":
        write_idx(path, (np.arange(6) % 2).astype(np.uint8), 8)
    else:
        vector = rng.normal(size=parameter_count(sizes)).astype(np.float32)
        with path.open("wb") as file:
            np.savez(file, parameters=vector, initial=vector / 2)
    return str(path)


def needed(item, folder):
    """The files without which the defaults of ``item`` are not complete."""
    return {
        h.name: write(item.name, h.name, folder)
        for h in item.hypers
        if isinstance(h.domain, FilePath) and not h.domain.optional
    }


def others(item, folder):
    """Valid hyper-parameters that differ from every default."""
    return {h.name: _other(item.name, h, folder) for h in item.hypers}


def _other(name, hyper, folder):
    key, domain = f"{name}.{hyper.name}", hyper.domain
    if isinstance(domain, FilePath):
        return write(name, hyper.name, folder)
    if isinstance(domain, Words):
        word = next(word for word in domain.choices if word != hyper.default)
        return WORDS.get(key, word)
    if isinstance(domain, Range):
        tried = [domain.nearest(hyper.default * f + 0.0625) for f in (0.5, 1.5, 0.0, -1)]
        tried.append(domain.nearest(hyper.default + 10))
        return next(value for value in tried if value != hyper.default)
    return TEXTS[key]
