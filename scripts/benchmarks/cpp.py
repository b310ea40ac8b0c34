"""Compiles a C++ peer for this very machine and loads it."""

from __future__ import annotations

import ctypes
import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.machine import compiler, cpu
from benchmarks.work import Missing

FLAGS = ("-std=c++17", "-O3", "-march=native", "-ffast-math", "-shared", "-fPIC", "-pthread")
WORKS = Path(__file__).parent / "works"


def library(name: str, **macros: object) -> ctypes.CDLL:
    """``works/NAME.cpp`` compiled with these macros; kept in the environment under a digest of
    all that it depends on. Raises Missing where there is no compiler."""
    found = compiler()
    if found is None:
        raise Missing("no C++ compiler (c++, g++ or clang++; CXX names another)")
    source = WORKS / f"{name}.cpp"
    defines = [f"-D{key}={value}" for key, value in sorted(macros.items())]
    told = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
    digest = hashlib.sha256("\n".join([told, cpu(), *FLAGS, *defines]).encode())
    for path in sorted(WORKS.glob("*.h")):
        digest.update(path.read_bytes())
    digest.update(source.read_bytes())
    folder = Path(sys.prefix) / "peers"
    folder.mkdir(exist_ok=True)
    target = folder / f"{name}-{digest.hexdigest()[:16]}.so"
    if not target.exists():
        # Written beside and moved: two processes may compile at once.
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            made = Path(scratch) / target.name
            command = [found, *FLAGS, *defines, str(source), "-o", str(made)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                sys.stderr.write(done.stderr)
                raise RuntimeError(f"{found} cannot compile {source.name}")
            os.replace(made, target)
    return ctypes.CDLL(str(target))


def pointer(array: np.ndarray) -> ctypes.c_void_p:
    """The address of an array that the peer reads or fills; it must be in C order."""
    if not array.flags.c_contiguous:
        raise ValueError("the array must be in C order")
    return ctypes.c_void_p(array.ctypes.data)
