"""What this machine and its libraries are, found without starting any other program."""

from __future__ import annotations

import ctypes
import importlib
import os
import platform
import sys
from importlib import metadata, util
from pathlib import Path
from typing import Any

import numba
import numpy as np
from llvmlite import binding

_LAYERS = {"tbb": "tbbpool", "omp": "omppool", "workqueue": "workqueue"}
_VENDORS = {"0x10de": "NVIDIA", "0x1002": "AMD", "0x8086": "Intel"}


def version(package: str) -> str | None:
    """The installed version of a package, or None."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def cpu_name() -> str:
    """The processor's name as it calls itself."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def cpu_target() -> str:
    """The processor that LLVM compiles for."""
    return str(binding.get_host_cpu_name())


def cpu_features() -> list[str]:
    """The instruction sets that LLVM may use, those of vectors and fused operations only."""
    wide = ("sse", "ssse", "avx", "fma", "f16c", "neon", "sve", "asimd", "fp-armv8", "bmi")
    features = binding.get_host_cpu_features()
    return sorted(name for name, has in features.items() if has and name.startswith(wide))


def vector_bits() -> int:
    """Bits of the widest vector registers that LLVM may use."""
    features = set(cpu_features())
    if "avx512f" in features:
        return 512
    return 256 if "avx" in features else 128


def vector_maths() -> str:
    """Who computes exp, log and the like on whole vectors."""
    config: Any = numba.config
    return "Intel SVML" if config.USING_SVML else "the kernels' own, or one lane at a time"


def cores() -> tuple[int, int]:
    """Logical processors of the machine, and those that this process may use."""
    count = os.cpu_count() or 1
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else count
    return count, usable


def memory_gib() -> float | None:
    """Physical memory in GiB, or None where it cannot be told."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (AttributeError, OSError, ValueError):
        return None


def threading_layers() -> list[str]:
    """Numba's threading layers that can be loaded here."""
    found = []
    for name, module in _LAYERS.items():
        try:
            importlib.import_module(f"numba.np.ufunc.{module}")
        except ImportError:
            continue
        found.append(name)
    return found


def blas(package: str) -> str:
    """What NumPy or SciPy (``package``) was built with, as "openblas 0.3.31"."""
    if not util.find_spec(package):
        return "none: SciPy is not installed, and not needed"
    try:
        module: Any = importlib.import_module(package)
        built = module.show_config(mode="dicts")["Build Dependencies"]["blas"]
        return f"{built['name']} {built['version']}"
    except (ImportError, KeyError, TypeError) as error:
        return f"unknown ({error})"


def blas_threads() -> str:
    """The number of threads of each BLAS loaded into this process."""
    from threadpoolctl import threadpool_info

    np.ones((2, 2)) @ np.ones((2, 2))
    pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    return ", ".join(f"{p['internal_api']} {p['num_threads']}" for p in pools) or "none loaded"


def gpus() -> list[str]:
    """The GPUs that NVIDIA's driver reports, else those that the system lists by vendor."""
    return _nvidia() or _listed()


def _nvidia() -> list[str]:
    try:
        driver = ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
        count = ctypes.c_int()
        if driver.cuInit(0) or driver.cuDeviceGetCount(ctypes.byref(count)):
            return []
        found = []
        for index in range(count.value):
            device, name, size = ctypes.c_int(), ctypes.create_string_buffer(128), ctypes.c_size_t()
            if driver.cuDeviceGet(ctypes.byref(device), index):
                continue
            driver.cuDeviceGetName(name, len(name), device)
            driver.cuDeviceTotalMem_v2(ctypes.byref(size), device)
            found.append(f"{name.value.decode(errors='replace')}, {size.value / 2**30:.0f} GiB")
        return found
    except (OSError, AttributeError):
        return []


def _listed() -> list[str]:
    found = []
    for path in sorted(Path("/sys/class/drm").glob("card*/device/vendor")):
        try:
            vendor = path.read_text(encoding="ascii").strip()
        except OSError:
            continue
        found.append(f"{_VENDORS.get(vendor, vendor)} ({path.parts[4]}), not usable for kernels")
    return found
