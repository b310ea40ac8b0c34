"""The cache of compiled kernels: found by the next process, and stale after any edit."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numba
import pytest

from kernels import jit

ROOT = Path(__file__).parents[2]
DESCEND = """
import json, numpy as np
from kernels import optimizers, schedules, surfaces
from kernels.descent import descend
path, position = np.empty((5, 5)), np.ones(2)
item = optimizers.catalog.get("momentum").make()
memory = optimizers.new_memory(item, 2, np.float64)
descend(surfaces.catalog.get("bowl").make(), item, schedules.catalog.get("constant").make(),
        position, memory, np.zeros(0), 0, path)
stats = descend.stats
print(json.dumps([sum(stats.cache_hits.values()), sum(stats.cache_misses.values()), path.tolist()]))
"""


def python(code, root, **environment):
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)} | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout


@pytest.fixture
def copy(tmp_path):
    """A copy of the kernels that can be edited."""
    shutil.copytree(ROOT / "kernels", tmp_path / "kernels", ignore=shutil.ignore_patterns("__py*"))
    return tmp_path


def test_next_process_finds_what_this_one_compiled(tmp_path):
    import json

    first = json.loads(python(DESCEND, ROOT, NUMBA_CACHE_DIR=str(tmp_path)))
    second = json.loads(python(DESCEND, ROOT, NUMBA_CACHE_DIR=str(tmp_path)))
    assert first[:2] == [0, 1]
    assert second[:2] == [1, 0]
    assert second[2] == first[2]


@pytest.mark.parametrize("edited", ["optimizers/momentum.py", "surfaces/bowl.py", "rules.py"])
def test_an_edit_of_any_file_is_noticed(copy, tmp_path, edited):
    show = "from kernels import jit; print(jit.source_digest())"
    before = python(show, copy)
    assert before.strip() == jit.source_digest()
    path = copy / "kernels" / edited
    path.write_text(path.read_text(encoding="utf-8") + "\n# edited\n", encoding="utf-8")
    assert python(show, copy) != before


def test_an_edit_of_a_called_file_changes_the_result(copy, tmp_path):
    import json

    cache = {"NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    before = json.loads(python(DESCEND, copy, **cache))[2]
    path = copy / "kernels" / "surfaces" / "bowl.py"
    text = path.read_text(encoding="utf-8")
    assert "2.0 * x" in text
    path.write_text(text.replace("2.0 * x", "4.0 * x"), encoding="utf-8")
    after = json.loads(python(DESCEND, copy, **cache))[2]
    assert after[0][3] == 2 * before[0][3]


def test_a_cache_that_cannot_be_written_does_no_harm(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    assert python(DESCEND, ROOT, NUMBA_CACHE_DIR=str(blocked / "cache"))


def test_other_packages_keep_their_cache_folder():
    before = numba.config.CACHE_DIR

    @jit.kernel
    def twice(x):
        return 2 * x

    assert before == numba.config.CACHE_DIR
    assert twice(21) == 42


def test_old_caches_are_pruned(tmp_path):
    for k in range(12):
        old = tmp_path / f"{k:016x}"
        old.mkdir()
        os.utime(old, (k, k))
    python("import kernels.jit", ROOT, NUMBA_CACHE_DIR=str(tmp_path))
    left = list(tmp_path.iterdir())
    assert tmp_path / jit.source_digest() in left
    assert len(left) < 12
