"""Losses: how far a network's answer p is from the target t, one a file.

A loss is a sum over the outputs of one sample, averaged over samples. Scalar rules, in the type of
p: ``value(item, p, t, n_out)`` and ``slope(item, p, t, n_out) = d value / dp``. A loss that is
only accurate when taken together with its output registers a fused body for that pair with
``fuse``; ``accepts`` among its facts then lists the outputs that it can be used with.
"""

from collections.abc import Callable
from typing import Any

from numba.extending import overload

from kernels.catalog import Catalog
from kernels.jit import OPTIONS
from kernels.outputs import pull_back
from kernels.rules import const, rule

catalog = Catalog("loss", __name__)
value = rule("value")
slope = rule("slope")

_fused: dict[tuple[Any, Any], Callable[..., Any]] = {}


def fuse(loss: Any, output: Any, body: Callable[..., Any]) -> None:
    """Use ``body(loss, output, z, p, t, delta)`` for this pair of classes in ``compare``."""
    _fused[loss, output] = body


def _compose(loss: Any, output: Any, z: Any, p: Any, t: Any, delta: Any) -> Any:
    total = const(p[0], 0.0)
    for j in range(p.size):
        total += value(loss, p[j], t[j], p.size)
        delta[j] = slope(loss, p[j], t[j], p.size)
    pull_back(output, z, p, delta)
    return total


def compare(loss: Any, output: Any, z: Any, p: Any, t: Any, delta: Any) -> Any:
    """The loss of one sample; fills ``delta`` with dL/dz of the last layer.

    z, p, t, delta have shape (n_out,) and one dtype; z and p are what ``respond`` saw and made.
    """
    return _fused.get((type(loss), type(output)), _compose)(loss, output, z, p, t, delta)


@overload(compare, jit_options=OPTIONS, strict=False)
def _compare(loss: Any, output: Any, z: Any, p: Any, t: Any, delta: Any) -> Any:
    return _fused.get((loss.instance_class, output.instance_class), _compose)
