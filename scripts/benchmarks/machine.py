"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import time
from importlib import metadata
from pathlib import Path
from typing import Any

PACKAGES = ("numpy", "scipy", "numba", "llvmlite", "jax", "jaxlib", "torch")


def cpu() -> str:
    """The processor's name."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def busy(seconds: float = 0.5) -> float | None:
    """Cores that other programs keep busy just now, while this one waits; None: nothing tells."""

    def used() -> list[int]:
        first = Path("/proc/stat").read_text().splitlines()[0]
        return [int(word) for word in first.split()[1:]]

    try:
        before, begun = used(), time.monotonic()
        time.sleep(seconds)
        spent = [b - a for a, b in zip(before, used(), strict=True)]
    except (OSError, ValueError):
        return os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    ticks = sum(spent) - spent[3] - spent[4]  # all but idle and waiting for disks
    return ticks / os.sysconf("SC_CLK_TCK") / (time.monotonic() - begun)


def compiler() -> str | None:
    """The C++ compiler: what CXX says, else the first of c++, g++, clang++ on the path."""
    wanted = os.environ.get("CXX")
    return next(
        (path for c in (wanted, "c++", "g++", "clang++") if c and (path := _which(c))), None
    )


def _which(command: str) -> str | None:
    return shutil.which(command)


def context(threads: int) -> dict[str, Any]:
    """CPU, cores, versions, and what else is going on, for the head of the table."""
    versions = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    found = compiler()
    if found:
        told = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)
        versions["c++"] = told.stdout.splitlines()[0] if told.stdout else found
    return {
        "cpu": cpu(),
        "cores": cores(),
        "threads": threads,
        "system": f"{platform.system()} {platform.release()}",
        "versions": versions,
        "busy": busy(),
    }


def describe(found: dict[str, Any]) -> list[str]:
    """``context`` in lines for a person."""
    versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
    lines = [
        f"{found['cpu']}, {found['cores']} cores, {found['threads']} threads each, "
        f"{found['system']}",
        versions,
    ]
    if found["busy"] is not None and found["busy"] > 0.2:
        lines.append(
            f"warning: other programs keep {found['busy']:.1f} of {found['cores']} cores busy; "
            "times and ratios may be off"
        )
    if found["cores"] < found["threads"]:
        lines.append(f"warning: {found['threads']} threads share {found['cores']} cores")
    return lines
