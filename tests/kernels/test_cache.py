"""The cache of compiled kernels: found by the next process, and stale after any edit."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numba
import pytest

from kernels import cache, jit

pytestmark = pytest.mark.compiled
ROOT = Path(__file__).parents[2]
DESCEND = """
import json, numpy as np
from kernels import optimizers, schedules, surfaces
from kernels.descent import descend
path, position = np.empty((5, 5)), np.ones(2)
item = optimizers.catalog.get("momentum").make()
memory = optimizers.new_memory(item, 2, np.float64)
descend(surfaces.catalog.get("bowl").make(), item, schedules.catalog.get("constant").make(),
        position, memory, np.zeros(0), 0, (0.0, 0), path)
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
    first = json.loads(python(DESCEND, ROOT, NUMBA_CACHE_DIR=str(tmp_path)))
    second = json.loads(python(DESCEND, ROOT, NUMBA_CACHE_DIR=str(tmp_path)))
    assert first[:2] == [0, 1]
    assert second[:2] == [1, 0]
    assert second[2] == first[2]


@pytest.mark.parametrize("edited", ["optimizers/momentum.py", "surfaces/bowl.py", "rules.py"])
def test_an_edit_of_any_file_is_noticed(copy, tmp_path, edited):
    show = "from kernels import cache; print(cache.source_digest())"
    before = python(show, copy)
    assert before.strip() == cache.source_digest()
    path = copy / "kernels" / edited
    path.write_text(path.read_text(encoding="utf-8") + "\n# edited\n", encoding="utf-8")
    assert python(show, copy) != before


def test_an_edit_of_a_called_file_changes_the_result(copy, tmp_path):
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


def test_two_processes_that_start_cold_at_once_agree(tmp_path):
    environment = os.environ | {"PYTHONPATH": str(ROOT), "NUMBA_CACHE_DIR": str(tmp_path)}
    both = [
        subprocess.Popen(
            [sys.executable, "-c", DESCEND],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    outputs = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    paths = [json.loads(out)[2] for out, _ in outputs]
    warm = json.loads(python(DESCEND, ROOT, NUMBA_CACHE_DIR=str(tmp_path)))
    assert warm[:2] == [1, 0]
    assert paths == [warm[2], warm[2]]


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:20],
        lambda content: content[: len(content) // 2],
        lambda content: content[:-1],
        lambda content: content[:4000] + bytes([content[4000] ^ 1]) + content[4001:],
    ],
    ids=["empty", "no checksum", "half", "one byte short", "one bit flipped"],
)
def test_a_damaged_file_is_not_loaded(tmp_path, monkeypatch, damage):
    monkeypatch.setattr(cache, "FOLDER", tmp_path / cache.source_digest())

    @jit.kernel
    def square(x):
        return x * x

    assert square(3.0) == 9.0
    kept = cache.KernelCache(square.py_func)
    asked = (numba.types.float64,), square.targetctx
    assert kept.load_overload(*asked).entry_point is not None
    (file,) = cache.kept()
    sound = file.read_bytes()
    assert len(sound) > 8000
    file.write_bytes(damage(sound))
    assert kept.load_overload(*asked) is None
    file.write_bytes(sound)
    assert kept.load_overload(*asked) is not None


def test_a_truncated_cache_is_compiled_anew_and_mended(tmp_path):
    first = json.loads(python(DESCEND, ROOT, NUMBA_CACHE_DIR=str(tmp_path)))
    files = list(tmp_path.rglob("*.kernel"))
    for file in files:
        file.write_bytes(file.read_bytes()[:1000])
    again = json.loads(python(DESCEND, ROOT, NUMBA_CACHE_DIR=str(tmp_path)))
    assert again == [0, 1, first[2]]
    assert json.loads(python(DESCEND, ROOT, NUMBA_CACHE_DIR=str(tmp_path))) == [1, 0, first[2]]


def test_code_compiled_after_an_edit_is_not_kept_under_the_former_digest(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "FOLDER", tmp_path / cache.source_digest())
    monkeypatch.setattr(cache, "source_digest", lambda: "edited since")

    @jit.kernel
    def square(x):
        return x * x

    assert square(3.0) == 9.0
    assert cache.kept() == []


def test_an_edit_of_a_file_outside_the_kernels_is_noticed(tmp_path):
    cache_folder = tmp_path / "cache"
    item = """
from typing import Any, NamedTuple
from kernels.activations import catalog, value

class Doubled(NamedTuple):
    pass

catalog.register(Doubled, "doubled", "twice z", rules={value: lambda item, z: 2.0 * z})
"""
    code = """
import mine
import numpy as np
from kernels import losses, network, outputs, penalties
from kernels.network import forward

net = network.Network(np.array([1, 1, 1]), (mine.Doubled(),), np.array([0]),
    outputs.catalog.get("identity").make(), losses.catalog.get("mean_squared_error").make(),
    penalties.catalog.get("none").make())
work = network.new_work(net, np.float64)
forward(net, np.array([1.0, 0.0, 1.0, 0.0]), np.array([3.0]), work)
print(work.a[-1])
"""
    (tmp_path / "mine.py").write_text(item)
    environment = {"NUMBA_CACHE_DIR": str(cache_folder), "PYTHONPATH": f"{tmp_path}:{ROOT}"}
    assert float(python(code, tmp_path, **environment)) == 6.0
    (tmp_path / "mine.py").write_text(item.replace("2.0", "5.0"))
    assert float(python(code, tmp_path, **environment)) == 15.0


def test_other_packages_keep_numbas_own_cache():
    @numba.njit(cache=True)
    def thrice(x):
        return 3 * x

    @jit.kernel
    def twice(x):
        return 2 * x

    assert not isinstance(thrice._cache, cache.KernelCache)
    assert twice(21) == 42


def test_a_kernel_may_use_blas():
    code = """
import sys
from kernels.jit import kernel
import numpy as np
assert "scipy.linalg" not in sys.modules

@kernel
def product(a, b):
    return np.dot(a, b)

print(product(np.diag([2.0, 4.0]), np.eye(2))[1, 1])
"""
    assert python(code, ROOT).split() == ["4.0"]


def test_old_caches_are_pruned(tmp_path):
    for k in range(12):
        old = tmp_path / f"{k:016x}"
        old.mkdir()
        os.utime(old, (k, k))
    python("import kernels.cache", ROOT, NUMBA_CACHE_DIR=str(tmp_path))
    left = list(tmp_path.iterdir())
    assert tmp_path / cache.source_digest() in left
    assert len(left) < 12
