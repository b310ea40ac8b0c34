"""Activations: scalar functions a = f(z) between layers, one a file.

Scalar rules, in the type of z: ``value(item, z) -> a``, ``slope(item, z, a) -> f'(z)`` and
``bend(item, z, a) -> f''(z)`` with a = f(z); they overflow for no z whose result does not. A
``slope`` that is written in a alone spares kernels.lanes storing slopes. The fact
``kinks`` lists where f, f' or f'' jumps: values of z, or names of hyper-parameters. There f' is the
one-sided value that the item's docstring names, and f'' that of the same side: a jump's delta
function is left out.
"""

from typing import Any

from kernels.catalog import Catalog
from kernels.rules import rule

catalog = Catalog("activation", __name__)
value = rule("value")
slope = rule("slope")
bend = rule("bend")


def kinks(item: Any) -> tuple[float, ...]:
    """The points z at which f, f' or f'' of ``item`` is not continuous."""
    found = catalog.of(item).facts.get("kinks", ())
    return tuple(getattr(item, at) if isinstance(at, str) else at for at in found)
