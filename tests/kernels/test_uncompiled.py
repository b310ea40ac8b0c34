"""The kernels are plain Python too: the same tests pass with the compiler switched off."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
COMPILED = ("test_cache.py", "test_compiling.py")


def test_all_kernel_tests_pass_without_the_compiler():
    command = [sys.executable, "-m", "pytest", str(FOLDER), "-q", "-x", "-m", "not peers"]
    command += [f"--ignore={__file__}", *(f"--ignore={FOLDER / name}" for name in COMPILED)]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", "-W", "ignore::RuntimeWarning"],
        cwd=FOLDER.parents[1],
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert " passed" in done.stdout
