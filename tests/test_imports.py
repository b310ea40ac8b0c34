"""kernels <- workbench <- ui: who may import whom."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAY_NOT = {
    "kernels": {"workbench", "ui", "PyQt6", "pyqtgraph", "matplotlib", "tqdm", "scipy"},
    "workbench": {"ui", "PyQt6", "pyqtgraph"},
    "ui": set(),
}


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize("package", MAY_NOT)
def test_imports_go_one_way(package):
    files = sorted((ROOT / package).rglob("*.py"))
    assert len(files) > 5
    wrong = [(str(f), name) for f in files for name in imported(f) if name in MAY_NOT[package]]
    assert not wrong


def test_importing_the_workbench_leaves_qt_and_plotting_out():
    code = (
        "import sys, workbench; workbench.Experiment.preset('tutorial');"
        "print({m.partition('.')[0] for m in sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = ast.literal_eval(done.stdout)
    assert {"workbench", "kernels", "numba"} <= loaded
    assert not loaded & {"PyQt6", "pyqtgraph", "matplotlib", "ui"}
