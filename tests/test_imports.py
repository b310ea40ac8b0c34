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


def test_products_need_no_more_of_scipy_than_its_table_of_blas():
    code = (
        "import sys; import numpy as np; from kernels import matrix;"
        "matrix.new_matrix_work(np.array([2, 3]), np.float64);"
        "table = sys.modules['scipy.linalg.cython_blas'];"
        "assert 'dgemm' in table.__pyx_capi__ and 'scipy.linalg' not in sys.modules;"
        "import scipy.linalg; from scipy.linalg import cython_blas; assert cython_blas is table;"
        "assert scipy.linalg.blas.dgemm(1.0, [[2.0]], [[3.0]]) == 6.0"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_asking_for_an_item_imports_no_other():
    code = (
        "import sys; from kernels.optimizers import catalog;"
        "item = catalog.get('adam'); assert catalog.of(item.make()) is item;"
        "assert 'kernels.optimizers.lion' not in sys.modules;"
        "assert catalog.get('gd').name == 'sgd' and len(catalog) == len(catalog.names())"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
