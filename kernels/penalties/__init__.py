"""Penalties: terms of the training loss that keep weights small, one a file.

A penalty is a sum over the weights of all layers. Biases go free: each has data enough to be fitted
well, and penalising them underfits (Goodfellow, Bengio & Courville 2016, "Deep Learning", section
7.1). Scalar rules, in the type of w: ``cost(item, w)``, ``slope(item, w) = d cost / dw`` and
``bend(item, w) = d² cost / dw²``. The functions below walk the weights of a flat parameter vector
of layer sizes ``sizes``, int64 (n_layers + 1,); for an item with the fact ``free`` they compile to
nothing.
"""

from typing import Any

import numpy as np
from numba.extending import overload

from kernels.catalog import Catalog
from kernels.jit import OPTIONS
from kernels.rules import rule

catalog = Catalog("penalty", __name__)
cost = rule("cost")
slope = rule("slope")
bend = rule("bend")


def _is_free(cls: Any) -> bool:
    return bool(catalog.by_class(cls).facts.get("free"))


def _walk_costs(penalty: Any, sizes: Any, parameters: Any) -> Any:
    total, offset = 0.0, 0
    for layer in range(sizes.size - 1):
        end = offset + sizes[layer] * sizes[layer + 1]
        for k in range(offset, end):
            total += np.float64(cost(penalty, parameters[k]))
        offset = end + sizes[layer + 1]
    return total


def _no_costs(penalty: Any, sizes: Any, parameters: Any) -> Any:
    return 0.0


def total_cost(penalty: Any, sizes: Any, parameters: Any) -> Any:
    """The penalty of all weights, float64; ``parameters`` is (n_parameters,)."""
    body = _no_costs if _is_free(type(penalty)) else _walk_costs
    return body(penalty, sizes, parameters)


@overload(total_cost, jit_options=OPTIONS, strict=False)
def _total_cost(penalty: Any, sizes: Any, parameters: Any) -> Any:
    return _no_costs if _is_free(penalty.instance_class) else _walk_costs


def _walk_slopes(penalty: Any, sizes: Any, parameters: Any, gradient: Any) -> Any:
    total, offset = 0.0, 0
    for layer in range(sizes.size - 1):
        end = offset + sizes[layer] * sizes[layer + 1]
        for k in range(offset, end):
            total += np.float64(cost(penalty, parameters[k]))
            gradient[k] += slope(penalty, parameters[k])
        offset = end + sizes[layer + 1]
    return total


def _no_slopes(penalty: Any, sizes: Any, parameters: Any, gradient: Any) -> Any:
    return 0.0


def penalize(penalty: Any, sizes: Any, parameters: Any, gradient: Any) -> Any:
    """The penalty of all weights, float64; adds its gradient to ``gradient`` (n_parameters,)."""
    body = _no_slopes if _is_free(type(penalty)) else _walk_slopes
    return body(penalty, sizes, parameters, gradient)


@overload(penalize, jit_options=OPTIONS, strict=False)
def _penalize(penalty: Any, sizes: Any, parameters: Any, gradient: Any) -> Any:
    return _no_slopes if _is_free(penalty.instance_class) else _walk_slopes


def _walk_bends(penalty: Any, sizes: Any, parameters: Any, diagonal: Any) -> None:
    offset = 0
    for layer in range(sizes.size - 1):
        end = offset + sizes[layer] * sizes[layer + 1]
        for k in range(offset, end):
            diagonal[k] += bend(penalty, parameters[k])
        offset = end + sizes[layer + 1]


def _no_bends(penalty: Any, sizes: Any, parameters: Any, diagonal: Any) -> None:
    pass


def add_bends(penalty: Any, sizes: Any, parameters: Any, diagonal: Any) -> None:
    """Add the diagonal of the penalty's Hessian to ``diagonal`` (n_parameters,).

    That Hessian has no other entries.
    """
    body = _no_bends if _is_free(type(penalty)) else _walk_bends
    body(penalty, sizes, parameters, diagonal)


@overload(add_bends, jit_options=OPTIONS, strict=False)
def _add_bends(penalty: Any, sizes: Any, parameters: Any, diagonal: Any) -> Any:
    return _no_bends if _is_free(penalty.instance_class) else _walk_bends
