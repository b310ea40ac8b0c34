"""Compiler flags: the only place that sets them, and the decorator that every kernel has."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from typing import Any

import numba

from kernels.cache import KernelCache

# No "nnan" and no "ninf": divergence checks rely on comparisons that see NaN and infinity. No
# "arcp": n right answers of n must be an accuracy of exactly 1.
FAST_MATH = frozenset({"reassoc", "contract", "nsz", "afn"})
# No "cfunc" wrappers, an entry for callers in C that no kernel has, a tenth of the compile time.
OPTIONS: Any = {
    "nogil": True,
    "error_model": "numpy",
    "fastmath": set(FAST_MATH),
    "no_cfunc_wrapper": True,
    "_nrt": True,
}
# For lanes: every operation rounded by itself, so that a result does not depend on how the compiler
# arranges its neighbours; where a fused multiply-add is wanted, it is written. They make no arrays,
# so none has references to count: each count is an atomic instruction, which waits for all stores
# before it and for the other threads, since the arrays of a data set are common to all. Said of
# both kinds, since a kernel inherits from its caller what its own options leave open.
EXACT_OPTIONS: Any = OPTIONS | {"fastmath": False, "_nrt": False}
INLINED_OPTIONS: Any = EXACT_OPTIONS | {"forceinline": True}


def _compile(function: Callable[..., Any], options: Any) -> Any:
    made = numba.njit(**options)(function)
    if made is not function:  # it is where NUMBA_DISABLE_JIT is set
        made._cache = KernelCache(function)
    return made


def kernel(function: Callable[..., Any]) -> Any:
    """Compile ``function`` in nopython mode, without the GIL, kept on disk by ``KernelCache``."""
    return _compile(function, OPTIONS)


def exact_kernel(function: Callable[..., Any]) -> Any:
    """As ``kernel``, with every floating-point operation rounded as it is written."""
    return _compile(function, EXACT_OPTIONS)


def inlined_kernel(function: Callable[..., Any]) -> Any:
    """As ``exact_kernel``, and put in place of every call, so that vectors stay in registers."""
    return _compile(function, INLINED_OPTIONS)


def _ask_for_blas_later() -> None:
    """Keep Numba from importing scipy.linalg, 0.2 s, for kernels that call none of it.

    Numba does so while it loads, only to learn whether it can; that SciPy is installed tells as
    much. A kernel that calls np.dot or np.linalg still makes Numba import and check it.
    """
    with suppress(ImportError, AttributeError):  # another Numba: it then loads as it likes
        from numba.np import linalg

        ensure = linalg.ensure_blas
        linalg.ensure_blas = lambda: None if find_spec("scipy") else ensure()
        try:
            from numba.np import arraymath  # noqa: F401
        finally:
            linalg.ensure_blas = ensure


def load_blas() -> None:
    """Have SciPy's table of BLAS functions ready, which kernels look for at their first product.

    Numba would import the whole of scipy.linalg for it, 0.1 s; the table is one file of it.
    """
    name = "scipy.linalg.cython_blas"
    if name in sys.modules:
        return
    with suppress(ImportError, AttributeError, TypeError):  # Numba then imports it in its own way
        scipy: Any = find_spec("scipy")
        folders = [str(Path(path, "linalg")) for path in scipy.submodule_search_locations]
        spec: Any = PathFinder.find_spec(name, folders)
        table = module_from_spec(spec)
        spec.loader.exec_module(table)
        sys.modules.setdefault(name, table)


_ask_for_blas_later()
